"""Slots with several seats."""

from datetime import timedelta

import pytest

from tests.conftest import DAY
from webapp.core.errors import InvalidInput, PatientBusy, SlotTaken
from webapp.services.appointments import cancel, confirm, extend
from webapp.services.booking import book, hold
from webapp.services.specialists import add_type

ASKED = {"actor": "desk:olga", "source": "DESK"}


@pytest.fixture
def trio(within):
    return within.slot(capacity=3)


def group_type(clinic, **more):
    return add_type(name="Course", is_group=True, specialist_ids=[clinic.specialist_id], **more)


def test_each_seat_is_sold_once(trio, records):
    made = [book(slot_id=trio, **ASKED) for _ in range(3)]
    assert [booking.seat for booking in made] == [1, 2, 3]
    with pytest.raises(SlotTaken):
        book(slot_id=trio, **ASKED)
    assert records.live(trio) == [booking.id for booking in made]


def test_it_is_open_while_a_seat_is_free(trio, records):
    seen = []
    for _ in range(3):
        seen.append(records.slot(trio).status)
        book(slot_id=trio, **ASKED)
    assert [*seen, records.slot(trio).status] == ["AVAILABLE"] * 3 + ["BOOKED"]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_seat_that_was_given_back_is_sold_again(trio, records, which):
    made = [book(slot_id=trio, **ASKED) for _ in range(3)]
    cancel(appointment_id=made[which].id, actor="desk:olga")
    assert records.slot(trio).status == "AVAILABLE"
    assert book(slot_id=trio, **ASKED).seat == which + 1
    with pytest.raises(SlotTaken):
        book(slot_id=trio, **ASKED)


def test_full_of_holds_it_frees_with_the_first_of_them(trio, records):
    ends = [hold(slot_id=trio, hold_seconds=seconds, **ASKED).expires_at for seconds in (300, 60, 600)]
    row = records.slot(trio)
    assert (row.status, row.held_until) == ("HOLD", min(ends))


def test_the_first_to_end_changes_when_a_hold_is_extended(trio, records):
    holds = [hold(slot_id=trio, hold_seconds=seconds, **ASKED) for seconds in (60, 300, 600)]
    extend(appointment_id=holds[0].id, actor="pat", hold_seconds=900)
    assert records.slot(trio).held_until == holds[1].expires_at


def test_or_confirmed(trio, records):
    holds = [hold(slot_id=trio, hold_seconds=seconds, **ASKED) for seconds in (60, 300, 600)]
    for one in holds:
        confirm(appointment_id=one.id, actor="pat")
        row = records.slot(trio)
        still_held = [h.expires_at for h in holds[holds.index(one) + 1 :]]
        assert (row.status, row.held_until) == (("HOLD", min(still_held)) if still_held else ("BOOKED", None))


@pytest.mark.parametrize("which", [0, 1, 2])
def test_an_overdue_seat_is_sold_once(trio, records, which):
    holds = [hold(slot_id=trio, **ASKED) for _ in range(3)]
    records.run_out(holds[which].id)
    assert book(slot_id=trio, **ASKED).seat == which + 1
    assert records.slot(trio).status == "HOLD"
    with pytest.raises(SlotTaken):
        book(slot_id=trio, **ASKED)
    assert len(records.live(trio)) == 3


def test_when_all_are_overdue_all_can_be_had(trio, records):
    records.run_out(*[hold(slot_id=trio, **ASKED).id for _ in range(3)])
    assert sorted(book(slot_id=trio, **ASKED).seat for _ in range(3)) == [1, 2, 3]


def test_an_overdue_seat_in_a_half_empty_group_blocks_nobody(trio, records):
    records.run_out(hold(slot_id=trio, **ASKED).id)
    for _ in range(3):
        book(slot_id=trio, **ASKED)
    assert records.slot(trio).status == "BOOKED"
    with pytest.raises(SlotTaken):
        book(slot_id=trio, **ASKED)


def test_a_seat_ends_with_its_slot_whatever_the_type_says(within, trio):
    course = group_type(within, minutes=90, buffer_before=30, buffer_after=30)
    assert book(slot_id=trio, type_id=course, **ASKED).end_time == DAY + timedelta(minutes=30)


def test_single_visits_do_not_go_into_a_group(within, trio):
    with pytest.raises(InvalidInput):
        book(slot_id=trio, type_id=within.type_id, **ASKED)


def test_nor_group_visits_into_a_single_slot(within):
    with pytest.raises(InvalidInput):
        book(slot_id=within.slot(), type_id=group_type(within, minutes=30), **ASKED)


def test_a_patient_takes_one_seat_of_a_group(within, trio):
    book(slot_id=trio, patient_id=within.pat, **ASKED)
    with pytest.raises(PatientBusy):
        book(slot_id=trio, patient_id=within.pat, **ASKED)


def test_a_seat_written_by_hand_leaves_the_others_for_sale(within, trio, records):
    """Hand-written SQL does not know what the slot row remembers; the free seats must be found all the same."""
    records.rows(
        """INSERT INTO appointments (tenant_id, specialist_id, time_slot_id, slot_capacity, start_time, end_time, seat)
           SELECT tenant_id, specialist_id, id, capacity, start_time, end_time, 1 FROM time_slots WHERE id = :slot""",
        slot=trio,
    )
    assert sorted(book(slot_id=trio, **ASKED).seat for _ in range(2)) == [2, 3]
    with pytest.raises(SlotTaken):
        book(slot_id=trio, **ASKED)
