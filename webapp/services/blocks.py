"""Blocking a stretch of one specialist's time, and opening it again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.core.errors import N_, InvalidInput, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import Closure
from webapp.rules.slots import Span
from webapp.services import slot_plan


@dataclass(frozen=True, slots=True)
class Blocked:
    """The closure, and how many appointments stand inside it: they stay."""

    closure_id: UUID
    appointments: int


@transactional
def block_time(
    session: Session, *, specialist_id: UUID, start: datetime, end: datetime, reason: str, actor: str
) -> Blocked:
    """Let nobody book a specialist between two instants (UTC). Again: the same. Raises InvalidInput, NotFound."""
    if end <= start:
        raise InvalidInput(N_("The end must be after the start."), field="until")
    if not reason.strip():
        raise InvalidInput(N_("Say what the time is needed for."), field="reason")
    slot_plan.lock_specialist(session, specialist_id)
    if end <= session.execute(select(func.clock_timestamp())).scalar_one():
        raise InvalidInput(N_("This time is over already. Choose one that is still to come."), field="until")
    place = {"specialist_id": specialist_id, "start_time": start, "end_time": end, "reason": reason.strip()}
    known = session.scalars(select(Closure.id).filter_by(tenant_id=current_tenant(), **place)).first()
    closure_id = known or slot_plan.close(session, specialist_id, Span(start, end), reason=reason.strip(), actor=actor)
    standing = func.live_between(current_tenant(), specialist_id, start, end).table_valued("id")
    return Blocked(closure_id, session.execute(select(func.count()).select_from(standing)).scalar_one())


@transactional
def unblock_time(session: Session, *, closure_id: UUID, actor: str) -> None:
    """Open a specialist's blocked time again. Raises NotFound, also for what closes the whole clinic."""
    query = select(Closure).filter_by(tenant_id=current_tenant(), id=closure_id).with_for_update()
    closure = session.execute(query).scalar_one_or_none()
    if closure is None or closure.specialist_id is None:
        raise NotFound(N_("This time is not blocked any more."))
    slot_plan.reopen(session, closure, actor=actor)
