"""Holding and confirming in one."""

import pytest

from tests.conftest import DAY
from webapp.core.errors import SlotTaken
from webapp.services.booking import book, hold

ASKED = {"actor": "desk:olga", "source": "DESK"}


def test_a_booked_seat_is_confirmed_and_does_not_end(within, records):
    slot = within.slot()
    made = book(slot_id=slot, patient_id=within.pat, type_id=within.type_id, **ASKED)
    row = records.appointment(made.id)
    assert (made.status, made.expires_at, made.start_time) == ("CONFIRMED", None, DAY)
    assert (row.status, row.expires_at, row.appointment_type_id) == ("CONFIRMED", None, within.type_id)
    assert (records.slot(slot).status, records.slot(slot).held_until) == ("BOOKED", None)
    assert records.events(made.id) == ["BOOKED"]


def test_it_is_sold_once(within, records):
    slot = within.slot()
    first = book(slot_id=slot, **ASKED)
    with pytest.raises(SlotTaken):
        book(slot_id=slot, **ASKED)
    assert records.live(slot) == [first.id]


def test_nor_may_it_be_held(within):
    slot = within.slot()
    book(slot_id=slot, **ASKED)
    with pytest.raises(SlotTaken):
        hold(slot_id=slot, **ASKED)


def test_a_live_hold_is_not_sold(within, records):
    slot = within.slot()
    held = hold(slot_id=slot, **ASKED)
    with pytest.raises(SlotTaken):
        book(slot_id=slot, **ASKED)
    assert records.live(slot) == [held.id]


def test_an_overdue_one_is(within, records):
    slot = within.slot()
    held = hold(slot_id=slot, **ASKED)
    records.run_out(held.id)
    assert records.live(slot) == [held.id]
    made = book(slot_id=slot, **ASKED)
    assert records.live(slot) == [made.id]
