"""A specialist is away: times proposed and held, all moved at once or nobody."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.blueprints.conftest import soon
from tests.conftest import colleague, sound
from webapp.core.errors import Conflict, InvalidInput, NotFound, SlotTaken
from webapp.queries.sick_day import alternatives, find_sick_day
from webapp.services import sick_day as steps
from webapp.services.appointments import cancel
from webapp.services.booking import book
from webapp.services.patients import add_patient

ASKED = {"actor": "desk:olga", "source": "DESK"}
BY = {"actor": "user:olga"}


@pytest.fixture
def place(within):
    """Tomorrow three visits of the specialist; the day after two free times of theirs, tomorrow one of a colleague."""
    today = [within.slot(soon(), after=30 * number) for number in range(3)]
    patients = [within.pat, add_patient(full_name="Anna Berg", phone="+4930"), add_patient(full_name="Zoë Tóth")]
    booked = [
        book(slot_id=slot, patient_id=patient, type_id=within.type_id, **ASKED).id
        for slot, patient in zip(today, patients, strict=True)
    ]
    own = [within.slot(soon(days=2), after=30 * number) for number in range(2)]
    theirs = colleague(within).slot(soon(hour=15))
    return within, booked, own, theirs


@pytest.fixture
def plan(place):
    clinic, booked, own, theirs = place
    begins = soon(hour=0)
    made = steps.open_sick_day(
        specialist_id=clinic.specialist_id, start=begins, end=begins + timedelta(days=1), reason="Ill"
    )
    for appointment, slot in zip(booked, [theirs, *own], strict=True):
        assert steps.propose(sick_day_id=made, appointment_id=appointment, slot_ids=[slot], **BY) == slot
    return made


def holds(plan):
    return [move.hold_id for move in find_sick_day(plan).moves]


def test_what_is_proposed_is_held(place, plan):
    _, _, own, theirs = place
    for slot in [theirs, *own]:
        with pytest.raises(SlotTaken):
            book(slot_id=slot, **ASKED)
    assert all(move.hold_until for move in find_sick_day(plan).moves)
    assert sound()


def test_one_confirmation_closes_and_moves(place, plan, records):
    clinic, booked, own, theirs = place
    closed = steps.close_sick_day(sick_day_id=plan, **BY)
    assert (closed.moved, closed.to_call) == (3, 0)
    assert [records.appointment(one).time_slot_id for one in booked] == [theirs, *own]
    assert records.events(booked[0]) == ["BOOKED", "RESCHEDULED", "TO_BE_TOLD"]
    (row,) = records.rows("SELECT * FROM closures WHERE tenant_id = :t", t=clinic.id)
    assert (row.reason, row.specialist_id) == ("Ill", clinic.specialist_id)
    assert {
        one.status
        for one in records.rows(
            "SELECT status FROM time_slots WHERE specialist_id = :s AND start_time < :until",
            s=clinic.specialist_id,
            until=soon(days=2, hour=0),
        )
    } == {"BOOKED"}
    assert find_sick_day(plan).status == "CLOSED"
    assert sound()


def test_those_without_a_time_are_called(place, plan, records):
    _, booked, _, _ = place
    steps.drop(sick_day_id=plan, appointment_id=booked[1], **BY)
    closed = steps.close_sick_day(sick_day_id=plan, **BY)
    assert (closed.moved, closed.to_call) == (2, 1)
    call, unreached = find_sick_day(plan).to_call(["EMAIL", "SMS"])
    assert unreached.patient_name == "Zoë Tóth"  # moved, but there is no way to write to her
    assert (call.patient_name, call.patient_phone) == ("Anna Berg", "+4930")
    assert records.events(booked[1])[-1] == "TO_BE_TOLD"
    steps.mark_told(sick_day_id=plan, appointment_id=booked[1], **BY)
    steps.mark_told(sick_day_id=plan, appointment_id=booked[1], **BY)
    assert records.events(booked[1])[-2:] == ["TO_BE_TOLD", "TOLD"]
    assert sound()


def test_all_or_nobody(place, plan, records):
    clinic, booked, own, _ = place
    records.run_out(holds(plan)[2])
    with pytest.raises(Conflict, match="Zoë Tóth ran out"):
        steps.close_sick_day(sick_day_id=plan, **BY)
    assert {records.appointment(one).specialist_id for one in booked} == {clinic.specialist_id}
    assert records.rows("SELECT 1 FROM closures WHERE tenant_id = :t", t=clinic.id) == []
    steps.renew(sick_day_id=plan, **BY)
    assert steps.propose(sick_day_id=plan, appointment_id=booked[2], slot_ids=own, **BY) == own[1]
    assert steps.close_sick_day(sick_day_id=plan, **BY).moved == 3
    assert sound()


def test_backing_out_frees_what_was_held(place, plan, records):
    _, booked, own, theirs = place
    steps.back_out(sick_day_id=plan, **BY)
    for slot in [theirs, *own]:
        assert records.slot(slot).status == "AVAILABLE"
    assert records.events(booked[0]) == ["BOOKED"]
    with pytest.raises(Conflict, match="given up"):
        steps.close_sick_day(sick_day_id=plan, **BY)
    assert sound()


def test_renewing_holds_longer(place, plan):
    before = find_sick_day(plan).moves[0].hold_until
    steps.renew(sick_day_id=plan, **BY)
    assert find_sick_day(plan).moves[0].hold_until > before


def test_who_was_cancelled_meanwhile_is_left_alone(place, plan, records):
    _, booked, _, theirs = place
    cancel(appointment_id=booked[0], actor="pat")
    assert steps.close_sick_day(sick_day_id=plan, **BY).moved == 2
    assert records.appointment(booked[0]).status == "CANCELLED"
    assert records.slot(theirs).status == "AVAILABLE"
    assert sound()


def test_who_was_booked_meanwhile_is_called(place, plan):
    clinic, *_ = place
    late = book(slot_id=clinic.slot(soon(), after=120), **ASKED)
    assert steps.close_sick_day(sick_day_id=plan, **BY).to_call == 1
    assert find_sick_day(plan).to_call(["EMAIL", "SMS"])[-1].appointment_id == late.id


def test_a_patient_is_not_sent_to_two_places(place, plan, records):
    clinic, booked, *_ = place
    other = colleague(clinic)
    book(slot_id=other.slot(soon(days=5)), patient_id=clinic.pat, **ASKED)
    again = colleague(clinic).slot(soon(days=5))
    assert steps.propose(sick_day_id=plan, appointment_id=booked[0], slot_ids=[again], **BY) is None
    assert records.slot(again).status == "AVAILABLE"
    assert sound()


def test_the_nearest_times_outside_the_absence(place):
    clinic, booked, own, theirs = place
    begins = soon(hour=0)
    free_that_day = clinic.slot(soon(hour=14))
    made = steps.open_sick_day(
        specialist_id=clinic.specialist_id, start=begins, end=begins + timedelta(days=1), reason="Ill"
    )
    found = find_sick_day(made)
    offered = alternatives(found, found.moves, not_before=begins - timedelta(days=1))
    assert [time.slot_id for time in offered[booked[0]]] == [theirs, *own]
    assert free_that_day not in {time.slot_id for time in offered[booked[1]]}


def test_bad_input(place, plan, other_clinic):
    clinic, *_ = place
    with pytest.raises(InvalidInput):
        steps.open_sick_day(specialist_id=clinic.specialist_id, start=soon(), end=soon(days=2), reason=" ")
    with pytest.raises(NotFound):
        steps.open_sick_day(specialist_id=other_clinic.specialist_id, start=soon(), end=soon(days=2), reason="x")
    with pytest.raises(NotFound):
        steps.close_sick_day(sick_day_id=uuid4(), **BY)
    with pytest.raises(NotFound):
        steps.drop(sick_day_id=plan, appointment_id=uuid4(), **BY)


def test_the_same_absence_again_is_the_same_plan(place, plan, records):
    clinic, *_ = place
    begins = soon(hour=0)
    asked = {"specialist_id": clinic.specialist_id, "start": begins, "reason": "Ill"}
    held = holds(plan)
    assert steps.open_sick_day(**asked, end=begins + timedelta(days=1)) == plan
    assert holds(plan) == held
    assert steps.open_sick_day(**asked, end=begins + timedelta(days=2)) != plan
    steps.back_out(sick_day_id=plan, **BY)
    assert steps.open_sick_day(**asked, end=begins + timedelta(days=1)) != plan
