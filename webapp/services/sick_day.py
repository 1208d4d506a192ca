"""A specialist is away: each patient gets a time proposed and held, and one confirmation moves them all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, Conflict, DomainError, InvalidInput, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import Appointment, AppointmentStatus, Patient, SickDay, SickDayMove, Tenant
from webapp.services import audit, claim, slot_plan

SOURCE = "SICK_DAY"


@dataclass(frozen=True, slots=True)
class Closed:
    """How many appointments were moved, and how many patients must be called to find a time."""

    moved: int
    to_call: int


@transactional
def open_sick_day(session: Session, *, specialist_id: UUID, start: datetime, end: datetime, reason: str) -> UUID:
    """Begin a plan for a specialist's absence between two instants (UTC); nothing is moved or closed yet.

    Raises InvalidInput, NotFound.
    """
    if not reason.strip():
        raise InvalidInput(N_("Say why the specialist is away."), field="reason")
    sick_day_id = new_id()
    plan = {"specialist_id": specialist_id, "start_time": start, "end_time": end, "reason": reason.strip()}
    session.execute(insert(SickDay).values(tenant_id=current_tenant(), id=sick_day_id, **plan))
    rows = [
        {
            "tenant_id": current_tenant(),
            "sick_day_id": sick_day_id,
            "appointment_id": row.id,
            "was_start": row.start_time,
        }
        for row in _standing(session, specialist_id, start, end)
    ]
    if rows:
        session.execute(insert(SickDayMove), rows)
    return sick_day_id


@transactional
def propose(
    session: Session, *, sick_day_id: UUID, appointment_id: UUID, slot_ids: Sequence[UUID], actor: str
) -> UUID | None:
    """Hold the first of these slots that can be had for a patient, in place of what was held before; the slot, or None.

    Raises NotFound, Conflict when the plan is no longer open.
    """
    _plan(session, sick_day_id)
    move = _move(session, sick_day_id, appointment_id)
    _let_go(session, move, actor)
    row = session.get_one(Appointment, (current_tenant(), appointment_id))
    for slot_id in slot_ids:
        held = _try(session, row, slot_id, actor)
        if held is not None:
            move.hold_id = held
            return slot_id
    return None


@transactional
def drop(session: Session, *, sick_day_id: UUID, appointment_id: UUID, actor: str) -> None:
    """Give a proposed time back: the patient will be called. Raises NotFound, Conflict."""
    _plan(session, sick_day_id)
    _let_go(session, _move(session, sick_day_id, appointment_id), actor)


@transactional
def renew(session: Session, *, sick_day_id: UUID, actor: str) -> None:
    """Hold what is proposed for the clinic's offer time from now; what ran out is proposed no more. Raises Conflict."""
    _plan(session, sick_day_id)
    now, until = _offer_time(session)
    for move in _moves(session, sick_day_id):
        held = _held(session, move.hold_id)
        if held is not None and _is_live(held, now):
            held.expires_at, held.updated_at, held.version = until, now, held.version + 1
            audit.record(session, held.id, "EXTENDED", actor=actor)
            _refresh(session, held)
        elif move.hold_id is not None:
            move.hold_id = None


@transactional
def back_out(session: Session, *, sick_day_id: UUID, actor: str) -> None:
    """Give every proposed time back and forget the plan. Raises NotFound, Conflict."""
    plan = _plan(session, sick_day_id)
    for move in _moves(session, sick_day_id):
        _let_go(session, move, actor)
    plan.status = "BACKED_OUT"


@transactional
def close_sick_day(session: Session, *, sick_day_id: UUID, actor: str) -> Closed:
    """Close the specialist's days and move every patient to the time held for them, all or nobody.

    Raises Conflict, naming the patient, when one of the times was lost; NotFound.
    """
    plan = _plan(session, sick_day_id)
    moves = _moves(session, sick_day_id)
    _lock(session, plan, moves)
    now = session.execute(select(func.clock_timestamp())).scalar_one()
    for move in moves:
        move.moved = _carry_out(session, plan, move, now=now, actor=actor)
    slot_plan.close(session, plan.specialist_id, plan.start_time, plan.end_time, plan.reason)
    left = _standing(session, plan.specialist_id, plan.start_time, plan.end_time)
    known = {move.appointment_id for move in moves}
    for row in left:  # also who was booked while the plan was open
        if row.id not in known:
            session.add(
                SickDayMove(
                    tenant_id=current_tenant(), sick_day_id=plan.id, appointment_id=row.id, was_start=row.start_time
                )
            )
    for appointment_id in [*(row.id for row in left), *(move.appointment_id for move in moves if move.moved)]:
        audit.record(session, appointment_id, "TO_BE_TOLD", actor=actor, reason=plan.reason)
    plan.status = "CLOSED"
    return Closed(sum(move.moved for move in moves), len(left))


@transactional
def mark_told(session: Session, *, sick_day_id: UUID, appointment_id: UUID, actor: str) -> None:
    """The patient knows. Again: nothing happens. Raises NotFound."""
    move = _move(session, sick_day_id, appointment_id)
    if move.told_at is None:
        move.told_at = session.execute(select(func.clock_timestamp())).scalar_one()
        audit.record(session, appointment_id, "TOLD", actor=actor)


def _plan(session: Session, sick_day_id: UUID) -> SickDay:
    query = select(SickDay).filter_by(tenant_id=current_tenant(), id=sick_day_id).with_for_update()
    plan = session.execute(query).scalar_one_or_none()
    if plan is None:
        raise NotFound(N_("There is no such plan."))
    if plan.status != "OPEN":
        raise Conflict(N_("This plan was already carried out or given up."))
    return plan


def _moves(session: Session, sick_day_id: UUID) -> list[SickDayMove]:
    query = select(SickDayMove).filter_by(tenant_id=current_tenant(), sick_day_id=sick_day_id)
    return list(session.scalars(query.order_by(SickDayMove.was_start, SickDayMove.appointment_id)))


def _move(session: Session, sick_day_id: UUID, appointment_id: UUID) -> SickDayMove:
    move = session.get(SickDayMove, (current_tenant(), sick_day_id, appointment_id))
    if move is None:
        raise NotFound(N_("This appointment is not part of the plan."))
    return move


def _standing(session: Session, specialist_id: UUID, start: datetime, end: datetime) -> list[Any]:
    """The confirmed appointments that begin in the range and are still to come."""
    return list(
        session.execute(
            select(Appointment.id, Appointment.start_time)
            .filter_by(tenant_id=current_tenant(), specialist_id=specialist_id, status=AppointmentStatus.CONFIRMED)
            .where(Appointment.start_time >= start, Appointment.start_time < end)
            .where(Appointment.start_time > func.statement_timestamp())
            .order_by(Appointment.start_time, Appointment.id)
        )
    )


def _try(session: Session, row: Appointment, slot_id: UUID, actor: str) -> UUID | None:
    """Hold a slot through the door for a patient who may not be elsewhere then; nameless until it is confirmed, since
    the patient still has the old time."""
    now, until = _offer_time(session)
    given = {"slot": slot_id, "type": row.appointment_type_id, "status": "HOLD", "priority": row.priority}
    seconds = int((until - now).total_seconds())
    try:
        with session.begin_nested():
            asked = claim.parameters(**given, hold_seconds=seconds, actor=actor, source=SOURCE)
            made = claim.run(session.connection(), asked)
            busy = func.patient_is_busy(current_tenant(), row.patient_id, made.start_time, made.end_time, now, row.id)
            if row.patient_id and session.execute(select(busy)).scalar_one():
                raise Conflict(N_("The patient has another appointment at this time."))
            return made.id
    except (DomainError, IntegrityError):
        return None


def _offer_time(session: Session) -> tuple[datetime, datetime]:
    seconds = session.execute(select(Tenant.offer_seconds).filter_by(id=current_tenant())).scalar_one()
    now = session.execute(select(func.clock_timestamp())).scalar_one()
    return now, now + timedelta(seconds=seconds)


def _lock(session: Session, plan: SickDay, moves: list[SickDayMove]) -> None:
    """Every slot this touches, by start time, as everybody locks."""
    held = [row for row in (session.get(Appointment, (current_tenant(), m.hold_id)) for m in moves if m.hold_id) if row]
    places = [(plan.specialist_id, plan.start_time, plan.end_time), *(_place(row) for row in held)]
    for place in sorted(places, key=lambda place: place[1]):
        session.execute(select(func.lock_slots(current_tenant(), *place)))


def _carry_out(session: Session, plan: SickDay, move: SickDayMove, *, now: datetime, actor: str) -> bool:
    held, row = _held(session, move.hold_id), session.get_one(Appointment, (current_tenant(), move.appointment_id))
    session.refresh(row)
    stays = row.status != AppointmentStatus.CONFIRMED or row.specialist_id != plan.specialist_id
    if stays or held is None or not plan.start_time <= row.start_time < plan.end_time:
        _let_go(session, move, actor)
        return False
    if not _is_live(held, now):
        raise Conflict(
            N_("The time held for %(name)s ran out. Hold the times again, then confirm."), name=_name(session, row)
        )
    slot_id = held.time_slot_id
    _release(session, held, actor)
    asked = {"id": row.id, "slot": slot_id, "version": row.version, "moving": True, "status": "CONFIRMED"}
    try:
        claim.run(session.connection(), claim.parameters(**asked, actor=actor, source=SOURCE))
    except DomainError as error:
        raise Conflict(
            N_("%(name)s could not be moved. Propose another time, then confirm."), name=_name(session, row)
        ) from error
    return True


def _name(session: Session, row: Appointment) -> str:
    patient = session.get(Patient, (current_tenant(), row.patient_id)) if row.patient_id else None
    return patient.full_name if patient else "?"


def _held(session: Session, hold_id: UUID | None) -> Appointment | None:
    query = select(Appointment).filter_by(tenant_id=current_tenant(), id=hold_id)
    return session.execute(query.with_for_update().execution_options(populate_existing=True)).scalar_one_or_none()


def _is_live(held: Appointment, now: datetime) -> bool:
    return held.status == AppointmentStatus.HOLD and held.expires_at is not None and held.expires_at > now


def _let_go(session: Session, move: SickDayMove, actor: str) -> None:
    if move.hold_id is None:
        return
    before = session.get(Appointment, (current_tenant(), move.hold_id))
    if before is not None and before.specialist_id:
        session.execute(select(func.lock_slots(current_tenant(), *_place(before))))
    held = _held(session, move.hold_id)
    if held is not None and held.status == AppointmentStatus.HOLD:
        _release(session, held, actor)
    move.hold_id = None
    session.flush()


def _release(session: Session, held: Appointment, actor: str) -> None:
    session.execute(
        update(Appointment)
        .filter_by(tenant_id=current_tenant(), id=held.id)
        .values(status=AppointmentStatus.CANCELLED, expires_at=None, version=Appointment.version + 1)
    )
    audit.record(session, held.id, "RELEASED", actor=actor)
    _refresh(session, held)


def _place(row: Appointment) -> tuple[UUID | None, datetime, datetime]:
    return row.specialist_id, row.busy_from or row.start_time, row.busy_until or row.end_time or row.start_time


def _refresh(session: Session, row: Appointment) -> None:
    session.flush()
    session.execute(select(func.refresh_slots(current_tenant(), *_place(row))))
