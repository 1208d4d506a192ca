"""Reminders are written into the outbox once each, for who wants them."""

from datetime import timedelta

import pytest

from webapp.core.timezones import utc_now
from webapp.services.appointments import cancel
from webapp.services.booking import book, reschedule
from webapp.services.reminders import enqueue_reminders, want_reminders

BY = {"actor": "test", "source": "DESK"}


@pytest.fixture
def booked(within, records):
    """A visit in two days, booked a week ago, at a clinic that reminds 48 and 2 hours before, at any hour."""
    records.rows(
        "UPDATE tenants SET reminder_hours = '{48,2}', quiet_from = '00:00', quiet_until = '00:00' WHERE id = :id",
        id=within.id,
    )
    start = (utc_now() + timedelta(days=2)).replace(second=0, microsecond=0)
    made = book(slot_id=within.slot(start), patient_id=within.pat, **BY)
    long_ago(records, made.id)
    return made


def long_ago(records, appointment_id) -> None:
    records.rows("UPDATE appointments SET created_at = now() - interval '7 days' WHERE id = :id", id=appointment_id)
    records.rows(
        "UPDATE messages SET created_at = now() - interval '7 days' WHERE appointment_id = :id", id=appointment_id
    )


def reminders(records, within) -> list:
    query = "SELECT * FROM messages WHERE tenant_id = :id AND kind = 'REMINDER' ORDER BY due_at"
    return records.rows(query, id=within.id)


def test_each_is_written_down_once(within, booked, records):
    assert [enqueue_reminders(), enqueue_reminders()] == [1, 0]
    (row,) = reminders(records, within)
    assert (row.hours_before, row.start_time, row.due_at) == (
        48,
        booked.start_time,
        booked.start_time - timedelta(days=2),
    )


def test_not_for_who_wants_none(within, booked, records):
    want_reminders(patient_id=within.pat, wanted=False)
    assert enqueue_reminders() == 0
    want_reminders(patient_id=within.pat, wanted=True)
    assert enqueue_reminders() == 1


def test_not_for_what_is_cancelled(within, booked, records):
    cancel(appointment_id=booked.id, actor="test")
    assert enqueue_reminders() == 0


def test_not_for_what_was_booked_just_now(within, booked, records):
    soon = utc_now().replace(second=0, microsecond=0) + timedelta(hours=1)
    book(slot_id=within.slot(soon), patient_id=within.pat, **BY)
    assert enqueue_reminders() == 1  # of the other visit


def test_a_visit_that_moves_is_reminded_of_anew(within, booked, records):
    enqueue_reminders()
    later = booked.start_time + timedelta(hours=20)
    reschedule(appointment_id=booked.id, slot_id=within.slot(later), version=booked.version, **BY)
    long_ago(records, booked.id)
    assert enqueue_reminders() == 1
    assert {row.start_time for row in reminders(records, within)} == {booked.start_time, later}


def test_it_waits_for_the_end_of_the_quiet_hours(within, booked, records):
    quiet = (booked.start_time - timedelta(hours=1)).time(), (booked.start_time + timedelta(hours=1)).time()
    records.rows(
        "UPDATE tenants SET quiet_from = :since, quiet_until = :until WHERE id = :id",
        id=within.id,
        since=quiet[0],
        until=quiet[1],
    )
    enqueue_reminders()
    (row,) = reminders(records, within)
    assert row.due_at == booked.start_time - timedelta(hours=47)
