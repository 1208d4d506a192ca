"""A specialist is away: each patient gets a time proposed and held, and one confirmation moves them all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, Conflict, DomainError, InvalidInput, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import Appointment, AppointmentStatus, Patient, SickDay, SickDayMove, Tenant
from webapp.rules.slots import Span
from webapp.services import audit, claim, slot_plan
from webapp.services.standing import busy, is_held, let_go, locked, settle

SOURCE = "SICK_DAY"

Place = tuple[UUID | None, datetime, datetime]


@dataclass(frozen=True, slots=True)
class Closed:
    """How many appointments were moved, and how many patients must be called to find a time."""

    moved: int
    to_call: int


@transactional
def open_sick_day(session: Session, *, specialist_id: UUID, start: datetime, end: datetime, reason: str) -> UUID:
    """Begin a plan for a specialist's absence between two instants (UTC); nothing is moved or closed yet.

    Again, while that plan is open: the same one. Raises InvalidInput, NotFound.
    """
    if not reason.strip():
        raise InvalidInput(N_("Say why the specialist is away."), field="reason")
    slot_plan.lock_specialist(session, specialist_id)
    if end <= session.execute(select(func.clock_timestamp())).scalar_one():
        raise InvalidInput(N_("This time is over already. Choose one that is still to come."), field="last")
    absence = {"specialist_id": specialist_id, "start_time": start, "end_time": end}
    begun = select(SickDay.id).filter_by(tenant_id=current_tenant(), status="OPEN", **absence)
    known = session.scalars(begun).first()
    if known is not None:
        return known
    sick_day_id = new_id()
    plan = {**absence, "reason": reason.strip()}
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
    moves = _moves(session, sick_day_id)
    _lock(session, moves)
    for move in moves:
        if move.hold_id is None:
            continue
        held, now = locked(session, move.hold_id)
        if is_held(held, now):
            held.expires_at = now + _offer_time(session)
            settle(session, held, event="EXTENDED", actor=actor, now=now)
        else:
            move.hold_id = None


@transactional
def back_out(session: Session, *, sick_day_id: UUID, actor: str) -> None:
    """Give every proposed time back and forget the plan. Raises NotFound, Conflict."""
    plan = _plan(session, sick_day_id)
    moves = _moves(session, sick_day_id)
    _lock(session, moves)
    for move in moves:
        _let_go(session, move, actor)
    plan.status = "BACKED_OUT"


@transactional
def close_sick_day(session: Session, *, sick_day_id: UUID, actor: str) -> Closed:
    """Close the specialist's days and move every patient to the time held for them, all or nobody.

    Raises Conflict, naming the patient, when one of the times was lost; NotFound.
    """
    plan = _plan(session, sick_day_id)
    slot_plan.lock_specialist(session, plan.specialist_id)
    moves = _moves(session, sick_day_id)
    span = Span(plan.start_time, plan.end_time)
    _lock(session, moves, (plan.specialist_id, span.start, span.end))
    for move in moves:
        move.moved = _carry_out(session, plan, move, actor)
    slot_plan.close(session, plan.specialist_id, span, reason=plan.reason, actor=actor)
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
    given = {"slot": slot_id, "type": row.appointment_type_id, "status": "HOLD", "priority": row.priority}
    seconds = int(_offer_time(session).total_seconds())
    try:
        with session.begin_nested():
            asked = claim.parameters(**given, hold_seconds=seconds, actor=actor, source=SOURCE)
            made = claim.run(session.connection(), asked)
            place = (made.start_time, made.end_time, func.clock_timestamp())
            is_busy = func.patient_is_busy(current_tenant(), row.patient_id, *place, row.id)
            if row.patient_id and session.execute(select(is_busy)).scalar_one():
                raise Conflict(N_("The patient has another appointment at this time."))
            return made.id
    except (DomainError, IntegrityError):
        return None


def _offer_time(session: Session) -> timedelta:
    seconds: int = session.execute(select(Tenant.offer_seconds).filter_by(id=current_tenant())).scalar_one()
    return timedelta(seconds=seconds)


def _lock(session: Session, moves: list[SickDayMove], *places: Place) -> None:
    """These places and the slots of what is held, by start time, as everybody locks."""
    held = [session.get_one(Appointment, (current_tenant(), move.hold_id)) for move in moves if move.hold_id]
    for place in sorted([*places, *((row.specialist_id, *busy(row)) for row in held)], key=lambda place: place[1]):
        session.execute(select(func.lock_slots(current_tenant(), *place)))


def _carry_out(session: Session, plan: SickDay, move: SickDayMove, actor: str) -> bool:
    row = session.get_one(Appointment, (current_tenant(), move.appointment_id), populate_existing=True)
    stays = row.status != AppointmentStatus.CONFIRMED or row.specialist_id != plan.specialist_id
    if stays or move.hold_id is None or not plan.start_time <= row.start_time < plan.end_time:
        _let_go(session, move, actor)
        return False
    held, now = locked(session, move.hold_id)
    if not is_held(held, now):
        raise Conflict(
            N_("The time held for %(name)s ran out. Hold the times again, then confirm."), name=_name(session, row)
        )
    slot_id = held.time_slot_id
    let_go(session, held, actor=actor, now=now)
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


def _let_go(session: Session, move: SickDayMove, actor: str) -> None:
    if move.hold_id is None:
        return
    held, now = locked(session, move.hold_id)
    if held.status == AppointmentStatus.HOLD:
        let_go(session, held, actor=actor, now=now)
    move.hold_id = None
    session.flush()
