"""Times that came free, for those who wait: found by what happened since the last look, not by a look at them all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import WaitlistLook
from webapp.rules.waitlist import may_wait_for_morning
from webapp.services.patient_rules import offer_rules

#: A change may be told with a time at which it was not yet to be seen: each look begins that much before the last.
OVERLAP: Final = timedelta(seconds=60)
REMEMBERED_EACH: Final = timedelta(seconds=20)  # so that looking every few seconds writes nothing every few seconds
FARTHEST_BACK: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Freed:
    """The slots to offer to those who wait, by start; ``looked_at`` (UTC) goes to remember_look() when that is done."""

    slot_ids: list[UUID]
    looked_at: datetime | None = None


@transactional
def freed_slots(session: Session) -> Freed:
    """The open slots to come that were given up, made or opened since the last look, and can be offered now.

    Where the clinic offers no times by itself, those alone whose offer has ended. In the quiet hours what can wait for
    their end waits: then that look is not to be remembered.
    """
    rules, now = offer_rules(session), session.execute(select(func.clock_timestamp())).scalar_one()
    last = session.scalar(select(WaitlistLook.looked_at).filter_by(tenant_id=current_tenant()))
    since = max(last or now, now - FARTHEST_BACK) - OVERLAP
    rows = session.execute(_FREED, {"tenant": current_tenant(), "since": since}).all()
    waits = [may_wait_for_morning(rules, row.start_time, now=now) for row in rows]
    due = [row.id for row, can_wait in zip(rows, waits, strict=True) if not can_wait]
    stale = last is None or now - last > REMEMBERED_EACH
    return Freed(due, now if stale and not any(waits) else None)


@transactional
def remember_look(session: Session, *, looked_at: datetime) -> None:
    """What came free until then has been offered."""
    row = insert(WaitlistLook).values(tenant_id=current_tenant(), looked_at=looked_at)
    session.execute(row.on_conflict_do_update(index_elements=["tenant_id"], set_={"looked_at": looked_at}))


# Each source through an index of its own; an event names the whole time that it freed, which may be several slots.
_FREED = text("""
    WITH freed AS (
        SELECT a.specialist_id, coalesce(a.busy_from, a.start_time) AS since,
               coalesce(a.busy_until, a.end_time, a.start_time) AS until, a.source = 'WAITLIST' AS was_offered
        FROM appointment_events e JOIN appointments a ON a.tenant_id = e.tenant_id AND a.id = e.appointment_id
        WHERE e.tenant_id = :tenant AND e.created_at > :since
          AND e.event_type IN ('CANCELLED', 'RELEASED', 'EXPIRED', 'NO_SHOW')
        UNION ALL
        SELECT CAST(e.detail->>'from_specialist' AS uuid), CAST(e.detail->>'from' AS timestamptz),
               CAST(coalesce(e.detail->>'from_end', e.detail->>'from') AS timestamptz), false
        FROM appointment_events e
        WHERE e.tenant_id = :tenant AND e.created_at > :since AND e.event_type = 'RESCHEDULED'
        UNION ALL
        SELECT e.specialist_id, CAST(e.detail->>'start' AS timestamptz), CAST(e.detail->>'end' AS timestamptz), false
        FROM desk_events e
        WHERE e.tenant_id = :tenant AND e.created_at > :since AND e.event_type = 'OPENED'
        UNION ALL
        SELECT s.specialist_id, s.start_time, s.end_time, false FROM time_slots s
        WHERE s.tenant_id = :tenant AND s.created_at > :since
    )
    SELECT DISTINCT s.id, s.start_time
    FROM freed f JOIN tenants t ON t.id = :tenant AND (t.offers_by_itself OR f.was_offered)
    JOIN time_slots s ON s.tenant_id = :tenant AND s.specialist_id = f.specialist_id
        AND s.start_time > f.since - interval '1 day' AND s.start_time < f.until AND s.end_time > f.since
    WHERE s.start_time > clock_timestamp()
      AND (s.status = 'AVAILABLE' OR s.status = 'HOLD' AND s.held_until <= clock_timestamp())
    ORDER BY s.start_time, s.id LIMIT 1000
""")
