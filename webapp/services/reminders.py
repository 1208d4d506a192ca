"""Reminders: written into the outbox when their time comes, and wanted or not by each patient."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.core.errors import N_, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import Message, Patient, Tenant
from webapp.rules.reminders import reminder_due

#: Quiet hours move a reminder by less than a day; and a worker that was away may be late by some hours.
AHEAD: Final = timedelta(days=1)
LATE: Final = timedelta(hours=6)
BATCH: Final = 1000


@transactional
def want_reminders(session: Session, *, patient_id: UUID, wanted: bool) -> None:
    """Remind a patient of visits from now on, or not; again: nothing happens. Raises NotFound."""
    row = session.get(Patient, (current_tenant(), patient_id), with_for_update=True)
    if row is None:
        raise NotFound(N_("This patient does not exist."))
    if wanted:
        row.reminders_opt_out_at = None
    elif row.reminders_opt_out_at is None:
        row.reminders_opt_out_at = session.execute(select(func.clock_timestamp())).scalar_one()


@transactional
def enqueue_reminders(session: Session) -> int:
    """Write down the reminders of the current clinic that go out within the next day, each once; how many are new.

    None for a visit that was booked or moved, or told of otherwise, when its reminder should have gone out.
    """
    clinic = session.execute(
        select(Tenant.timezone, Tenant.reminder_hours, Tenant.quiet_from, Tenant.quiet_until).filter_by(
            id=current_tenant()
        )
    ).one()
    now = session.execute(select(func.clock_timestamp())).scalar_one()
    quiet = (clinic.quiet_from, clinic.quiet_until)
    rows = []
    for hours in set(clinic.reminder_hours):
        for visit in _to_remind(session, hours, now):
            due = reminder_due(visit.start_time, hours=hours, quiet=quiet, zone=clinic.timezone)
            if due >= now - LATE:
                rows.append(_row(visit, hours, due))
    if not rows:
        return 0
    once = insert(Message).values(rows).on_conflict_do_nothing().returning(Message.id)
    return len(session.scalars(once).all())


_VISITS = text("""
    SELECT a.id, a.version, a.start_time, CASE WHEN p.email IS NOT NULL THEN 'EMAIL' ELSE 'SMS' END AS channel
    FROM appointments a JOIN patients p ON p.tenant_id = a.tenant_id AND p.id = a.patient_id
    WHERE a.tenant_id = :tenant AND a.status = 'CONFIRMED'
      AND a.start_time > :now AND a.start_time > :since AND a.start_time < :until
      AND (p.email IS NOT NULL OR p.phone LIKE '+%') AND p.reminders_opt_out_at IS NULL
      AND a.created_at < a.start_time - make_interval(hours => :hours)
      AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.tenant_id = a.tenant_id AND m.appointment_id = a.id
                      AND (m.hours_before = :hours AND m.start_time = a.start_time
                           OR m.hours_before IS NULL
                              AND m.created_at >= a.start_time - make_interval(hours => :hours)))
    ORDER BY a.start_time, a.id LIMIT :batch
""")


def _to_remind(session: Session, hours: int, now: datetime) -> list[Any]:
    """The visits whose reminder falls into the next day, and has not been written down."""
    moment = now + timedelta(hours=hours)
    asked = {"since": moment - AHEAD, "until": moment + AHEAD, "hours": hours, "now": now, "batch": BATCH}
    return list(session.execute(_VISITS, {"tenant": current_tenant(), **asked}))


def _row(visit: Any, hours: int, due: datetime) -> dict[str, Any]:
    speaks_of = {"appointment_id": visit.id, "version": visit.version, "start_time": visit.start_time}
    return {
        "tenant_id": current_tenant(),
        "kind": "REMINDER",
        "channel": visit.channel,
        "hours_before": hours,
        "due_at": due,
        **speaks_of,
    }
