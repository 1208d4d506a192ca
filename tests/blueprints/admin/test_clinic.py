"""The clinic's settings."""

from datetime import time

import pytest

from tests.blueprints.conftest import soon
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book


def tenant(records, clinic):
    return records.one("SELECT * FROM tenants WHERE id = :id", id=clinic.id)


def save(alice, **fields):
    return alice.submit(alice.get("/admin/clinic"), "/admin/clinic", **fields)


def test_it_shows_what_is_stored(alice, records, clinic):
    records.rows(
        "UPDATE tenants SET notice_minutes = 2160, hold_seconds = 90, phone = '030 1' WHERE id = :i", i=clinic.id
    )
    page = alice.get("/admin/clinic")
    form = page.form("/admin/clinic")
    assert (form["notice"], form["notice-unit"]) == ("36", "hour")
    assert (form["hold"], form["hold-unit"]) == ("90", "second")
    assert (form["cancel_cutoff"], form["timezone"], form["phone"]) == ("0", "UTC", "030 1")
    assert "confirm_zone" not in str(page.soup)


def test_the_overview_leads_here(alice):
    assert alice.get("/admin/").soup.select_one('a[href$="/admin/clinic"]')


def test_settings_are_saved(alice, records, clinic):
    page = save(
        alice,
        name="Harbour Health",
        phone="030 901820",
        address="Quay 1",
        locale="de-DE",
        **{"closed_message": "Closed for painting.\nBack in May.", "notice": "2", "notice-unit": "hour"},
        horizon_days="30",
        bookings_a_person="2",
        required_fields=["phone", "date_of_birth"],
        **{"cancel_cutoff": "1", "cancel_cutoff-unit": "day", "move_cutoff": "90", "move_cutoff-unit": "minute"},
        reminder_hours="2, 48 24",
        quiet_from="21:00",
        quiet_until="07:30",
        **{"hold": "10", "hold-unit": "minute", "offer": "2", "offer-unit": "hour", "offers_by_itself": "y"},
    )
    assert "The settings were saved. Visits that are booked already stay as they are." in page.text
    row = tenant(records, clinic)
    assert (row.name, row.phone, row.address, row.locale) == ("Harbour Health", "030 901820", "Quay 1", "de-DE")
    assert row.closed_message == "Closed for painting.\nBack in May."
    assert (row.notice_minutes, row.horizon_days, row.bookings_a_person) == (120, 30, 2)
    assert row.required_fields == ["phone", "date_of_birth"]
    assert (row.cancel_cutoff_minutes, row.move_cutoff_minutes) == (1440, 90)
    assert (row.reminder_hours, row.quiet_from, row.quiet_until) == ([48, 24, 2], time(21), time(7, 30))
    assert (row.hold_seconds, row.offer_seconds, row.offers_by_itself, row.public_booking) == (600, 7200, True, True)


def test_switches_can_be_switched_off(alice, records, clinic):
    page = alice.get("/admin/clinic")
    fields = page.form("/admin/clinic")
    del fields["public_booking"]
    alice.post("/admin/clinic", fields | {"bookings_a_person": ""})
    row = tenant(records, clinic)
    assert (row.public_booking, row.bookings_a_person) == (False, None)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": ""}, "Enter the clinic's name."),
        ({"phone": "none"}, "Enter a phone number with its digits, such as 030 1234567."),
        ({"notice": "soon"}, "Enter a whole number; from 0 minutes to 366 days is possible."),
        (
            {"cancel_cutoff": "367", "cancel_cutoff-unit": "day"},
            "Enter a whole number; from 0 minutes to 366 days is possible.",
        ),
        ({"hold": "0"}, "Enter a whole number; from 1 second to 1 day is possible."),
        ({"horizon_days": "0"}, "Enter a whole number from 1 to 3660."),
        ({"bookings_a_person": "0"}, "Enter a whole number from 1 to 100."),
        (
            {"terms_link": "javascript:alert(1)", "terms": "Yes"},
            "Enter the address in the form https://example.com/terms.",
        ),
        ({"terms_link": "https://clinic.example/terms"}, "Enter the words that patients accept, too."),
        ({"reminder_hours": "48, soon"}, "Enter whole numbers from 1 to 720."),
        ({"reminder_hours": "721"}, "Enter whole numbers from 1 to 720."),
        ({"reminder_hours": "1 2 3 4 5 6"}, "Enter up to five reminders."),
        ({"quiet_from": ""}, "Enter when the quiet hours begin."),
        ({"closed_message": "x" * 1001}, "The message is longer than 1,000 characters. Shorten it."),
    ],
)
def test_bad_input_is_said_and_kept(alice, clinic, records, fields, problem):
    before = tenant(records, clinic)
    page = save(alice, **fields)
    assert page.status == 400
    assert page.title.startswith("Error")
    assert page.problems == [problem]
    form = page.form("/admin/clinic")
    for name, value in fields.items():
        if name in form:
            assert form[name] == value
    assert tenant(records, clinic) == before


@pytest.mark.parametrize("fields", [{"timezone": "Mars/Phobos"}, {"locale": "tlh"}, {"required_fields": "shoe_size"}])
def test_what_is_no_choice_is_refused(alice, clinic, records, fields):
    before = tenant(records, clinic)
    assert save(alice, **fields).status == 400
    assert tenant(records, clinic) == before


def test_terms_have_versions_and_earlier_ones_stay(alice, clinic, records):
    save(alice, terms="I accept.", terms_link="https://clinic.example/terms")
    save(alice, name="Another name")
    assert tenant(records, clinic).terms_version == 1
    save(alice, terms="I accept all of it.")
    save(alice, terms="", terms_link="")
    assert tenant(records, clinic).terms_version is None
    save(alice, terms="Once more.")
    assert tenant(records, clinic).terms_version == 3
    kept = records.rows("SELECT version, words, link FROM terms WHERE tenant_id = :id ORDER BY 1", id=clinic.id)
    assert [tuple(row) for row in kept] == [
        (1, "I accept.", "https://clinic.example/terms"),
        (2, "I accept all of it.", "https://clinic.example/terms"),
        (3, "Once more.", ""),
    ]


def test_another_zone_asks_first_when_visits_are_to_come(alice, clinic, records):
    with tenant_scope(clinic.id):
        booked = book(slot_id=clinic.slot(soon()), patient_id=clinic.pat, actor="olga", source="DESK")
    page = save(alice, timezone="Europe/Berlin", name="Renamed")
    assert page.status == 409
    assert page.problems[0].startswith("Booked visits to come: 1. Each stays at the same instant")
    assert page.form("/admin/clinic")["name"] == "Renamed"
    assert tenant(records, clinic).timezone == "UTC"
    page = alice.submit(page, "/admin/clinic", confirm_zone="y")
    assert "The settings were saved." in page.text
    assert (tenant(records, clinic).timezone, tenant(records, clinic).name) == ("Europe/Berlin", "Renamed")
    assert records.appointment(booked.id).start_time == booked.start_time


def test_without_visits_the_zone_changes_at_once(alice, clinic, records):
    save(alice, timezone="America/New_York")
    assert tenant(records, clinic).timezone == "America/New_York"


def test_two_administrators_do_not_overwrite_each_other(alice, clinic, records):
    page = alice.get("/admin/clinic")
    records.rows("UPDATE tenants SET address = 'Quay 2' WHERE id = :id", id=clinic.id)
    page = alice.submit(page, "/admin/clinic", name="Mine")
    assert page.status == 409
    assert page.problems[1] == (
        "Different here from what is stored: Name of the clinic, Address. Save again to keep yours."
    )
    assert page.form("/admin/clinic")["name"] == "Mine"
    alice.submit(page, "/admin/clinic")
    assert (tenant(records, clinic).name, tenant(records, clinic).address) == ("Mine", None)


def test_pressed_twice_it_is_saved_once(alice, clinic, records):
    page = alice.get("/admin/clinic")
    for _press in range(2):
        answer = alice.submit(page, "/admin/clinic", terms="I accept.")
        assert answer.status == 200
    assert records.count("terms", clinic) == 1


def test_more_days_ahead_have_times_at_once(alice, clinic, records):
    page = alice.get(f"/admin/specialists/{clinic.specialist_id}")
    hours = {"0-weekday": "0-4", "0-opens": "09:00", "0-closes": "10:00", "0-slot_minutes": "30"}
    alice.submit(page, f"/admin/specialists/{clinic.specialist_id}/hours", **hours)
    last = "SELECT max(start_time)::date - current_date FROM time_slots WHERE tenant_id = :id"
    assert records.one(last, id=clinic.id)[0] <= 56
    save(alice, horizon_days="70")
    assert records.one(last, id=clinic.id)[0] > 60


@pytest.mark.parametrize(("who", "status"), [("olga", 403), ("pat", 403), ("mallory", 200)])
def test_not_for_others(request, who, status, records, clinic):
    visitor = request.getfixturevalue(who)
    before = tenant(records, clinic)
    assert visitor.get("/admin/clinic").status == status
    visitor.post("/admin/clinic", {"name": "Taken over"})
    assert tenant(records, clinic) == before
