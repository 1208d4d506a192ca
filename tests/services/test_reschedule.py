"""Moving an appointment: it keeps its time until the new one is its own."""

from datetime import time, timedelta
from uuid import uuid4

import pytest

from tests.conftest import BEGUN, DAY, colleague, make_clinic
from webapp.core.errors import Conflict, HoldExpired, InvalidInput, NotFound, PatientBusy, SlotTaken, StaleVersion
from webapp.core.tenancy import tenant_scope
from webapp.rules.slots import Interval
from webapp.services.appointments import arrive, cancel, complete, confirm
from webapp.services.booking import book, book_at, hold, reschedule
from webapp.services.hours import set_opening_hours
from webapp.services.specialists import add_type

ASKED = {"actor": "desk:olga", "source": "DESK"}
HOUR = timedelta(hours=1)


@pytest.fixture
def slots(within):
    return [within.slot(after=30 * number) for number in range(3)]


def test_it_stands_on_the_new_slot_and_the_old_is_free(slots, within, records):
    made = book(slot_id=slots[0], patient_id=within.pat, **ASKED)
    moved = reschedule(appointment_id=made.id, slot_id=slots[2], version=1, **ASKED)
    assert (moved.id, moved.status, moved.start_time, moved.version) == (made.id, "CONFIRMED", DAY + HOUR, 2)
    assert [records.slot(slot).status for slot in slots] == ["AVAILABLE", "AVAILABLE", "BOOKED"]
    row = records.appointment(made.id)
    assert (row.time_slot_id, row.start_time, row.end_time) == (slots[2], DAY + HOUR, DAY + 1.5 * HOUR)


def test_it_is_told_once_from_where_to_where(slots, records):
    made = book(slot_id=slots[0], **ASKED)
    reschedule(appointment_id=made.id, slot_id=slots[2], version=1, **ASKED)
    assert records.events(made.id) == ["BOOKED", "RESCHEDULED"]
    event = records.one(
        "SELECT * FROM appointment_events WHERE appointment_id = :id AND event_type = 'RESCHEDULED'", id=made.id
    )
    assert (event.detail["from_slot"], event.detail["to_slot"]) == (str(slots[0]), str(slots[2]))
    assert event.actor == "desk:olga"


def test_a_taken_slot_is_refused_and_the_old_time_kept(slots, records):
    mine = book(slot_id=slots[0], **ASKED)
    theirs = book(slot_id=slots[1], **ASKED)
    with pytest.raises(SlotTaken):
        reschedule(appointment_id=mine.id, slot_id=slots[1], version=1, **ASKED)
    assert [records.live(slot) for slot in slots[:2]] == [[mine.id], [theirs.id]]
    assert records.appointment(mine.id).version == 1
    assert records.events(mine.id) == ["BOOKED"]


def test_to_another_specialist(slots, within, records):
    ruth = colleague(within)
    made = book(slot_id=slots[0], type_id=within.type_id, **ASKED)
    reschedule(appointment_id=made.id, slot_id=ruth.slot(), version=1, **ASKED)
    assert records.appointment(made.id).specialist_id == ruth.specialist_id
    assert records.slot(slots[0]).status == "AVAILABLE"


def test_not_to_one_who_does_not_offer_the_type(slots, within):
    other = add_type(name="Other", minutes=30)
    ruth = colleague(within, other)
    made = book(slot_id=slots[0], type_id=within.type_id, **ASKED)
    with pytest.raises(InvalidInput):
        reschedule(appointment_id=made.id, slot_id=ruth.slot(), version=1, **ASKED)


def test_a_hold_stays_a_hold_with_its_end(slots, records):
    held = hold(slot_id=slots[0], **ASKED)
    moved = reschedule(appointment_id=held.id, slot_id=slots[1], version=1, **ASKED)
    assert (moved.status, moved.expires_at) == ("HOLD", held.expires_at)
    assert [records.slot(slot).status for slot in slots] == ["AVAILABLE", "HOLD", "AVAILABLE"]
    assert confirm(appointment_id=held.id, actor="pat").status == "CONFIRMED"


def test_an_overdue_hold_does_not_move(slots, records):
    held = hold(slot_id=slots[0], **ASKED)
    records.run_out(held.id)
    with pytest.raises(HoldExpired):
        reschedule(appointment_id=held.id, slot_id=slots[1], version=1, **ASKED)
    assert records.slot(slots[1]).status == "AVAILABLE"


def test_but_it_gives_way(slots, records):
    forgotten = hold(slot_id=slots[1], **ASKED)
    records.run_out(forgotten.id)
    made = book(slot_id=slots[0], **ASKED)
    reschedule(appointment_id=made.id, slot_id=slots[1], version=1, **ASKED)
    assert records.live(slots[1]) == [made.id]
    assert records.events(forgotten.id) == ["HELD", "EXPIRED"]


@pytest.mark.begun
@pytest.mark.parametrize("end", [cancel, complete])
def test_what_is_over_does_not_move(slots, end):
    made = book(slot_id=slots[0], **ASKED)
    end(appointment_id=made.id, actor="olga")
    with pytest.raises(HoldExpired):
        reschedule(appointment_id=made.id, slot_id=slots[1], version=2, **ASKED)


@pytest.mark.begun
def test_not_what_somebody_changed_meanwhile(slots, records):
    made = book(slot_id=slots[0], **ASKED)
    arrive(appointment_id=made.id, actor="olga")
    with pytest.raises(StaleVersion):
        reschedule(appointment_id=made.id, slot_id=slots[1], version=1, **ASKED)
    assert records.live(slots[0]) == [made.id]


def status_after(slot, later):
    """Somebody arrives for the first slot, and is moved to the second."""
    made = book(slot_id=slot, **ASKED)
    arrive(appointment_id=made.id, actor="olga")
    return reschedule(appointment_id=made.id, slot_id=later, version=2, **ASKED)


@pytest.mark.begun
def test_who_arrived_on_the_wrong_day_is_expected_again(within, records):
    moved = status_after(within.slot(), within.slot(BEGUN + 24 * HOUR))
    assert (moved.status, records.appointment(moved.id).status) == ("CONFIRMED", "CONFIRMED")
    detail = records.one(
        "SELECT detail FROM appointment_events WHERE appointment_id = :id AND event_type = 'RESCHEDULED'", id=moved.id
    ).detail
    assert (detail["from_status"], detail["status"]) == ("ARRIVED", "CONFIRMED")
    assert arrive(appointment_id=moved.id, actor="olga").status == "ARRIVED"


@pytest.mark.begun
def test_who_waits_is_moved_within_the_day_and_goes_on_waiting(within):
    assert status_after(within.slot(), within.slot(after=600)).status == "ARRIVED"


def test_the_day_is_the_clinics_own():
    clinic = make_clinic("auckland", timezone="Pacific/Auckland")  # where midnight is at eleven in UTC, in summer
    with tenant_scope(clinic.id):
        assert status_after(clinic.slot(BEGUN + 22 * HOUR), clinic.slot(BEGUN + 26 * HOUR)).status == "ARRIVED"
        assert status_after(clinic.slot(BEGUN + 10 * HOUR), clinic.slot(BEGUN + 12 * HOUR)).status == "CONFIRMED"


@pytest.mark.begun
def test_the_chairs_visit_is_expected_again_too(within):
    set_opening_hours(specialist_id=None, intervals=[Interval(day, time(0), time(17), 60) for day in (0, 1)])
    made = book_at(start=BEGUN, end=BEGUN + HOUR, **ASKED)
    arrive(appointment_id=made.id, actor="olga")
    at = BEGUN + 24 * HOUR
    assert reschedule(appointment_id=made.id, start=at, end=at + HOUR, version=2, **ASKED).status == "CONFIRMED"


def test_a_patient_stays_in_one_place_at_a_time(slots, within):
    ruth = colleague(within)
    book(slot_id=slots[0], patient_id=within.pat, **ASKED)
    later = book(slot_id=slots[2], patient_id=within.pat, **ASKED)
    with pytest.raises(PatientBusy):
        reschedule(appointment_id=later.id, slot_id=ruth.slot(after=15), version=1, **ASKED)


def test_an_appointment_is_not_in_its_own_way(slots, within):
    ruth = colleague(within)
    made = book(slot_id=slots[0], patient_id=within.pat, **ASKED)
    moved = reschedule(appointment_id=made.id, slot_id=ruth.slot(after=15), version=1, **ASKED)
    assert moved.start_time == DAY + HOUR / 4


def test_a_longer_visit_may_move_by_one_slot_over_itself(slots, within, records):
    long = add_type(name="Long", minutes=60, specialist_ids=[within.specialist_id])
    made = book(slot_id=slots[0], type_id=long, **ASKED)
    moved = reschedule(appointment_id=made.id, slot_id=slots[1], version=1, **ASKED)
    assert (moved.start_time, moved.end_time) == (DAY + HOUR / 2, DAY + 1.5 * HOUR)
    assert [records.slot(slot).status for slot in slots] == ["AVAILABLE", "BOOKED", "BOOKED"]


def test_it_may_grow_where_it_is(slots, within, records):
    long = add_type(name="Long", minutes=60, specialist_ids=[within.specialist_id])
    made = book(slot_id=slots[0], type_id=within.type_id, **ASKED)
    moved = reschedule(appointment_id=made.id, slot_id=slots[0], type_id=long, version=1, **ASKED)
    assert moved.end_time == DAY + HOUR
    assert [records.slot(slot).status for slot in slots] == ["BOOKED", "BOOKED", "AVAILABLE"]


def test_or_get_another_length(slots, records):
    made = book(slot_id=slots[0], **ASKED)
    moved = reschedule(appointment_id=made.id, slot_id=slots[0], minutes=45, version=1, **ASKED)
    assert moved.end_time == DAY + 0.75 * HOUR
    assert [records.slot(slot).status for slot in slots] == ["BOOKED", "BOOKED", "AVAILABLE"]


def test_but_not_into_the_next_patient(slots, within, records):
    made = book(slot_id=slots[0], **ASKED)
    book(slot_id=slots[1], **ASKED)
    with pytest.raises(SlotTaken):
        reschedule(appointment_id=made.id, slot_id=slots[0], minutes=45, version=1, **ASKED)
    assert records.appointment(made.id).end_time == DAY + HOUR / 2


def test_nor_past_the_hours(slots):
    made = book(slot_id=slots[2], **ASKED)
    with pytest.raises(Conflict):
        reschedule(appointment_id=made.id, slot_id=slots[2], minutes=45, version=1, **ASKED)


def test_into_a_group_and_within_it(slots, within, records):
    group = within.slot(after=90, capacity=2)
    first, second = (book(slot_id=slots[n], **ASKED) for n in (0, 1))
    moved = [reschedule(appointment_id=one.id, slot_id=group, version=1, **ASKED) for one in (first, second)]
    assert [one.seat for one in moved] == [1, 2]
    assert records.slot(group).status == "BOOKED"
    third = book(slot_id=slots[0], **ASKED)
    with pytest.raises(SlotTaken):
        reschedule(appointment_id=third.id, slot_id=group, version=1, **ASKED)
    assert reschedule(appointment_id=first.id, slot_id=group, version=2, **ASKED).status == "CONFIRMED"
    assert sorted(records.live(group)) == sorted([first.id, second.id])


def test_a_group_covered_by_a_buffer_takes_nobody(within, records):
    surgery = add_type(name="Surgery", minutes=30, buffer_after=20, specialist_ids=[within.specialist_id])
    book(slot_id=within.slot(), type_id=surgery, **ASKED)
    group = within.slot(after=30, capacity=4)
    made = book(slot_id=within.slot(after=60), **ASKED)
    with pytest.raises(SlotTaken):
        reschedule(appointment_id=made.id, slot_id=group, version=1, **ASKED)
    assert records.live(group) == []


def test_the_chairs_moves_to_another_time(within, records):
    set_opening_hours(specialist_id=None, intervals=[Interval(0, time(9), time(17), 60)])
    made = book_at(start=DAY, end=DAY + HOUR, **ASKED)
    taken = book_at(start=DAY + 3 * HOUR, end=DAY + 4 * HOUR, **ASKED)
    moved = reschedule(appointment_id=made.id, start=DAY + HOUR, end=DAY + 2 * HOUR, version=1, **ASKED)
    assert (moved.start_time, moved.end_time, moved.version) == (DAY + HOUR, DAY + 2 * HOUR, 2)
    with pytest.raises(SlotTaken):
        reschedule(appointment_id=made.id, start=taken.start_time, end=taken.end_time, version=2, **ASKED)
    assert records.events(made.id) == ["BOOKED", "RESCHEDULED"]


def test_a_patient_of_the_chair_stays_in_one_place_too(within):
    set_opening_hours(specialist_id=None, intervals=[Interval(0, time(9), time(17), 60)])
    book(slot_id=within.slot(), patient_id=within.pat, **ASKED)
    made = book_at(start=DAY + 3 * HOUR, end=DAY + 4 * HOUR, patient_id=within.pat, **ASKED)
    with pytest.raises(PatientBusy):
        reschedule(appointment_id=made.id, start=DAY + HOUR / 4, end=DAY + HOUR, version=1, **ASKED)


def test_an_unknown_slot_or_appointment(slots):
    made = book(slot_id=slots[0], **ASKED)
    with pytest.raises(NotFound):
        reschedule(appointment_id=made.id, slot_id=uuid4(), version=1, **ASKED)
    with pytest.raises((NotFound, HoldExpired)):
        reschedule(appointment_id=uuid4(), slot_id=slots[1], version=1, **ASKED)


def test_another_clinics_appointment_does_not_move_here(slots, other_clinic, records):
    with tenant_scope(other_clinic.id):
        theirs = book(slot_id=other_clinic.slot(), **ASKED)
    with pytest.raises((NotFound, HoldExpired)):
        reschedule(appointment_id=theirs.id, slot_id=slots[1], version=1, **ASKED)
    assert records.appointment(theirs.id).version == 1


def test_nor_ours_to_another_clinic(slots, other_clinic, records):
    made = book(slot_id=slots[0], **ASKED)
    theirs = other_clinic.slot()
    with pytest.raises(NotFound):
        reschedule(appointment_id=made.id, slot_id=theirs, version=1, **ASKED)
    assert records.slot(theirs).status == "AVAILABLE"
