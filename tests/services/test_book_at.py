"""Booking a time rather than a slot: the clinic's own chair, or whoever is free then."""

import secrets
from datetime import time, timedelta

import pytest

from tests.conftest import DAY, colleague
from webapp.core.errors import PatientBusy, SlotTaken
from webapp.core.tenancy import tenant_scope
from webapp.rules.slots import Interval
from webapp.services.booking import book, book_at, hold
from webapp.services.hours import set_opening_hours
from webapp.services.patients import add_patient
from webapp.services.tenants import ensure_tenant

ASKED = {"actor": "api", "source": "API"}
HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def chair(within):
    """A clinic with hours of its own: bookings by time go to its single chair."""
    set_opening_hours(specialist_id=None, intervals=[Interval(0, time(9), time(17), 60)])
    return within


def test_the_chair_is_taken_for_an_instant(chair, records):
    made = book_at(start=DAY, end=None, **ASKED)
    row = records.appointment(made.id)
    assert (row.specialist_id, row.time_slot_id, row.start_time, row.end_time, row.seat) == (None, None, DAY, None, 1)
    assert records.events(made.id) == ["BOOKED"]


def test_once(chair, records):
    book_at(start=DAY, end=None, **ASKED)
    with pytest.raises(SlotTaken):
        book_at(start=DAY, end=None, **ASKED)
    assert records.count("appointments", chair) == 1


def test_the_next_microsecond_is_another_time(chair):
    book_at(start=DAY, end=None, **ASKED)
    assert book_at(start=DAY + INSTANT, end=None, **ASKED).start_time == DAY + INSTANT


def test_an_instant_inside_a_booked_hour_is_taken(chair):
    book_at(start=DAY, end=DAY + HOUR, **ASKED)
    with pytest.raises(SlotTaken):
        book_at(start=DAY + HOUR / 2, end=None, **ASKED)
    assert book_at(start=DAY + HOUR, end=None, **ASKED).status == "CONFIRMED"


def test_an_hour_around_a_booked_instant_is_taken(chair):
    book_at(start=DAY + HOUR / 2, end=None, **ASKED)
    with pytest.raises(SlotTaken):
        book_at(start=DAY, end=DAY + HOUR, **ASKED)


def test_hours_that_meet_do_not_clash(chair):
    book_at(start=DAY, end=DAY + HOUR, **ASKED)
    assert book_at(start=DAY + HOUR, end=DAY + 2 * HOUR, **ASKED).status == "CONFIRMED"


def test_nor_does_another_clinics_hour(chair, other_clinic):
    book_at(start=DAY, end=DAY + HOUR, **ASKED)
    with tenant_scope(other_clinic.id):
        set_opening_hours(specialist_id=None, intervals=[Interval(0, time(9), time(17), 60)])
        assert book_at(start=DAY, end=DAY + HOUR, **ASKED).status == "CONFIRMED"


def test_over_midnight_too(chair):
    """The chair is locked by the day: what reaches over midnight must be found from either side."""
    book_at(start=DAY - HOUR, end=DAY + HOUR, **ASKED)
    with pytest.raises(SlotTaken):
        book_at(start=DAY, end=DAY + 2 * HOUR, **ASKED)
    with pytest.raises(SlotTaken):
        book_at(start=DAY - 2 * HOUR, end=DAY - HOUR / 2, **ASKED)


def test_a_patient_is_in_one_place_at_a_time(chair):
    ruth = colleague(chair)
    book(slot_id=ruth.slot(), patient_id=chair.pat, **ASKED)
    with pytest.raises(PatientBusy):
        book_at(start=DAY + HOUR / 4, end=DAY + HOUR, patient_id=chair.pat, **ASKED)


def test_a_clinic_without_specialists_has_its_chair(app, records):
    with tenant_scope(f"ledger-{secrets.token_hex(4)}"):
        ensure_tenant()
        made = book_at(start=DAY, end=None, **ASKED)
    assert records.appointment(made.id).specialist_id is None


def test_with_specialists_it_goes_to_one_who_is_free(within, records):
    ruth = colleague(within)
    book(slot_id=within.slot(), **ASKED)
    free = ruth.slot()
    made = book_at(start=DAY, end=None, **ASKED)
    assert records.appointment(made.id).time_slot_id == free
    assert made.end_time == DAY + HOUR / 2


def test_all_of_them_can_be_booked_and_no_more(within):
    slots = {within.slot(), colleague(within).slot(), colleague(within).slot()}
    made = [book_at(start=DAY, end=None, **ASKED) for _ in slots]
    assert len({booking.id for booking in made}) == 3
    with pytest.raises(SlotTaken):
        book_at(start=DAY, end=None, **ASKED)


def test_an_overdue_hold_makes_its_specialist_free(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    records.run_out(held.id)
    assert book_at(start=DAY, end=None, **ASKED).status == "CONFIRMED"


def test_a_live_hold_does_not(within):
    hold(slot_id=within.slot(), **ASKED)
    with pytest.raises(SlotTaken):
        book_at(start=DAY, end=None, **ASKED)


def test_a_time_at_which_nobody_works_is_taken(within):
    within.slot()
    with pytest.raises(SlotTaken):
        book_at(start=DAY + INSTANT, end=None, **ASKED)


def test_a_specialist_who_left_is_not_found_free(within, records):
    within.slot()
    colleague(within)
    records.rows("UPDATE specialists SET is_active = false WHERE id = :id", id=within.specialist_id)
    with pytest.raises(SlotTaken):
        book_at(start=DAY, end=None, **ASKED)


def test_the_patient_is_recorded(chair, records):
    ida = add_patient(full_name="Ida", reference="user_ida")
    made = book_at(start=DAY, end=DAY + HOUR, patient_id=ida, **ASKED)
    assert (records.appointment(made.id).patient_id, made.patient_id) == (ida, ida)
