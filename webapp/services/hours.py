from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, select
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, InvalidInput
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import Closure, OpeningHours, Specialist
from webapp.rules.slots import Interval
from webapp.services import audit
from webapp.services.slot_plan import INTERVAL_COLUMNS, Regenerated, plan_ahead


@transactional
def set_opening_hours(
    session: Session, *, specialist_id: UUID | None, intervals: Sequence[Interval], actor: str = "setup"
) -> Regenerated:
    """Replace weekly hours and bring the slots in line; without a specialist, the hours of the clinic's own chair.

    Raises InvalidInput, NotFound.
    """
    theirs = and_(
        OpeningHours.tenant_id == current_tenant(), OpeningHours.specialist_id.is_not_distinct_from(specialist_id)
    )
    before = [Interval(*row) for row in session.execute(select(*INTERVAL_COLUMNS).where(theirs))]
    session.execute(delete(OpeningHours).where(theirs))
    rows = [
        asdict(interval) | {"tenant_id": current_tenant(), "id": new_id(), "specialist_id": specialist_id}
        for interval in intervals
    ]
    if rows:
        session.execute(insert(OpeningHours), rows)
    named = select(Specialist.full_name).filter_by(tenant_id=current_tenant(), id=specialist_id)
    about = session.scalars(named).one_or_none() or ""
    change = {"before": {"hours": _told(before)}, "after": {"hours": _told(intervals)}}
    audit.record_setting(session, "HOURS", about=about, actor=actor, **change)
    return plan_ahead(session, specialist_id) if specialist_id else Regenerated()


def _told(intervals: Sequence[Interval]) -> list[dict[str, Any]]:
    told = [asdict(replace(one, specialist_id=None)) for one in intervals]
    return sorted(told, key=lambda one: (one["weekday"], one["opens"]))


@transactional
def add_closure(
    session: Session, *, specialist_id: UUID | None, start: datetime, end: datetime, reason: str = ""
) -> Regenerated:
    """Close a specialist, or the whole clinic, between two instants (UTC); booked slots stay and are reported.

    Raises InvalidInput, NotFound.
    """
    if end <= start:
        raise InvalidInput(N_("The end must be after the start."), field="end")
    session.execute(
        insert(Closure).values(
            tenant_id=current_tenant(),
            id=new_id(),
            specialist_id=specialist_id,
            start_time=start,
            end_time=end,
            reason=reason,
        )
    )
    everybody = select(Specialist.id).filter_by(tenant_id=current_tenant()).order_by(Specialist.id)
    affected = [specialist_id] if specialist_id else list(session.scalars(everybody))
    results = [plan_ahead(session, one) for one in affected]
    for one in affected:  # also what lies before now, and past the horizon
        place = (current_tenant(), one, start, end)
        session.execute(select(func.lock_slots(*place)))
        session.execute(select(func.refresh_slots(*place)))
    return Regenerated(
        made=sum(r.made for r in results),
        kept=sum(r.kept for r in results),
        removed=sum(r.removed for r in results),
        conflicts=[conflict for r in results for conflict in r.conflicts],
    )
