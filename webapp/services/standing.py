"""An appointment's row under its lock: read again after the wait, changed, settled and told. Never commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.core.errors import N_, Conflict, HoldExpired, NotFound, StaleVersion
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import TryAgain
from webapp.models import Appointment, AppointmentStatus, Tenant
from webapp.rules.status import check_move
from webapp.services import audit

MAX_EXTENSIONS = 10


@dataclass(frozen=True, slots=True)
class AppointmentState:
    """Where an appointment stands now; times in UTC."""

    id: UUID
    status: str
    start_time: datetime
    end_time: datetime | None
    expires_at: datetime | None
    version: int


def locked(session: Session, appointment_id: UUID) -> tuple[Appointment, datetime]:
    """The row with its slots, locked in the one order, re-read after the wait, and the database's time since then."""
    query = select(Appointment).filter_by(tenant_id=current_tenant(), id=appointment_id)
    before = session.execute(query).scalar_one_or_none()
    if before is None:
        raise NotFound(N_("This appointment does not exist."))
    place = (before.specialist_id, *busy(before))
    if before.specialist_id:
        session.execute(select(func.lock_slots(current_tenant(), *place)))
    locked = query.with_for_update().execution_options(populate_existing=True)
    row = session.execute(locked).scalar_one()
    if (row.specialist_id, *busy(row)) != place:
        raise TryAgain
    return row, session.execute(select(func.clock_timestamp())).scalar_one()


def busy(row: Appointment) -> tuple[datetime, datetime]:
    return row.busy_from or row.start_time, row.busy_until or row.end_time or row.start_time


def is_overdue(row: Appointment, now: datetime) -> bool:
    return row.status == AppointmentStatus.HOLD and row.expires_at is not None and row.expires_at <= now


def is_held(row: Appointment, now: datetime) -> bool:
    return row.status == AppointmentStatus.HOLD and not is_overdue(row, now)


def check_held(row: Appointment, now: datetime) -> None:
    if not is_held(row, now):
        raise HoldExpired(N_("The hold on this time has ended. Choose a time again."))


def hold_longer(
    session: Session, rows: Sequence[Appointment], *, seconds: int | None, actor: str, now: datetime
) -> None:
    """Hold all of them for so long from now, or for the clinic's hold time. Raises HoldExpired, Conflict."""
    for row in rows:
        check_held(row, now)
    if any(row.extensions >= MAX_EXTENSIONS for row in rows):
        raise Conflict(N_("This hold was extended as often as it can be. Confirm it, or choose a time again."))
    seconds = seconds or session.execute(select(Tenant.hold_seconds).filter_by(id=current_tenant())).scalar_one()
    for row in rows:
        row.expires_at = now + timedelta(seconds=seconds)
        row.extensions += 1
        settle(session, row, event="EXTENDED", actor=actor, now=now)


def check_holder(row: Appointment, now: datetime, holder: UUID | None) -> None:
    """With a ``holder``, a user at the desk: nobody there uses a live hold but who took it."""
    mine = holder is None or (row.source, row.created_by) == ("DESK", holder)
    if row.status == AppointmentStatus.HOLD and not mine and not is_overdue(row, now):
        raise Conflict(N_("Somebody else is choosing this time."))


def check_version(row: Appointment, version: int | None) -> None:
    if version is not None and row.version != version:
        raise StaleVersion(N_("Somebody changed this appointment meanwhile. Look at it again before you change it."))


def move(
    session: Session,
    row: Appointment,
    status: AppointmentStatus,
    *,
    event: str,
    actor: str,
    now: datetime,
    **detail: Any,
) -> AppointmentState:
    check_move(AppointmentStatus.EXPIRED if is_overdue(row, now) else row.status, status)
    row.status = status
    row.expires_at = None
    return settle(session, row, event=event, actor=actor, now=now, **detail)


def let_go(session: Session, row: Appointment, *, actor: str, now: datetime) -> AppointmentState:
    """End a hold: given back while it lives, run out when it is overdue."""
    if is_overdue(row, now):
        row.status, row.expires_at = AppointmentStatus.EXPIRED, None
        return settle(session, row, event="EXPIRED", actor="clock", now=now)
    return move(session, row, AppointmentStatus.CANCELLED, event="RELEASED", actor=actor, now=now)


def settle(
    session: Session, row: Appointment, *, event: str, actor: str, now: datetime, **detail: Any
) -> AppointmentState:
    row.version += 1
    row.updated_at = now
    session.flush()
    if row.specialist_id:
        session.execute(select(func.refresh_slots(current_tenant(), row.specialist_id, *busy(row))))
    audit.record(session, row.id, event, actor=actor, **detail)
    return state(row)


def state(row: Appointment) -> AppointmentState:
    return AppointmentState(row.id, row.status, row.start_time, row.end_time, row.expires_at, row.version)
