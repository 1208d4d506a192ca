"""Visit, length, priority and note of an appointment, and taking the latest change back."""

from datetime import timedelta
from uuid import uuid4

import pytest

from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import arrive
from webapp.services.booking import book
from webapp.services.patients import add_patient
from webapp.services.specialists import add_type

GOOD = [
    ("visit", {"minutes": "60"}),
    ("priority", {"priority": "VIP"}),
    ("note", {"note": "Brings his own chair"}),
]


@pytest.fixture
def next_slot(clinic):
    return clinic.slot(after=30)


@pytest.fixture
def panel(olga, booked, next_slot):
    return olga.get(f"/desk/appointments/{booked}")


def change(visitor, appointment_id, what, version=1, **fields):
    return visitor.post(f"/desk/appointments/{appointment_id}/{what}", {"version": str(version), **fields})


def history(page):
    return [line.get_text(" ", strip=True) for line in page.soup.select(".history li")]


def test_longer_and_back(olga, panel, booked, next_slot, records):
    page = olga.submit(panel, "/visit", minutes="60")
    row = records.appointment(booked)
    assert row.end_time - row.start_time == timedelta(minutes=60)
    assert records.slot(next_slot).status == "BOOKED"
    assert olga.submit(page, "/undo").status == 200
    assert records.slot(next_slot).status == "AVAILABLE"


def test_no_longer_than_the_free_time(olga, clinic, panel, booked, next_slot, records):
    with tenant_scope(clinic.id):
        book(slot_id=next_slot, patient_id=add_patient(full_name="Nora New"), actor="test", source="DESK")
    page = olga.submit(panel, "/visit", minutes="45")
    assert page.status == 409
    assert "Free only until 12:30 AM (Nora New)." in page.one(".notice.bad").get_text().replace("\u202f", " ")
    assert records.appointment(booked).version == 1


def test_no_longer_than_the_hours(olga, panel, booked, records):
    page = olga.submit(panel, "/visit", minutes="90")
    assert page.status == 409
    assert "Free only until 1:00 AM." in page.one(".notice.bad").get_text().replace("\u202f", " ")
    assert records.appointment(booked).version == 1


@pytest.mark.parametrize("minutes", ["0", "-5", "1440", "99999999999999999999"])
def test_impossible_lengths(olga, booked, records, minutes):
    page = change(olga, booked, "visit", minutes=minutes)
    assert page.status == 400
    assert "Enter the length in minutes" in page.text
    assert records.appointment(booked).version == 1


def test_another_type_brings_its_length(olga, clinic, booked, next_slot, records):
    with tenant_scope(clinic.id):
        longer = add_type(name="Long", minutes=60, specialist_ids=[clinic.specialist_id])
    panel = olga.get(f"/desk/appointments/{booked}")
    olga.submit(panel, "/visit", type_id=str(longer))
    row = records.appointment(booked)
    assert (row.appointment_type_id, row.end_time - row.start_time) == (longer, timedelta(minutes=60))
    assert history(olga.get(f"/desk/appointments/{booked}"))[-1].startswith("Visit changed from Consultation to Long")


def test_nothing_new_is_no_change(olga, panel, booked, records):
    assert olga.submit(panel, "/visit").status == 200
    assert olga.submit(panel, "/priority").status == 200
    assert olga.submit(panel, "/note").status == 200
    assert records.events(booked) == ["BOOKED"]


def test_priority_shows_and_is_told(olga, panel, booked, records):
    olga.submit(panel, "/priority", priority="URGENT")
    page = olga.get(f"/desk/appointments/{booked}")
    assert page.one(".badge").get_text() == "Urgent"
    assert history(page)[-1].startswith("Priority changed from Normal to Urgent")


def test_a_note_shows_on_the_day_and_in_the_panel(olga, panel, booked, records):
    day = olga.submit(panel, "/note", note="  <b>two lines</b> \r\n\x00of it ")
    assert records.appointment(booked).note == "<b>two lines</b>\nof it"
    assert day.soup.select(".cell .memo")
    page = olga.get(f"/desk/appointments/{booked}")
    assert page.one("textarea").get_text().strip() == "<b>two lines</b>\nof it"
    olga.submit(page, "/note", note="")
    assert records.appointment(booked).note is None


@pytest.mark.begun
@pytest.mark.parametrize(("what", "fields"), GOOD)
def test_a_stale_change_shows_both_versions_and_can_be_sent_again(olga, clinic, panel, booked, records, what, fields):
    with tenant_scope(clinic.id):
        arrive(appointment_id=booked, actor="user:another")
    page = olga.submit(panel, f"/{what}", **fields)
    assert page.status == 409
    stale = page.one(".stale").get_text(" ", strip=True)
    assert "What you saw Confirmed," in stale
    assert "How it stands now Arrived," in stale
    assert [line.split(" ")[0] for line in history(page)][:1] == ["Arrived"]
    assert records.appointment(booked).version == 2
    again = page.one(".stale form")
    assert olga.post(again["action"], {i["name"]: i["value"] for i in again.select("input")}).status == 200
    assert records.appointment(booked).version == 3


@pytest.mark.begun
def test_undo_from_the_message_and_later_from_the_history(olga, booked, records):
    day = change(olga, booked, "cancel")
    assert "Cancelled; the time is free again." in day.text
    day = olga.submit(day, "/undo")
    assert "Undone." in day.text
    assert records.appointment(booked).status == "CONFIRMED"
    change(olga, booked, "arrived", version=3)
    olga.submit(olga.get(f"/desk/appointments/{booked}"), "/undo")
    assert records.appointment(booked).status == "CONFIRMED"
    told = history(olga.get(f"/desk/appointments/{booked}"))
    assert [line.partition(" Nov")[0].split(", ")[0] for line in told][-1].startswith("Undone: Arrived")


def test_undo_says_when_the_time_is_gone(olga, clinic, slot, booked, records):
    day = change(olga, booked, "cancel")
    with tenant_scope(clinic.id):
        book(slot_id=slot, actor="test", source="DESK")
    page = olga.submit(day, "/undo")
    assert page.status == 409
    assert "This time has just been taken." in page.text
    assert records.appointment(booked).status == "CANCELLED"


@pytest.mark.begun
def test_undo_is_refused_when_something_changed_since(olga, booked, records):
    day = change(olga, booked, "arrived")
    change(olga, booked, "priority", version=2, priority="VIP")
    page = olga.submit(day, "/undo")
    assert page.status == 409
    assert "Something changed since then" in page.text
    assert records.appointment(booked).status == "ARRIVED"


@pytest.mark.begun
def test_who_did_it_is_named(alice, olga, booked):
    change(alice, booked, "arrived")
    assert "Alice" in history(olga.get(f"/desk/appointments/{booked}"))[-1]


def test_bad_input(olga, booked, records):
    for what, fields in [*GOOD, ("undo", {})]:
        assert change(olga, booked, what, version="x", **fields).status == 400
        assert change(olga, uuid4(), what, **fields).status == 404
    assert change(olga, booked, "priority", priority="MOST").status == 400
    assert change(olga, booked, "visit").status == 400
    assert change(olga, booked, "visit", type_id=str(uuid4())).status == 400
    assert records.appointment(booked).version == 1


def test_another_clinics_appointment_stays(mallory, other_clinic, booked, records):
    mallory.clinic = other_clinic
    for what, fields in [*GOOD, ("undo", {})]:
        assert change(mallory, booked, what, **fields).status == 404
    assert records.appointment(booked).version == 1


@pytest.mark.begun
@pytest.mark.parametrize("version", ["", "0", "-1", "one", "2147483648", "9" * 5000])
def test_a_version_that_cannot_be(olga, booked, next_slot, records, version):
    where = {"slot_id": str(next_slot)}
    for what, fields in [*GOOD, ("place", where), ("arrived", {}), ("cancel", {}), ("undo", {})]:
        assert change(olga, booked, what, version, **fields).status == 400, what
    assert records.appointment(booked).version == 1
