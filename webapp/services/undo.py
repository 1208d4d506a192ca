"""Taking back the latest change of an appointment: a new event, through the same door, never a rewritten past."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import N_, Conflict, NotFound, StaleVersion
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import LIVE, Appointment, AppointmentEvent, AppointmentPriority, AppointmentStatus
from webapp.rules.status import check_undo
from webapp.rules.undo import Back, is_undo, way_back
from webapp.services import claim, outbox
from webapp.services.standing import AppointmentState, check_version, locked, settle, state


@transactional
def undo(
    session: Session, *, appointment_id: UUID, version: int, actor: str, source: str, notify: bool | None = None
) -> AppointmentState:
    """Take back the latest change; a time that was given up is taken again, if it is still there. Again: the same.

    The patient is told unless ``notify`` is False, or it was for the change that is taken back, or nothing was sent
    about that yet: then neither is.

    Raises StaleVersion when something changed since ``version``, SlotTaken, PatientBusy or Conflict when the time is
    gone, Conflict when the change is none that can be undone, NotFound.
    """
    query = select(Appointment).filter_by(tenant_id=current_tenant(), id=appointment_id)
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound(N_("This appointment does not exist."))
    # An older look than the lock's: the version, checked under the lock by whoever writes, vouches for it.
    events = _events(session, appointment_id)
    if row.version == version + 1 and is_undo(events):
        return state(row)
    back = way_back(events)
    if row.version != version:
        raise StaleVersion(N_("Something changed since then, so it cannot simply be undone. Look at it again."))
    if back is None:
        raise Conflict(N_("This change cannot be undone any more."))
    asked = {"id": row.id, "version": version, "actor": actor, "source": source, "moving": True}
    answer = _answer(session, row, events[-1], notify)
    if back.slot_id:
        place = {"slot": back.slot_id, "type": back.type_id, "minutes": back.minutes}
        told = Jsonb({"undo": True} | answer)
        return _through_the_door(session, **asked, **place, status=back.status or row.status, detail=told)
    if back.status and row.status not in LIVE:
        check_undo(row.status, back.status)
        place = {"slot": row.time_slot_id, "minutes": _minutes(row)}
        told = Jsonb({"undid": back.event, "status": back.status} | answer)
        return _through_the_door(session, **asked, **place, status=back.status, event="UNDONE", detail=told)
    return _in_place(session, row.id, version, back, actor)


def _answer(session: Session, row: Appointment, last: AppointmentEvent, notify: bool | None) -> dict[str, bool]:
    """Whether the patient is told, for the event; a letter about the change that still waits is kept back."""
    unsaid = outbox.withhold(session, row.id, version=row.version, why="undone") or last.event_type == "NOT_TOLD"
    if unsaid and outbox.is_up_to_date(session, row.id):
        return {"notify": False}
    told = last.detail.get("notify") if notify is None else notify
    return {} if told is None else {"notify": told}


def _events(session: Session, appointment_id: UUID) -> list[AppointmentEvent]:
    query = select(AppointmentEvent).filter_by(tenant_id=current_tenant(), appointment_id=appointment_id)
    return list(session.execute(query.order_by(AppointmentEvent.created_at, AppointmentEvent.id)).scalars())


def _minutes(row: Appointment) -> int | None:
    minutes = (row.end_time - row.start_time).total_seconds() / 60 if row.end_time else 0.5
    return int(minutes) if minutes == int(minutes) else None


def _through_the_door(session: Session, **asked: Any) -> AppointmentState:
    if asked["slot"] is None:
        raise Conflict(N_("This change cannot be undone any more."))
    made = claim.run(session.connection(), claim.parameters(**asked))
    return AppointmentState(made.id, made.status, made.start_time, made.end_time, made.expires_at, made.version)


def _in_place(session: Session, appointment_id: UUID, version: int, back: Back, actor: str) -> AppointmentState:
    """What gives up no time and takes none."""
    row, now = locked(session, appointment_id)
    check_version(row, version)
    if back.priority:
        change = {"from": row.priority, "to": back.priority, "undo": True}
        row.priority = AppointmentPriority(back.priority)
        return settle(session, row, event="PRIORITY", actor=actor, now=now, **change)
    check_undo(row.status, back.status)
    row.status = AppointmentStatus(back.status)
    return settle(session, row, event="UNDONE", actor=actor, now=now, undid=back.event, status=back.status)
