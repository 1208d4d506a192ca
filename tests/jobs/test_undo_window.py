"""A change is told only once it can no longer be taken back in passing; what was taken back is not told at all."""

import pytest

from tests.jobs.conftest import BY, send
from webapp.services.appointments import cancel
from webapp.services.booking import reschedule
from webapp.services.messages import keep_back, send_again
from webapp.services.undo import undo

CONFIRMED = ("CONFIRMATION", "SENT", None)


@pytest.fixture
def known(booked, sink):
    """The visit, of which its patient was told."""
    send(sink.post())
    return booked


@pytest.fixture
def move(within, known, records):
    """Move the visit by so many hours from where it was booked."""
    slots = {0: records.appointment(known.id).time_slot_id, 1: within.slot(after=60), 2: within.slot(after=120)}
    version = 0

    def moved(hours: int) -> int:
        nonlocal version
        version += 1
        return reschedule(appointment_id=known.id, slot_id=slots[hours], version=version, **BY).version

    return moved


def test_a_move_waits_until_it_can_no_longer_be_undone(known, move, sink, log, wait):
    move(1)
    send(sink.post())
    assert log() == [CONFIRMED, ("CHANGE", "QUEUED", None)]
    wait()
    send(sink.post())
    assert log() == [CONFIRMED, ("CHANGE", "SENT", None)]


def test_a_move_that_was_undone_is_told_by_nothing(known, move, sink, log, wait):
    undo(appointment_id=known.id, version=move(1), **BY)
    wait()
    send(sink.post())
    assert log() == [CONFIRMED, ("CHANGE", "SKIPPED", "undone")]


def test_a_cancellation_that_was_undone_is_told_by_nothing(known, sink, log, wait):
    over = cancel(appointment_id=known.id, actor="test")
    undo(appointment_id=known.id, version=over.version, **BY)
    wait()
    send(sink.post())
    assert log() == [CONFIRMED, ("CANCELLATION", "SKIPPED", "undone")]


def test_what_was_told_already_is_told_again_when_it_is_undone(known, move, sink, log, wait):
    version = move(1)
    wait()
    send(sink.post())
    undo(appointment_id=known.id, version=version, **BY)
    wait()
    send(sink.post())
    assert log() == [CONFIRMED, ("CHANGE", "SENT", None), ("CHANGE", "SENT", None)]


def test_a_visit_that_was_moved_back_by_hand_is_where_the_patient_knows_it(known, move, sink, log, wait):
    move(1)
    move(0)
    wait()
    send(sink.post())
    assert log() == [CONFIRMED, ("CHANGE", "SKIPPED", "as told"), ("CHANGE", "SKIPPED", "as told")]


def test_a_visit_that_ended_up_elsewhere_is_told_once(known, move, sink, log, wait):
    for hours in (1, 0, 2):
        move(hours)
    wait()
    send(sink.post())
    assert [status for _kind, status, _error in log()] == ["SENT", "SKIPPED", "SKIPPED", "SENT"]


def test_staff_may_have_it_sent_all_the_same(known, move, sink, log, wait, records):
    move(1)
    move(0)
    wait()
    send(sink.post())
    query = "SELECT id FROM messages WHERE appointment_id = :id ORDER BY created_at DESC LIMIT 1"
    send_again(message_id=records.one(query, id=known.id).id)
    wait()
    send(sink.post())
    assert log()[-1] == ("CHANGE", "SENT", None)


def test_the_desk_may_not_want_it_told(known, move, sink, log, wait, records):
    version = move(1)
    asked = {"appointment_id": known.id, "version": version, "actor": "user:olga"}
    assert keep_back(**asked)
    assert not keep_back(**asked)
    undo(appointment_id=known.id, version=version, **BY)
    wait()
    send(sink.post())
    assert log() == [CONFIRMED, ("CHANGE", "SKIPPED", "not wanted")]
    assert records.events(known.id) == ["BOOKED", "RESCHEDULED", "NOT_TOLD", "RESCHEDULED"]


def test_it_is_too_late_once_somebody_begins_to_send(known, move, sink, wait):
    version = move(1)
    wait()
    send(sink.post())
    assert not keep_back(appointment_id=known.id, version=version, actor="user:olga")
