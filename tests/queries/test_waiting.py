"""The waiting room: who arrived and is not done, by arrival."""

from datetime import timedelta

import pytest

from tests.conftest import BEGUN
from webapp.queries.roster import roster
from webapp.queries.waiting import count_waiting, waiting_room
from webapp.services.appointments import arrive, complete, no_show
from webapp.services.booking import book, hold

pytestmark = pytest.mark.begun

ASKED = {"actor": "test", "source": "DESK"}
TODAY = {"since": BEGUN, "until": BEGUN + timedelta(days=1)}


@pytest.fixture
def three(within):
    return [book(slot_id=within.slot(after=30 * n), type_id=within.type_id, **ASKED).id for n in range(3)]


def test_by_arrival_and_not_by_appointment(within, three, records):
    for one in (three[2], three[0]):
        arrive(appointment_id=one, actor="test")
    found = waiting_room(**TODAY)
    assert [one.id for one in found] == [three[2], three[0]]
    arrived = "SELECT created_at FROM appointment_events WHERE appointment_id = :id AND event_type = 'ARRIVED'"
    assert [one.since for one in found] == [records.one(arrived, id=one.id)[0] for one in found]
    assert (found[0].specialist_name, found[0].type_name) == ("Dr. Sam Weiss", "Consultation")
    assert count_waiting(**TODAY) == 2


def test_who_is_done_waits_no_longer(three):
    arrive(appointment_id=three[0], actor="test")
    complete(appointment_id=three[0], actor="test")
    assert waiting_room(**TODAY) == []
    assert count_waiting(**TODAY) == 0


def test_minutes_of_waiting(three):
    arrive(appointment_id=three[0], actor="test")
    (one,) = waiting_room(**TODAY)
    assert one.minutes(one.since + timedelta(minutes=12, seconds=59)) == 12
    assert one.minutes(one.since - timedelta(seconds=3)) == 0


def test_other_days_and_other_clinics(three, other_clinic):
    arrive(appointment_id=three[0], actor="test")
    assert count_waiting(since=BEGUN - timedelta(days=1), until=BEGUN) == 0
    from webapp.core.tenancy import tenant_scope

    with tenant_scope(other_clinic.id):
        assert waiting_room(**TODAY) == []


def test_the_roster_of_a_group(within, records):
    slot = within.slot(capacity=4)
    pat = book(slot_id=slot, patient_id=within.pat, **ASKED).id
    missed = book(slot_id=slot, **ASKED).id
    no_show(appointment_id=missed, actor="test")
    overdue = hold(slot_id=slot, **ASKED).id
    records.run_out(overdue)
    assert [(one.appointment_id, one.status, one.patient_name) for one in roster(slot)] == [
        (pat, "CONFIRMED", "Pat Doe"),
        (missed, "NO_SHOW", None),
    ]
