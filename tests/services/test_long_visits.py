"""Visits longer than a slot, and buffers: quarter-hour slots from DAY on, unless said otherwise."""

from datetime import timedelta

import pytest

from tests.conftest import DAY
from webapp.core.errors import Conflict, SlotTaken
from webapp.services.appointments import cancel, confirm, no_show, release
from webapp.services.booking import book, hold
from webapp.services.specialists import add_type

ASKED = {"actor": "desk:olga", "source": "DESK"}
QUARTER = timedelta(minutes=15)


@pytest.fixture
def quarters(within):
    """Six slots of a quarter of an hour, one after the other."""
    return [within.slot(minutes=15, after=15 * number) for number in range(6)]


@pytest.fixture
def first_visit(within):
    return add_type(name="First visit", minutes=45, specialist_ids=[within.specialist_id])


@pytest.fixture
def surgery(within):
    """A quarter of an hour with 10 minutes before and 20 after it."""
    return add_type(
        name="Surgery", minutes=15, buffer_before=10, buffer_after=20, specialist_ids=[within.specialist_id]
    )


def statuses(records, slots) -> list[str]:
    return [records.slot(slot).status for slot in slots]


def test_a_longer_visit_takes_all_slots_it_covers(quarters, first_visit, records):
    held = hold(slot_id=quarters[1], type_id=first_visit, **ASKED)
    assert (held.start_time, held.end_time) == (DAY + QUARTER, DAY + 4 * QUARTER)
    assert statuses(records, quarters) == ["AVAILABLE", "HOLD", "HOLD", "HOLD", "AVAILABLE", "AVAILABLE"]
    assert {records.slot(slot).held_until for slot in quarters[1:4]} == {held.expires_at}


def test_none_of_them_is_sold_again(quarters, first_visit):
    book(slot_id=quarters[1], type_id=first_visit, **ASKED)
    for slot in quarters[1:4]:
        with pytest.raises(SlotTaken):
            hold(slot_id=slot, **ASKED)
    for slot in (quarters[0], quarters[4]):
        assert hold(slot_id=slot, **ASKED).status == "HOLD"


def test_nor_does_a_longer_visit_reach_into_them(quarters, first_visit, records):
    book(slot_id=quarters[2], **ASKED)
    for slot in (quarters[0], quarters[1]):
        with pytest.raises(SlotTaken):
            hold(slot_id=slot, type_id=first_visit, **ASKED)
    assert statuses(records, quarters) == ["AVAILABLE", "AVAILABLE", "BOOKED", "AVAILABLE", "AVAILABLE", "AVAILABLE"]


def test_confirmed_it_books_them_all(quarters, first_visit, records):
    held = hold(slot_id=quarters[0], type_id=first_visit, **ASKED)
    confirm(appointment_id=held.id, actor="pat")
    assert statuses(records, quarters) == ["BOOKED"] * 3 + ["AVAILABLE"] * 3


@pytest.mark.begun
@pytest.mark.parametrize("end", [cancel, release, no_show])
def test_when_it_ends_they_are_all_free(quarters, first_visit, records, end):
    take = hold if end is release else book
    made = take(slot_id=quarters[0], type_id=first_visit, **ASKED)
    end(appointment_id=made.id, actor="desk:olga")
    assert statuses(records, quarters) == ["AVAILABLE"] * 6


@pytest.mark.parametrize("which", [0, 1, 2])
def test_overdue_it_gives_way_wherever_it_is_asked(quarters, first_visit, records, which):
    held = hold(slot_id=quarters[0], type_id=first_visit, **ASKED)
    records.run_out(held.id)
    made = book(slot_id=quarters[which], **ASKED)
    assert records.appointment(held.id).status == "EXPIRED"
    assert statuses(records, quarters) == ["BOOKED" if n == which else "AVAILABLE" for n in range(6)]
    assert records.live(quarters[which]) == [made.id]


def test_a_longer_visit_may_take_the_place_of_two_overdue_holds(quarters, first_visit, records):
    holds = [hold(slot_id=quarters[n], **ASKED).id for n in (0, 2)]
    records.run_out(*holds)
    book(slot_id=quarters[0], type_id=first_visit, **ASKED)
    assert [records.events(one) for one in holds] == [["HELD", "EXPIRED"]] * 2
    assert statuses(records, quarters) == ["BOOKED"] * 3 + ["AVAILABLE"] * 3


def test_at_the_end_of_the_hours_there_is_not_enough_time(quarters, first_visit, records):
    with pytest.raises(Conflict) as caught:
        hold(slot_id=quarters[4], type_id=first_visit, **ASKED)
    assert not isinstance(caught.value, SlotTaken)
    assert statuses(records, quarters) == ["AVAILABLE"] * 6


def test_nor_over_a_gap(within, first_visit):
    first = within.slot(minutes=15)
    within.slot(minutes=15, after=20)
    within.slot(minutes=15, after=35)
    with pytest.raises(Conflict):
        hold(slot_id=first, type_id=first_visit, **ASKED)


def test_nor_over_a_groups_slot(within, first_visit):
    first = within.slot(minutes=15)
    within.slot(minutes=15, after=15, capacity=4)
    within.slot(minutes=15, after=30)
    with pytest.raises(Conflict):
        hold(slot_id=first, type_id=first_visit, **ASKED)


def test_a_shorter_visit_takes_its_whole_slot(within, records):
    check = add_type(name="Check", minutes=10, specialist_ids=[within.specialist_id])
    slot = within.slot()
    held = hold(slot_id=slot, type_id=check, **ASKED)
    assert held.end_time == DAY + timedelta(minutes=10)
    assert records.slot(slot).status == "HOLD"
    with pytest.raises(SlotTaken):
        hold(slot_id=slot, **ASKED)


def test_buffers_take_the_neighbours(quarters, surgery, records):
    made = book(slot_id=quarters[1], type_id=surgery, **ASKED)
    assert (made.start_time, made.end_time) == (DAY + QUARTER, DAY + 2 * QUARTER)
    assert statuses(records, quarters) == ["BOOKED"] * 4 + ["AVAILABLE"] * 2
    for slot in (quarters[0], quarters[2], quarters[3]):
        with pytest.raises(SlotTaken):
            hold(slot_id=slot, **ASKED)


@pytest.mark.parametrize("neighbour", [0, 2, 3])
def test_buffers_need_the_neighbours_free(quarters, surgery, records, neighbour):
    book(slot_id=quarters[neighbour], **ASKED)
    with pytest.raises(SlotTaken):
        hold(slot_id=quarters[1], type_id=surgery, **ASKED)
    assert statuses(records, quarters).count("BOOKED") == 1


def test_buffers_may_reach_past_the_hours(within, surgery):
    assert hold(slot_id=within.slot(minutes=15), type_id=surgery, **ASKED).status == "HOLD"


def test_two_buffers_do_not_overlap_between_slots_either(within, surgery, records):
    """20 minutes after the one and 10 before the other, with 25 between them where no slot is."""
    book(slot_id=within.slot(minutes=15), type_id=surgery, **ASKED)
    later = within.slot(minutes=15, after=40)
    with pytest.raises(SlotTaken):
        hold(slot_id=later, type_id=surgery, **ASKED)
    assert hold(slot_id=later, **ASKED).status == "HOLD"


def test_what_the_buffers_took_is_free_after_a_cancellation(quarters, surgery, records):
    made = book(slot_id=quarters[1], type_id=surgery, **ASKED)
    cancel(appointment_id=made.id, actor="desk:olga")
    assert statuses(records, quarters) == ["AVAILABLE"] * 6


def test_a_held_buffer_ends_with_its_hold(quarters, surgery, records):
    held = hold(slot_id=quarters[1], type_id=surgery, **ASKED)
    assert {records.slot(slot).held_until for slot in quarters[:4]} == {held.expires_at}
    records.run_out(held.id)
    assert book(slot_id=quarters[3], **ASKED).status == "CONFIRMED"
    assert statuses(records, quarters) == ["AVAILABLE"] * 3 + ["BOOKED"] + ["AVAILABLE"] * 2


def test_a_buffer_keeps_out_of_a_group_that_has_begun_to_fill(within, surgery):
    group = within.slot(minutes=15, after=15, capacity=4)
    book(slot_id=group, **ASKED)
    with pytest.raises(SlotTaken):
        hold(slot_id=within.slot(minutes=15), type_id=surgery, **ASKED)


def test_and_a_group_out_of_a_buffer(within, surgery, records):
    group = within.slot(minutes=15, after=15, capacity=4)
    made = book(slot_id=within.slot(minutes=15), type_id=surgery, **ASKED)
    with pytest.raises(SlotTaken):
        hold(slot_id=group, **ASKED)
    cancel(appointment_id=made.id, actor="desk:olga")
    assert [hold(slot_id=group, **ASKED).seat for _ in range(4)] == [1, 2, 3, 4]
