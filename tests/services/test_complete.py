"""The visit is over."""

import pytest

from webapp.core.errors import Conflict, NotFound, StaleVersion
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import arrive, cancel, complete, no_show
from webapp.services.booking import book, hold

pytestmark = pytest.mark.begun

ASKED = {"actor": "desk:olga", "source": "DESK"}


@pytest.fixture
def visit(within):
    return book(slot_id=within.slot(), patient_id=within.pat, **ASKED)


def test_it_is_told_once(visit, records):
    state = complete(appointment_id=visit.id, actor="olga", version=1)
    assert (state.status, state.version) == ("COMPLETED", 2)
    assert records.appointment(visit.id).status == "COMPLETED"
    assert records.events(visit.id) == ["BOOKED", "COMPLETED"]


def test_again_it_is_the_same_answer(visit, records):
    first = complete(appointment_id=visit.id, actor="olga", version=1)
    assert complete(appointment_id=visit.id, actor="olga", version=1) == first
    assert records.events(visit.id) == ["BOOKED", "COMPLETED"]


def test_not_a_mere_hold(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    with pytest.raises(Conflict):
        complete(appointment_id=held.id, actor="olga")
    assert records.appointment(held.id).status == "HOLD"


def test_not_what_was_cancelled(visit):
    cancel(appointment_id=visit.id, actor="pat")
    with pytest.raises(Conflict):
        complete(appointment_id=visit.id, actor="olga")


def test_not_what_somebody_changed_meanwhile(visit, records):
    with pytest.raises(StaleVersion):
        complete(appointment_id=visit.id, actor="olga", version=7)
    assert records.appointment(visit.id).status == "CONFIRMED"


def test_another_clinics_visit_is_unknown_here(visit, other_clinic, records):
    with tenant_scope(other_clinic.id), pytest.raises(NotFound):
        complete(appointment_id=visit.id, actor="mallory")
    assert records.appointment(visit.id).status == "CONFIRMED"


def test_after_the_patient_came_or_without_anybody_having_said_so(visit, within):
    arrive(appointment_id=visit.id, actor="olga")
    assert complete(appointment_id=visit.id, actor="olga").status == "COMPLETED"


def test_the_time_stays_taken(visit, records):
    complete(appointment_id=visit.id, actor="olga")
    row = records.appointment(visit.id)
    assert records.slot(row.time_slot_id).status == "BOOKED"


def test_not_a_visit_that_was_missed(visit):
    no_show(appointment_id=visit.id, actor="olga")
    with pytest.raises(Conflict):
        complete(appointment_id=visit.id, actor="olga")
