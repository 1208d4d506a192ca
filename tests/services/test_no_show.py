"""The patient did not come."""

import pytest

from webapp.core.errors import Conflict, NotFound, StaleVersion
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import arrive, cancel, no_show
from webapp.services.booking import book, hold

pytestmark = pytest.mark.begun

ASKED = {"actor": "desk:olga", "source": "DESK"}


@pytest.fixture
def visit(within):
    return book(slot_id=within.slot(), patient_id=within.pat, **ASKED)


def test_it_is_told_once(visit, records):
    state = no_show(appointment_id=visit.id, actor="olga", version=1)
    assert (state.status, state.version) == ("NO_SHOW", 2)
    assert records.appointment(visit.id).status == "NO_SHOW"
    assert records.events(visit.id) == ["BOOKED", "NO_SHOW"]


def test_again_it_is_the_same_answer(visit, records):
    first = no_show(appointment_id=visit.id, actor="olga", version=1)
    assert no_show(appointment_id=visit.id, actor="olga", version=1) == first
    assert records.events(visit.id) == ["BOOKED", "NO_SHOW"]


def test_not_a_mere_hold(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    with pytest.raises(Conflict):
        no_show(appointment_id=held.id, actor="olga")
    assert records.appointment(held.id).status == "HOLD"


def test_not_what_was_cancelled(visit):
    cancel(appointment_id=visit.id, actor="pat")
    with pytest.raises(Conflict):
        no_show(appointment_id=visit.id, actor="olga")


def test_not_what_somebody_changed_meanwhile(visit, records):
    with pytest.raises(StaleVersion):
        no_show(appointment_id=visit.id, actor="olga", version=7)
    assert records.appointment(visit.id).status == "CONFIRMED"


def test_another_clinics_visit_is_unknown_here(visit, other_clinic, records):
    with tenant_scope(other_clinic.id), pytest.raises(NotFound):
        no_show(appointment_id=visit.id, actor="mallory")
    assert records.appointment(visit.id).status == "CONFIRMED"


def test_the_seat_is_free_again(visit, records):
    no_show(appointment_id=visit.id, actor="olga")
    slot = records.appointment(visit.id).time_slot_id
    assert records.slot(slot).status == "AVAILABLE"
    assert book(slot_id=slot, **ASKED).seat == 1


def test_not_a_patient_who_was_here(visit):
    arrive(appointment_id=visit.id, actor="olga")
    with pytest.raises(Conflict):
        no_show(appointment_id=visit.id, actor="olga")
