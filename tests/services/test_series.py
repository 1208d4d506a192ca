"""Several visits in one transaction: Mondays from DAY on, at nine o'clock."""

from datetime import timedelta

import pytest

from tests.conftest import DAY, colleague
from webapp.core.errors import (
    Conflict,
    HoldExpired,
    IdempotencyMismatch,
    InvalidInput,
    NotFound,
    PatientBusy,
    SlotTaken,
    StaleVersion,
)
from webapp.services.appointments import arrive, cancel, cancel_following, complete, name_hold
from webapp.services.booking import Key, book, hold
from webapp.services.series import book_series
from webapp.services.specialists import add_type

ASKED = {"actor": "desk:olga", "source": "DESK"}
WEEK = timedelta(weeks=1)
KEY = Key("series:k", "asked")


@pytest.fixture
def mondays(within):
    return [within.slot(within.day + number * WEEK) for number in range(4)]


@pytest.fixture
def first(within, mondays):
    return book(slot_id=mondays[0], patient_id=within.pat, type_id=within.type_id, **ASKED)


def plan(first, slots, key=KEY, version=1):
    return book_series(appointment_id=first.id, version=version, slot_ids=slots, actor="desk:olga", key=key)


def standing(records, slots) -> list[int]:
    return [len(records.live(slot)) for slot in slots]


def test_every_visit_is_booked_for_the_same_patient_and_type(within, first, mondays, records):
    made = plan(first, mondays[:0:-1])
    rows = [records.appointment(one) for one in made.visits]
    assert [row.start_time for row in rows] == [DAY + number * WEEK for number in range(4)]
    assert {(row.patient_id, row.appointment_type_id, row.status, row.series_id) for row in rows} == {
        (within.pat, within.type_id, "CONFIRMED", made.id)
    }
    assert [records.slot(slot).status for slot in mondays] == ["BOOKED"] * 4
    assert records.events(first.id) == ["BOOKED", "SERIES"]
    assert [records.events(one) for one in made.visits[1:]] == [["BOOKED"]] * 3


def test_a_held_time_is_confirmed_with_them(within, mondays, records):
    held = hold(slot_id=mondays[0], type_id=within.type_id, **ASKED)
    named = name_hold(appointment_id=held.id, patient_id=within.pat, actor="desk:olga", confirm=False)
    plan(held, mondays[1:], version=named.version)
    assert records.appointment(held.id).status == "CONFIRMED"
    assert records.slot(mondays[0]).status == "BOOKED"
    assert records.events(held.id) == ["HELD", "NAMED", "CONFIRMED", "SERIES"]


def test_one_that_cannot_be_had_leaves_none(within, mondays, records):
    held = hold(slot_id=mondays[0], patient_id=within.pat, **ASKED)
    book(slot_id=mondays[3], actor="another", source="DESK")
    with pytest.raises(SlotTaken):
        plan(held, mondays[1:])
    assert standing(records, mondays) == [1, 0, 0, 1]
    assert [records.slot(slot).status for slot in mondays[:3]] == ["HOLD", "AVAILABLE", "AVAILABLE"]
    row = records.appointment(held.id)
    assert (row.status, row.series_id, row.version) == ("HOLD", None, 1)
    assert records.events(held.id) == ["HELD"]


def test_nor_does_one_at_which_the_patient_is_elsewhere(within, first, mondays, records):
    elsewhere = colleague(within).slot(DAY + 2 * WEEK, after=15)
    book(slot_id=elsewhere, patient_id=within.pat, **ASKED)
    with pytest.raises(PatientBusy):
        plan(first, mondays[1:])
    assert standing(records, mondays) == [1, 0, 0, 0]


def test_an_overdue_hold_is_no_conflict(first, mondays, records):
    overdue = hold(slot_id=mondays[2], **ASKED)
    records.run_out(overdue.id)
    plan(first, mondays[1:])
    assert records.appointment(overdue.id).status == "EXPIRED"


def test_again_is_the_same_answer(first, mondays, records):
    made = plan(first, mondays[1:])
    assert plan(first, mondays[1:]) == made
    assert standing(records, mondays) == [1, 1, 1, 1]
    with pytest.raises(IdempotencyMismatch):
        plan(first, mondays[1:], key=Key(KEY.value, "something else"))


def test_more_visits_join_the_series(first, mondays):
    made = plan(first, mondays[1:3])
    more = plan(first, mondays[3:], key=Key("series:other", "more"), version=2)
    assert more.id == made.id


@pytest.mark.begun
def test_after_a_visit_the_next_ones_are_planned(first, mondays, records):
    complete(appointment_id=first.id, actor="desk:olga")
    plan(first, mondays[1:], version=2)
    assert records.appointment(first.id).status == "COMPLETED"


def test_what_a_series_cannot_begin_with(within, first, mondays):
    with pytest.raises(StaleVersion):
        plan(first, mondays[1:], version=7)
    nobody = hold(slot_id=mondays[1], **ASKED)
    with pytest.raises(Conflict, match="patient"):
        plan(nobody, mondays[2:])
    cancel(appointment_id=first.id, actor="desk:olga")
    with pytest.raises(HoldExpired):
        plan(first, mondays[2:], version=2)


def test_a_hold_that_ran_out_is_no_first_visit(within, mondays, records):
    held = hold(slot_id=mondays[0], patient_id=within.pat, **ASKED)
    records.run_out(held.id)
    with pytest.raises(HoldExpired):
        plan(held, mondays[1:])


def test_bad_choices(first, mondays, other_clinic):
    for slots in ([], [mondays[1], mondays[1]], [mondays[1]] * 60):
        with pytest.raises(InvalidInput):
            plan(first, slots)
    with pytest.raises(NotFound):
        plan(first, [first.id])
    with pytest.raises(SlotTaken):
        plan(first, [mondays[0]])


def test_longer_visits_and_their_buffers_come_along(within, records):
    surgery = add_type(name="Surgery", minutes=30, buffer_after=15, specialist_ids=[within.specialist_id])
    slots = [within.slot(within.day + n * WEEK, minutes=15, after=15 * k) for n in range(2) for k in range(4)]
    first = book(slot_id=slots[0], patient_id=within.pat, type_id=surgery, **ASKED)
    made = plan(first, [slots[4]])
    row = records.appointment(made.visits[1])
    assert (row.end_time - row.start_time, row.busy_until - row.end_time) == (
        timedelta(minutes=30),
        timedelta(minutes=15),
    )
    assert [records.slot(slot).status for slot in slots[4:]] == ["BOOKED"] * 3 + ["AVAILABLE"]


def test_a_course_of_group_sessions(within, records):
    course = add_type(name="Course", minutes=30, is_group=True, specialist_ids=[within.specialist_id])
    slots = [within.slot(within.day + n * WEEK, capacity=3) for n in range(3)]
    first = book(slot_id=slots[0], patient_id=within.pat, type_id=course, **ASKED)
    plan(first, slots[1:])
    assert standing(records, slots) == [1, 1, 1]


class TestCancellingThisAndFollowing:
    @pytest.fixture
    def made(self, first, mondays):
        return plan(first, mondays[1:])

    def test_the_earlier_ones_stay(self, made, mondays, records):
        done = cancel_following(appointment_id=made.visits[1], actor="desk:olga", reason="moved away", version=1)
        assert [one.id for one in done] == made.visits[1:]
        assert [records.appointment(one).status for one in made.visits] == ["CONFIRMED"] + ["CANCELLED"] * 3
        assert [records.slot(slot).status for slot in mondays] == ["BOOKED"] + ["AVAILABLE"] * 3
        assert [records.events(one) for one in made.visits[1:]] == [["BOOKED", "CANCELLED"]] * 3
        told = "SELECT detail FROM appointment_events WHERE appointment_id = :id AND event_type = 'CANCELLED'"
        assert [records.one(told, id=one).detail for one in made.visits[1:]] == [{"reason": "moved away"}] * 3

    @pytest.mark.begun
    def test_what_already_happened_stays(self, made, records):
        arrive(appointment_id=made.visits[2], actor="desk:olga")
        cancel_following(appointment_id=made.visits[0], actor="desk:olga")
        found = [records.appointment(one).status for one in made.visits]
        assert found == ["CANCELLED", "CANCELLED", "ARRIVED", "CANCELLED"]

    @pytest.mark.begun
    def test_a_stale_one_cancels_none(self, made, records):
        with pytest.raises(StaleVersion):
            cancel_following(appointment_id=made.visits[1], actor="desk:olga", version=9)
        complete(appointment_id=made.visits[1], actor="desk:olga")
        with pytest.raises(Conflict):
            cancel_following(appointment_id=made.visits[1], actor="desk:olga")
        assert {records.appointment(one).status for one in made.visits} == {"CONFIRMED", "COMPLETED"}

    def test_one_without_a_series_is_cancelled_alone(self, first, records):
        assert len(cancel_following(appointment_id=first.id, actor="desk:olga")) == 1

    def test_an_unknown_one(self, within, mondays):
        with pytest.raises(NotFound):
            cancel_following(appointment_id=mondays[0], actor="desk:olga")
