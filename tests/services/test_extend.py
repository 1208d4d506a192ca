"""Holding anew, for people who need longer."""

from datetime import timedelta

import pytest

from webapp.core.errors import Conflict, HoldExpired, NotFound
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import cancel, confirm, extend
from webapp.services.booking import hold
from webapp.services.standing import MAX_EXTENSIONS

ASKED = {"actor": "patient", "source": "PATIENT"}


def test_it_lasts_the_clinics_hold_time_from_now(within, records):
    slot = within.slot()
    held = hold(slot_id=slot, hold_seconds=10, **ASKED)
    before = records.one("SELECT clock_timestamp() AS now").now
    state = extend(appointment_id=held.id, actor="pat")
    after = records.one("SELECT clock_timestamp() AS now").now
    assert before + timedelta(seconds=300) <= state.expires_at <= after + timedelta(seconds=300)
    assert (state.status, state.version) == ("HOLD", 2)
    assert records.appointment(held.id).expires_at == records.slot(slot).held_until == state.expires_at
    assert records.events(held.id) == ["HELD", "EXTENDED"]


def test_or_the_time_asked_for(within, records):
    held = hold(slot_id=within.slot(), hold_seconds=10, **ASKED)
    state = extend(appointment_id=held.id, actor="pat", hold_seconds=20)
    assert state.expires_at - held.created_at >= timedelta(seconds=20)


def test_ten_times_and_no_more(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    for number in range(1, 11):
        extend(appointment_id=held.id, actor="pat")
        assert records.appointment(held.id).extensions == number
    last = records.appointment(held.id)
    with pytest.raises(Conflict):
        extend(appointment_id=held.id, actor="pat")
    assert records.appointment(held.id) == last
    assert records.events(held.id) == ["HELD"] + ["EXTENDED"] * MAX_EXTENSIONS


def test_it_can_still_be_confirmed_afterwards(within):
    held = hold(slot_id=within.slot(), **ASKED)
    extend(appointment_id=held.id, actor="pat")
    assert confirm(appointment_id=held.id, actor="pat").status == "CONFIRMED"


def test_an_overdue_hold_cannot_be_brought_back(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    records.run_out(held.id)
    with pytest.raises(HoldExpired):
        extend(appointment_id=held.id, actor="pat")
    assert records.events(held.id) == ["HELD"]


@pytest.mark.parametrize("step", [confirm, cancel])
def test_only_a_hold_is_extended(within, step):
    held = hold(slot_id=within.slot(), **ASKED)
    step(appointment_id=held.id, actor="pat")
    with pytest.raises(HoldExpired):
        extend(appointment_id=held.id, actor="pat")


def test_another_clinics_hold_is_unknown_here(within, other_clinic):
    with tenant_scope(other_clinic.id):
        held = hold(slot_id=other_clinic.slot(), **ASKED)
    with pytest.raises(NotFound):
        extend(appointment_id=held.id, actor="pat")
