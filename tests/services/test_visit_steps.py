"""What becomes of a visit: the patient is here, it is over, or nobody came."""

import pytest

from webapp.core.errors import Conflict, NotFound, StaleVersion
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import arrive, cancel, complete, no_show
from webapp.services.booking import book, hold

pytestmark = pytest.mark.begun

ASKED = {"actor": "desk:olga", "source": "DESK"}
STEPS = {arrive: "ARRIVED", complete: "COMPLETED", no_show: "NO_SHOW"}
each_step = pytest.mark.parametrize("step", STEPS)


@pytest.fixture
def visit(within):
    return book(slot_id=within.slot(), patient_id=within.pat, **ASKED)


@each_step
def test_it_is_told_once(step, visit, records):
    state = step(appointment_id=visit.id, actor="olga", version=1)
    assert (state.status, state.version) == (STEPS[step], 2)
    assert records.appointment(visit.id).status == STEPS[step]
    assert step(appointment_id=visit.id, actor="olga", version=1) == state
    assert records.events(visit.id) == ["BOOKED", STEPS[step]]


@each_step
def test_not_a_mere_hold(step, within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    with pytest.raises(Conflict):
        step(appointment_id=held.id, actor="olga")
    assert records.appointment(held.id).status == "HOLD"


@each_step
def test_not_what_was_cancelled(step, visit):
    cancel(appointment_id=visit.id, actor="pat")
    with pytest.raises(Conflict):
        step(appointment_id=visit.id, actor="olga")


@each_step
def test_not_what_somebody_changed_meanwhile(step, visit, records):
    with pytest.raises(StaleVersion):
        step(appointment_id=visit.id, actor="olga", version=7)
    assert records.appointment(visit.id).status == "CONFIRMED"


@each_step
def test_another_clinics_visit_is_unknown_here(step, visit, other_clinic, records):
    with tenant_scope(other_clinic.id), pytest.raises(NotFound):
        step(appointment_id=visit.id, actor="mallory")
    assert records.appointment(visit.id).status == "CONFIRMED"


@pytest.mark.parametrize("step", [arrive, complete])
def test_the_time_of_a_patient_who_came_stays_taken(step, visit, records):
    step(appointment_id=visit.id, actor="olga")
    assert records.slot(records.appointment(visit.id).time_slot_id).status == "BOOKED"


def test_the_seat_of_a_patient_who_did_not_is_free_again(visit, records):
    no_show(appointment_id=visit.id, actor="olga")
    slot = records.appointment(visit.id).time_slot_id
    assert records.slot(slot).status == "AVAILABLE"
    assert book(slot_id=slot, **ASKED).seat == 1


def test_who_came_is_done_with(visit):
    arrive(appointment_id=visit.id, actor="olga")
    assert complete(appointment_id=visit.id, actor="olga").status == "COMPLETED"


@pytest.mark.parametrize(("first", "then"), [(complete, arrive), (no_show, complete), (arrive, no_show)])
def test_what_one_step_rules_out(first, then, visit):
    first(appointment_id=visit.id, actor="olga")
    with pytest.raises(Conflict):
        then(appointment_id=visit.id, actor="olga")
