"""Cancelling."""

import pytest

from webapp.core.errors import Conflict, NotFound, StaleVersion
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import arrive, cancel, complete, no_show
from webapp.services.booking import book, hold

ASKED = {"actor": "desk:olga", "source": "DESK"}


def test_the_time_is_free_at_once(within, records):
    slot = within.slot()
    made = book(slot_id=slot, patient_id=within.pat, **ASKED)
    state = cancel(appointment_id=made.id, actor="pat")
    assert (state.status, state.version) == ("CANCELLED", 2)
    assert records.slot(slot).status == "AVAILABLE"
    assert book(slot_id=slot, patient_id=within.pat, **ASKED).seat == 1


def test_the_row_and_its_history_stay(within, records):
    made = book(slot_id=within.slot(), **ASKED)
    cancel(appointment_id=made.id, actor="pat", reason="moved away")
    statement = "SELECT * FROM appointment_events WHERE appointment_id = :id AND event_type = 'CANCELLED'"
    event = records.one(statement, id=made.id)
    assert records.events(made.id) == ["BOOKED", "CANCELLED"]
    assert (event.actor, event.detail) == ("pat", {"reason": "moved away"})


def test_again_it_is_the_same_answer(within, records):
    made = book(slot_id=within.slot(), **ASKED)
    first = cancel(appointment_id=made.id, actor="pat", version=1)
    assert cancel(appointment_id=made.id, actor="pat", version=1) == first
    assert records.events(made.id) == ["BOOKED", "CANCELLED"]


def test_a_hold_may_be_cancelled_too(within, records):
    slot = within.slot()
    held = hold(slot_id=slot, **ASKED)
    assert cancel(appointment_id=held.id, actor="pat").expires_at is None
    assert records.slot(slot).status == "AVAILABLE"


@pytest.mark.begun
def test_a_patient_who_is_here_may_still_leave(within):
    made = book(slot_id=within.slot(), **ASKED)
    arrive(appointment_id=made.id, actor="olga")
    assert cancel(appointment_id=made.id, actor="olga").status == "CANCELLED"


@pytest.mark.begun
@pytest.mark.parametrize("ended", [complete, no_show])
def test_what_is_over_stays_as_it_was(within, records, ended):
    made = book(slot_id=within.slot(), **ASKED)
    status = ended(appointment_id=made.id, actor="olga").status
    with pytest.raises(Conflict):
        cancel(appointment_id=made.id, actor="olga")
    assert records.appointment(made.id).status == status


def test_an_overdue_hold_is_over(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    records.run_out(held.id)
    with pytest.raises(Conflict):
        cancel(appointment_id=held.id, actor="pat")


@pytest.mark.begun
def test_not_what_somebody_changed_meanwhile(within, records):
    made = book(slot_id=within.slot(), **ASKED)
    arrive(appointment_id=made.id, actor="olga")
    with pytest.raises(StaleVersion):
        cancel(appointment_id=made.id, actor="pat", version=made.version)
    assert records.appointment(made.id).status == "ARRIVED"


def test_the_others_of_a_group_stay(within, records):
    slot = within.slot(capacity=3)
    made = [book(slot_id=slot, **ASKED).id for _ in range(3)]
    cancel(appointment_id=made[1], actor="pat")
    assert records.live(slot) == [made[0], made[2]]


def test_another_clinics_appointment_is_unknown_here(within, other_clinic, records):
    with tenant_scope(other_clinic.id):
        made = book(slot_id=other_clinic.slot(), **ASKED)
    with pytest.raises(NotFound):
        cancel(appointment_id=made.id, actor="pat")
    assert records.appointment(made.id).status == "CONFIRMED"
