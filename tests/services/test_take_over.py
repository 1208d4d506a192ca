"""A desk's hold is that desk's own, until another one takes it over."""

from uuid import UUID

import pytest

from webapp.core.errors import Conflict, HoldExpired, NotFound
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import confirm, extend, name_hold, release, take_over
from webapp.services.booking import book, hold
from webapp.services.signin import add_user


@pytest.fixture
def desks(within) -> list[UUID]:
    """Olga and Alice."""
    people = {"password": "correct horse battery", "role": "OPERATOR"}
    return [add_user(email=f"{name}@clinic.example", full_name=name, **people) for name in ("olga", "alice")]


@pytest.fixture
def held(within, desks) -> UUID:
    """By Olga."""
    return hold(slot_id=within.slot(), actor="user:olga", source="DESK", created_by=desks[0]).id


def test_another_desk_may_do_nothing_with_it(within, desks, held, records):
    alice = {"appointment_id": held, "actor": "user:alice", "holder": desks[1]}
    for act in (confirm, extend, release):
        with pytest.raises(Conflict):
            act(**alice)
    with pytest.raises(Conflict):
        name_hold(patient_id=within.pat, **alice)
    assert records.events(held) == ["HELD"]


def test_who_takes_it_over_has_it(within, desks, held, records):
    until = records.appointment(held).expires_at
    state = take_over(appointment_id=held, holder=desks[1], actor="user:alice")
    assert (state.status, state.expires_at, state.version) == ("HOLD", until, 2)
    assert take_over(appointment_id=held, holder=desks[1], actor="user:alice") == state
    with pytest.raises(Conflict):
        name_hold(appointment_id=held, patient_id=within.pat, actor="user:olga", holder=desks[0])
    name_hold(appointment_id=held, patient_id=within.pat, actor="user:alice", holder=desks[1])
    told = records.one(
        "SELECT actor, detail FROM appointment_events WHERE appointment_id = :id AND event_type = 'TAKEN_OVER'", id=held
    )
    assert tuple(told) == ("user:alice", {"from": str(desks[0])})


def test_what_a_patient_is_choosing_is_not_taken_over(within, desks, records):
    theirs = hold(slot_id=within.slot(), actor="patient", source="PATIENT").id
    with pytest.raises(Conflict):
        take_over(appointment_id=theirs, holder=desks[1], actor="user:alice")
    with pytest.raises(Conflict):
        release(appointment_id=theirs, actor="user:alice", holder=desks[1])
    assert records.events(theirs) == ["HELD"]


def test_only_what_is_held_can_be_taken_over(within, desks, held, records):
    booked = book(slot_id=within.slot(after=60), actor="test", source="DESK").id
    records.run_out(held)
    for gone in (held, booked):
        with pytest.raises(HoldExpired):
            take_over(appointment_id=gone, holder=desks[1], actor="user:alice")


def test_another_clinics_hold_is_unknown_here(held, desks, other_clinic, records):
    with tenant_scope(other_clinic.id), pytest.raises(NotFound):
        take_over(appointment_id=held, holder=desks[1], actor="user:mallory")
    assert records.appointment(held).created_by == desks[0]
