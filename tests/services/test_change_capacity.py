"""Giving a slot another number of seats."""

from uuid import uuid4

import pytest

from webapp.core.errors import Conflict, InvalidInput, NotFound, SlotTaken
from webapp.services.appointments import cancel
from webapp.services.booking import book, hold
from webapp.services.slots import change_capacity
from webapp.services.specialists import add_type

ASKED = {"actor": "desk:olga", "source": "DESK"}


def test_more_seats_open_a_full_slot(within, records):
    slot = within.slot()
    first = book(slot_id=slot, **ASKED)
    change_capacity(slot_id=slot, capacity=3)
    assert (records.slot(slot).capacity, records.slot(slot).status) == (3, "AVAILABLE")
    assert records.appointment(first.id).slot_capacity == 3
    assert [book(slot_id=slot, **ASKED).seat for _ in range(2)] == [2, 3]
    with pytest.raises(SlotTaken):
        book(slot_id=slot, **ASKED)


def test_fewer_seats_close_it(within, records):
    slot = within.slot(capacity=3)
    book(slot_id=slot, **ASKED)
    change_capacity(slot_id=slot, capacity=1)
    assert records.slot(slot).status == "BOOKED"
    with pytest.raises(SlotTaken):
        book(slot_id=slot, **ASKED)


def test_a_held_seat_closes_it_until_the_hold_ends(within, records):
    slot = within.slot(capacity=3)
    held = hold(slot_id=slot, **ASKED)
    change_capacity(slot_id=slot, capacity=1)
    assert (records.slot(slot).status, records.slot(slot).held_until) == ("HOLD", held.expires_at)


def test_never_below_the_seats_taken(within, records):
    slot = within.slot(capacity=3)
    made = [book(slot_id=slot, **ASKED).id for _ in range(3)]
    with pytest.raises(Conflict):
        change_capacity(slot_id=slot, capacity=2)
    assert (records.slot(slot).capacity, records.live(slot)) == (3, made)
    assert {records.appointment(one).slot_capacity for one in made} == {3}


def test_what_was_given_back_does_not_count(within, records):
    slot = within.slot(capacity=3)
    made = [book(slot_id=slot, **ASKED).id for _ in range(3)]
    cancel(appointment_id=made[2], actor="olga")
    change_capacity(slot_id=slot, capacity=2)
    assert (records.slot(slot).capacity, records.slot(slot).status) == (2, "BOOKED")


def test_nor_does_an_overdue_hold(within, records):
    slot = within.slot(capacity=3)
    for _ in range(2):
        book(slot_id=slot, **ASKED)
    records.run_out(hold(slot_id=slot, **ASKED).id)
    change_capacity(slot_id=slot, capacity=2)
    assert (records.slot(slot).capacity, records.slot(slot).status) == (2, "BOOKED")


def test_a_visit_longer_than_the_slot_cannot_become_a_group_seat(within, records):
    long = add_type(name="Long", minutes=60, specialist_ids=[within.specialist_id])
    slot = within.slot()
    within.slot(after=30)
    book(slot_id=slot, type_id=long, **ASKED)
    with pytest.raises(Conflict):
        change_capacity(slot_id=slot, capacity=4)
    assert records.slot(slot).capacity == 1


@pytest.mark.parametrize("capacity", [0, -1, 100_001])
def test_not_to_a_number_that_makes_no_sense(within, records, capacity):
    slot = within.slot()
    with pytest.raises(InvalidInput):
        change_capacity(slot_id=slot, capacity=capacity)
    assert records.slot(slot).capacity == 1


def test_an_unknown_slot(within):
    with pytest.raises(NotFound):
        change_capacity(slot_id=uuid4(), capacity=2)


def test_another_clinics_slot_is_unknown_here(within, other_clinic, records):
    slot = other_clinic.slot()
    with pytest.raises(NotFound):
        change_capacity(slot_id=slot, capacity=2)
    assert records.slot(slot).capacity == 1
