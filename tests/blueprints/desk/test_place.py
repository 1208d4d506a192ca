"""Moving an appointment with forms alone: the day's free times, and one POST that moves."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.blueprints.conftest import soon
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import arrive, cancel
from webapp.services.booking import book


@pytest.fixture
def morning(clinic) -> list[UUID]:
    return [clinic.slot(soon(), after=30 * number) for number in range(5)]


@pytest.fixture
def booked(clinic, morning) -> UUID:
    with tenant_scope(clinic.id):
        made = book(slot_id=morning[0], patient_id=clinic.pat, type_id=clinic.type_id, actor="test", source="DESK")
    return made.id


@pytest.fixture
def form(olga, booked):
    return olga.get(f"/desk/appointments/{booked}/move")


def choices(page, part=".move-to"):
    return [button["value"] for button in page.soup.select(f"{part} button[name=slot_id]")]


def last_detail(records, appointment_id):
    return records.rows(
        "SELECT detail FROM appointment_events WHERE appointment_id = :id ORDER BY created_at, id", id=appointment_id
    )[-1].detail


def test_the_panel_leads_to_it(olga, booked):
    page = olga.get(f"/desk/appointments/{booked}")
    assert page.one("[data-move]")["href"].endswith(f"/desk/appointments/{booked}/move")


def test_it_shows_the_days_free_times_of_all_who_offer_the_visit(olga, clinic, booked, morning):
    ruth = colleague(clinic)
    theirs = ruth.slot(soon(), after=60)
    page = olga.get(f"/desk/appointments/{booked}/move")
    assert choices(page) == [str(theirs), *map(str, morning[1:])]
    assert [legend.get_text() for legend in page.soup.select("legend")] == ["Dr. Ruth Adler", "Dr. Sam Weiss"]
    assert choices(page, ".near") == [str(morning[1]), str(theirs), str(morning[2])]


def test_what_is_in_the_way_is_named_beforehand(olga, clinic, booked, morning):
    ruth = colleague(clinic)
    with tenant_scope(clinic.id):
        book(slot_id=morning[1], patient_id=None, actor="test", source="DESK")
        book(slot_id=ruth.slot(soon(), after=60), patient_id=clinic.pat, actor="test", source="DESK")
    page = olga.get(f"/desk/appointments/{booked}/move")
    assert "It stands here now." in page.text
    assert "Taken until 10:00 AM." in page.text
    assert "The patient is with Dr. Ruth Adler until 10:30 AM." in page.text
    assert str(morning[1]) not in choices(page)


@pytest.mark.begun
def test_who_arrived_is_expected_on_the_other_day_and_it_is_said(olga, clinic, records):
    with tenant_scope(clinic.id):
        asked = {"patient_id": clinic.pat, "type_id": clinic.type_id, "actor": "test", "source": "DESK"}
        visit = book(slot_id=clinic.slot(), **asked).id
        arrive(appointment_id=visit, actor="test")
    later = clinic.slot(clinic.day + timedelta(days=1))
    form = olga.get(f"/desk/appointments/{visit}/move?date={clinic.day.date() + timedelta(days=1)}")
    page = olga.submit(form, "/place", slot_id=str(later))
    assert "The patient is expected then and no longer" in page.text
    assert records.appointment(visit).status == "CONFIRMED"
    assert "Not arrived any more." in olga.get(f"/desk/appointments/{visit}").text
    assert olga.submit(page, "/undo").status == 200
    assert "Arrived again." in olga.get(f"/desk/appointments/{visit}").text


def test_another_day(olga, clinic, booked):
    later = clinic.slot(soon(days=3))
    page = olga.get(f"/desk/appointments/{booked}/move?date={soon(days=3).date()}")
    assert choices(page) == [str(later)]
    assert "closed" in olga.get(f"/desk/appointments/{booked}/move?date={soon(days=9).date()}").text


def test_one_post_moves_it(olga, form, booked, morning, records):
    page = olga.submit(form, "/place", slot_id=str(morning[3]))
    assert page.path.endswith(f"/desk/{soon().date()}")
    assert "Moved to" in page.text
    assert "10:30 AM, Dr. Sam Weiss." in page.text
    row = records.appointment(booked)
    assert (row.time_slot_id, row.version) == (morning[3], 2)


@pytest.mark.parametrize("tell", [True, False])
def test_whether_to_tell_the_patient_is_kept_and_shown(olga, form, booked, morning, records, tell):
    fields = form.form("/place") | {"slot_id": str(morning[3])}
    assert fields["notify"] == "yes"  # unless the box is cleared
    olga.post(form.soup.select_one('form[action$="/place"]')["action"], fields if tell else without_notify(fields))
    assert last_detail(records, booked)["notify"] is tell
    told = olga.get(f"/desk/appointments/{booked}").one(".history li:last-child").get_text(" ", strip=True)
    assert ("The patient is to be told." in told) is tell
    assert ("The patient is not to be told." in told) is not tell


def test_nobody_was_asked_when_there_was_no_question(olga, booked, morning, records):
    olga.post(f"/desk/appointments/{booked}/place", {"version": "1", "slot_id": str(morning[1])})
    assert "notify" not in last_detail(records, booked)


def test_it_keeps_a_length_of_its_own(olga, booked, morning, records):
    olga.post(f"/desk/appointments/{booked}/visit", {"version": "1", "minutes": "60"})
    olga.post(f"/desk/appointments/{booked}/place", {"version": "2", "slot_id": str(morning[2])})
    row = records.appointment(booked)
    assert row.end_time - row.start_time == timedelta(minutes=60)


def test_the_question_before_a_move_names_from_and_to(olga, clinic, booked):
    ruth = colleague(clinic)
    there = ruth.slot(soon(), after=60)
    page = olga.get(f"/desk/appointments/{booked}/move?slot={there}")
    assert "Dr. Sam Weiss" in page.text
    assert "10:00 AM – 10:30 AM Dr. Ruth Adler" in page.text
    assert olga.submit(page, "/place", slot_id=str(there)).status == 200


def test_who_loses_the_time_is_told_why_and_offered_others_near(olga, clinic, form, booked, morning, records):
    with tenant_scope(clinic.id):
        book(slot_id=morning[3], actor="test", source="DESK")
    page = olga.submit(form, "/place", slot_id=str(morning[3]))
    assert page.status == 409
    assert "This time has just been taken." in page.text
    assert choices(page, ".near") == [str(morning[n]) for n in (2, 4, 1)]
    assert records.appointment(booked).time_slot_id == morning[0]
    assert olga.submit(page, "/place", slot_id=str(morning[4])).status == 200
    assert records.appointment(booked).time_slot_id == morning[4]


def test_a_stale_form_shows_both_versions_and_can_be_sent_again(olga, clinic, form, booked, morning, records):
    records.became(booked, "ARRIVED")
    page = olga.submit(form, "/place", slot_id=str(morning[3]))
    assert page.status == 409
    stale = page.one(".stale").get_text(" ", strip=True)
    assert "What you saw Confirmed," in stale
    assert "How it stands now Arrived," in stale
    assert records.appointment(booked).time_slot_id == morning[0]
    assert olga.post(page.one(".stale form")["action"], page.form("/place")).status == 200
    assert records.appointment(booked).time_slot_id == morning[3]


def test_what_is_over_has_no_form(olga, clinic, booked):
    with tenant_scope(clinic.id):
        cancel(appointment_id=booked, actor="test")
    page = olga.get(f"/desk/appointments/{booked}/move")
    assert not page.soup.select("form[action$='/place']")
    refused = olga.post(f"/desk/appointments/{booked}/place", {"version": "2", "slot_id": str(uuid4())})
    assert refused.status in (404, 409)


def test_the_hand_that_drags_is_told_what_can_be_had(olga, clinic, booked, morning):
    with tenant_scope(clinic.id):
        book(slot_id=morning[2], actor="test", source="DESK")
    answer = olga.client.get(olga.url(f"/desk/appointments/{booked}/places/{soon().date()}")).json
    assert answer["version"] == 1
    told = {one["slot"]: (one["here"], one["why"]) for one in answer["places"]}
    assert told[str(morning[0])] == (True, "")
    assert told[str(morning[1])] == (False, "")
    assert told[str(morning[2])][1].startswith("Taken until")
    assert answer["places"][1]["minute"] * 60 == int((soon() + timedelta(minutes=30)).timestamp())


def test_bad_input(olga, booked, morning, records):
    for fields in ({"slot_id": str(morning[1])}, {"version": "1"}, {"version": "1", "slot_id": "x"}):
        assert olga.post(f"/desk/appointments/{booked}/place", fields).status == 400
    assert olga.post(f"/desk/appointments/{booked}/place", {"version": "1", "slot_id": str(uuid4())}).status == 404
    assert olga.get(f"/desk/appointments/{booked}/move?date=x&slot=y").status == 200
    assert olga.get(f"/desk/appointments/{uuid4()}/move").status == 404
    assert olga.get(f"/desk/appointments/{uuid4()}/places/{soon().date()}").status == 404
    assert records.appointment(booked).version == 1


def test_another_clinics_appointment_stays(mallory, other_clinic, booked, morning, records):
    mallory.clinic = other_clinic
    assert mallory.get(f"/desk/appointments/{booked}/move").status == 404
    for slot in (morning[1], other_clinic.slot(soon())):
        fields = {"version": "1", "slot_id": str(slot)}
        assert mallory.post(f"/desk/appointments/{booked}/place", fields).status == 404
    assert records.appointment(booked).version == 1


def without_notify(fields: dict[str, str]) -> dict[str, str]:
    """As a browser sends a form whose box is cleared."""
    return {name: value for name, value in fields.items() if name != "notify"}


def test_a_double_click_moves_once_and_says_so(olga, form, booked, morning, records):
    for _click in range(2):
        assert "Moved to" in olga.submit(form, "/place", slot_id=str(morning[3])).text
    assert (records.appointment(booked).time_slot_id, records.appointment(booked).version) == (morning[3], 2)
