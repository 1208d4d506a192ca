"""Giving a held time back."""

import pytest

from webapp.core.errors import Conflict, NotFound
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import cancel, confirm, release
from webapp.services.booking import book, hold
from webapp.services.sweep import sweep_holds

ASKED = {"actor": "patient", "source": "PATIENT"}


def test_the_time_is_free_at_once(within, records):
    slot = within.slot()
    held = hold(slot_id=slot, **ASKED)
    state = release(appointment_id=held.id, actor="pat")
    assert (state.status, state.expires_at) == ("CANCELLED", None)
    assert (records.slot(slot).status, records.slot(slot).held_until) == ("AVAILABLE", None)
    assert records.events(held.id) == ["HELD", "RELEASED"]
    assert book(slot_id=slot, **ASKED).status == "CONFIRMED"


@pytest.mark.parametrize("first", [release, cancel])
def test_again_nothing_happens(within, records, first):
    held = hold(slot_id=within.slot(), **ASKED)
    ended = first(appointment_id=held.id, actor="pat")
    assert release(appointment_id=held.id, actor="pat") == ended
    assert len(records.events(held.id)) == 2


def test_after_it_ran_out_nothing_happens(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    records.run_out(held.id)
    sweep_holds()
    assert release(appointment_id=held.id, actor="pat").status == "EXPIRED"
    assert records.events(held.id) == ["HELD", "EXPIRED"]


def test_whether_or_not_the_sweeper_came_by(within, records):
    slot = within.slot()
    held = hold(slot_id=slot, **ASKED)
    records.run_out(held.id)
    release(appointment_id=held.id, actor="pat")
    assert book(slot_id=slot, **ASKED).status == "CONFIRMED"


def test_a_confirmed_time_is_cancelled_not_released(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    confirm(appointment_id=held.id, actor="pat")
    with pytest.raises(Conflict):
        release(appointment_id=held.id, actor="pat")
    assert records.appointment(held.id).status == "CONFIRMED"


def test_another_clinics_hold_is_unknown_here(within, other_clinic, records):
    with tenant_scope(other_clinic.id):
        held = hold(slot_id=other_clinic.slot(), **ASKED)
    with pytest.raises(NotFound):
        release(appointment_id=held.id, actor="pat")
    assert records.appointment(held.id).status == "HOLD"
