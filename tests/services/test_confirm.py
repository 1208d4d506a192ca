"""Turning a hold into an appointment."""

from uuid import uuid4

import pytest

from webapp.core.errors import Conflict, HoldExpired, NotFound
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import arrive, cancel, confirm, no_show, release
from webapp.services.booking import book, hold
from webapp.services.sweep import sweep_holds

ASKED = {"actor": "patient", "source": "PATIENT"}


def test_a_live_hold_becomes_an_appointment(within, records):
    slot = within.slot()
    held = hold(slot_id=slot, patient_id=within.pat, **ASKED)
    state = confirm(appointment_id=held.id, actor="pat")
    assert (state.id, state.status, state.expires_at, state.version) == (held.id, "CONFIRMED", None, 2)
    row = records.appointment(held.id)
    assert (row.status, row.expires_at, row.version, row.seat, row.patient_id) == ("CONFIRMED", None, 2, 1, within.pat)
    assert (records.slot(slot).status, records.slot(slot).held_until) == ("BOOKED", None)


def test_it_is_told_once_by_whom(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    confirm(appointment_id=held.id, actor="user:7")
    assert records.events(held.id) == ["HELD", "CONFIRMED"]
    actors = "SELECT event_type, actor FROM appointment_events WHERE appointment_id = :id"
    assert dict(tuple(row) for row in records.rows(actors, id=held.id)) == {"HELD": "patient", "CONFIRMED": "user:7"}


def test_again_it_is_the_same_answer(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    first = confirm(appointment_id=held.id, actor="pat")
    assert confirm(appointment_id=held.id, actor="pat") == first
    assert records.events(held.id) == ["HELD", "CONFIRMED"]


def test_an_overdue_hold_is_not_confirmable_with_the_sweeper_never_run(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    records.run_out(held.id)
    with pytest.raises(HoldExpired):
        confirm(appointment_id=held.id, actor="pat")
    assert records.appointment(held.id).status == "HOLD"
    assert records.events(held.id) == ["HELD"]


def test_nor_after_it_ran(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    records.run_out(held.id)
    sweep_holds()
    with pytest.raises(HoldExpired):
        confirm(appointment_id=held.id, actor="pat")


def test_nor_after_somebody_else_took_the_time(within, records):
    slot = within.slot()
    late = hold(slot_id=slot, **ASKED)
    records.run_out(late.id)
    winner = book(slot_id=slot, **ASKED)
    with pytest.raises(HoldExpired):
        confirm(appointment_id=late.id, actor="pat")
    assert records.live(slot) == [winner.id]


@pytest.mark.parametrize("end", [cancel, release])
def test_what_was_given_back_stays_given_back(within, end):
    held = hold(slot_id=within.slot(), **ASKED)
    end(appointment_id=held.id, actor="pat")
    with pytest.raises(HoldExpired):
        confirm(appointment_id=held.id, actor="pat")


@pytest.mark.begun
def test_so_does_what_was_missed(within):
    made = book(slot_id=within.slot(), **ASKED)
    no_show(appointment_id=made.id, actor="olga")
    with pytest.raises(HoldExpired):
        confirm(appointment_id=made.id, actor="pat")


@pytest.mark.begun
def test_a_patient_who_is_here_needs_no_confirmation(within, records):
    made = book(slot_id=within.slot(), **ASKED)
    arrive(appointment_id=made.id, actor="olga")
    with pytest.raises(Conflict):
        confirm(appointment_id=made.id, actor="pat")
    assert records.appointment(made.id).status == "ARRIVED"


def test_an_unknown_appointment(within):
    with pytest.raises(NotFound):
        confirm(appointment_id=uuid4(), actor="pat")


def test_another_clinics_appointment_is_unknown_here(within, other_clinic, records):
    with tenant_scope(other_clinic.id):
        held = hold(slot_id=other_clinic.slot(), **ASKED)
    with pytest.raises(NotFound):
        confirm(appointment_id=held.id, actor="pat")
    assert records.appointment(held.id).status == "HOLD"
