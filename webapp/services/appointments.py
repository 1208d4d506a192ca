"""What happens to an appointment after it took its seat. Rows are locked slots first, by start time, then the row."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, Conflict, HoldExpired, NotFound, PatientBusy
from webapp.core.tenancy import current_tenant
from webapp.core.timezones import day_bounds, local_day
from webapp.core.transactions import transactional
from webapp.models import LIVE, Appointment, AppointmentStatus, Patient, PatientHold, Tenant
from webapp.rules.people import NewPatient
from webapp.rules.questions import Said
from webapp.rules.status import check_expected, check_move, refusal_now
from webapp.services import claim, outbox, patient_rules
from webapp.services.standing import (
    AppointmentState,
    check_held,
    check_holder,
    check_version,
    hold_longer,
    is_held,
    is_overdue,
    let_go,
    locked,
    move,
    settle,
    state,
)


@transactional
def confirm(
    session: Session, *, appointment_id: UUID, actor: str, nameless: bool = True, holder: UUID | None = None
) -> AppointmentState:
    """Turn a live hold into an appointment; again: the same answer. Raises HoldExpired, NotFound.

    Unless it may be ``nameless``, Conflict for a time that a patient is choosing who has not said who they are; and
    with a ``holder``, for a time that another holds.
    """
    row, now = locked(session, appointment_id)
    check_holder(row, now, holder)
    if row.status == AppointmentStatus.CONFIRMED:
        return state(row)
    unnamed = row.source == "PATIENT" and row.patient_id is None and is_held(row, now)
    if unnamed and not nameless:
        raise Conflict(N_("A patient is choosing this time and has not said who they are."))
    if is_overdue(row, now) or row.status not in LIVE:
        raise HoldExpired(N_("The hold on this time has ended. Choose a time again."))
    confirmed = move(session, row, AppointmentStatus.CONFIRMED, event="CONFIRMED", actor=actor, now=now)
    outbox.tell(session, row.id, "CONFIRMATION")
    return confirmed


@transactional
def name_hold(
    session: Session,
    *,
    appointment_id: UUID,
    actor: str,
    patient_id: UUID | None = None,
    new_patient: NewPatient | None = None,
    type_id: UUID | None = None,
    confirm: bool = True,
    source: str | None = None,
    holder: UUID | None = None,
    said: Said | None = None,
) -> AppointmentState:
    """Put a patient on a live hold, give it its type of visit and, unless told otherwise, confirm it; all or nothing.

    With a ``source`` the hold must have been taken there, with a ``holder`` by this user at the desk: nobody names a
    time that somebody else is choosing. What patients name themselves must keep the clinic's rules for them, and comes
    with what they said besides.
    Again for the same person: the same answer, and nobody is written down twice.
    Raises HoldExpired, PatientBusy, NotFound, Conflict or SlotTaken when the type needs more time than there is, and
    what the rules refuse.
    """
    row, now = locked(session, appointment_id)
    patient_id = patient_id or _known_as(session, row, new_patient)
    named = patient_id is not None and patient_id == row.patient_id and type_id in (None, row.appointment_type_id)
    if named and row.status == AppointmentStatus.CONFIRMED:
        return state(row)
    _check_may_name(row, now, source, holder)
    if type_id is not None and type_id != row.appointment_type_id:
        claim.retype(session, row, type_id, actor=actor)
    if new_patient is not None and source == "PATIENT":
        patient_rules.may_book(session, [row], person=new_patient, said=said or Said(), now=now)
    row.patient_id = _free_patient(session, row, patient_id, new_patient, now)
    if source == "PATIENT":  # what was typed on the way here is the patient's row now
        typed = update(PatientHold).filter_by(tenant_id=current_tenant(), appointment_id=row.id)
        session.execute(typed.values(answers=None))
    if confirm:
        confirmed = move(session, row, AppointmentStatus.CONFIRMED, event="CONFIRMED", actor=actor, now=now)
        outbox.tell(session, row.id, "CONFIRMATION")
        return confirmed
    return settle(session, row, event="NAMED", actor=actor, now=now)


def _check_may_name(row: Appointment, now: datetime, source: str | None, holder: UUID | None) -> None:
    if row.status == AppointmentStatus.HOLD and source not in (None, row.source):
        raise Conflict(N_("Somebody else is choosing this time."))
    check_holder(row, now, holder)
    check_held(row, now)


def _known_as(session: Session, row: Appointment, written: NewPatient | None) -> UUID | None:
    """The patient of the appointment, if that is who is written down here again: a double click."""
    if written is None or row.patient_id is None:
        return None
    patient = session.get_one(Patient, (current_tenant(), row.patient_id))
    same = all(getattr(patient, name) == value for name, value in asdict(written).items())
    return row.patient_id if same else None


def _free_patient(
    session: Session, row: Appointment, patient_id: UUID | None, written: NewPatient | None, now: datetime
) -> UUID | None:
    """The patient, written down where they are new, with nothing else at the time. Raises PatientBusy."""
    if written is not None and patient_id is None:
        patient_id = new_id()
        session.execute(insert(Patient).values(tenant_id=current_tenant(), id=patient_id, **asdict(written)))
    elif session.execute(
        select(func.patient_is_busy(current_tenant(), patient_id, row.start_time, row.end_time, now, row.id))
    ).scalar_one():
        raise PatientBusy(N_("The patient has another appointment at this time."))
    session.execute(
        select(func.expire_elsewhere(current_tenant(), patient_id, None, row.start_time, row.start_time, now))
    )
    return patient_id


@transactional
def extend(
    session: Session, *, appointment_id: UUID, actor: str, hold_seconds: int | None = None, holder: UUID | None = None
) -> AppointmentState:
    """Hold it for the clinic's hold time from now, at most 10 times. Raises HoldExpired, NotFound, and Conflict, with
    a ``holder`` also for a time that another holds."""
    row, now = locked(session, appointment_id)
    check_holder(row, now, holder)
    hold_longer(session, [row], seconds=hold_seconds, actor=actor, now=now)
    return state(row)


@transactional
def release(session: Session, *, appointment_id: UUID, actor: str, holder: UUID | None = None) -> AppointmentState:
    """Give a held time back; again, or after it ran out: nothing happens. Raises Conflict once confirmed, and with a
    ``holder`` while another holds it; NotFound."""
    row, now = locked(session, appointment_id)
    check_holder(row, now, holder)
    if row.status in (AppointmentStatus.CANCELLED, AppointmentStatus.EXPIRED):
        return state(row)
    if row.status != AppointmentStatus.HOLD:
        raise Conflict(N_("This appointment is confirmed. Cancel it if it is not needed."))
    return let_go(session, row, actor=actor, now=now)


@transactional
def take_over(session: Session, *, appointment_id: UUID, holder: UUID, actor: str) -> AppointmentState:
    """Make a live hold of another user at the desk that of ``holder``, until it ends; again: the same answer.

    Raises HoldExpired, Conflict for a hold that was not taken at the desk, NotFound.
    """
    row, now = locked(session, appointment_id)
    check_held(row, now)
    if row.source != "DESK":
        raise Conflict(N_("Somebody else is choosing this time."))
    if row.created_by == holder:
        return state(row)
    before, row.created_by = row.created_by, holder
    was = {"from": str(before)} if before else {}
    return settle(session, row, event="TAKEN_OVER", actor=actor, now=now, **was)


@transactional
def cancel(
    session: Session,
    *,
    appointment_id: UUID,
    actor: str,
    reason: str = "",
    version: int | None = None,
    notify: bool | None = None,
    own: bool = False,
) -> AppointmentState:
    """Cancel and, unless ``notify`` is False, tell the patient; again: the same answer. A patient cancels their ``own``
    visit only until the clinic's cut-off.

    Raises Conflict, StaleVersion, NotFound.
    """
    row, now = locked(session, appointment_id)
    if row.status == AppointmentStatus.CANCELLED:
        return state(row)
    check_version(row, version)
    if own:
        check_expected(row.status)
        patient_rules.may_cancel(session, row, now=now)
    return _cancel(session, row, actor=actor, now=now, reason=reason, notify=notify)


@transactional
def cancel_following(
    session: Session,
    *,
    appointment_id: UUID,
    actor: str,
    reason: str = "",
    version: int | None = None,
    notify: bool | None = None,
) -> list[AppointmentState]:
    """Cancel an appointment and the later ones of its series that are held or confirmed, in one transaction; the
    patient is told as by cancel().

    Raises Conflict, StaleVersion, NotFound for the appointment itself; then none is cancelled.
    """
    first = session.execute(select(Appointment).filter_by(tenant_id=current_tenant(), id=appointment_id)).scalar()
    if first is None:
        raise NotFound(N_("This appointment does not exist."))
    later = (
        select(Appointment.id)
        .where(Appointment.tenant_id == current_tenant(), Appointment.series_id == first.series_id)
        .where(Appointment.start_time > first.start_time)
        .where(Appointment.status.in_((AppointmentStatus.HOLD, AppointmentStatus.CONFIRMED)))
        .order_by(Appointment.start_time, Appointment.id)
    )
    done = []
    for one in (appointment_id, *session.scalars(later).all()):  # by start time, as everybody locks
        row, now = locked(session, one)
        if one == appointment_id:
            check_version(row, version)
        elif row.status not in (AppointmentStatus.HOLD, AppointmentStatus.CONFIRMED) or is_overdue(row, now):
            continue
        done.append(_cancel(session, row, actor=actor, now=now, reason=reason, notify=notify))
    return done


def _cancel(
    session: Session, row: Appointment, *, actor: str, now: datetime, reason: str, notify: bool | None
) -> AppointmentState:
    was_booked = row.status == AppointmentStatus.CONFIRMED
    detail: dict[str, Any] = ({"reason": reason} if reason else {}) | ({} if notify is None else {"notify": notify})
    cancelled = move(session, row, AppointmentStatus.CANCELLED, event="CANCELLED", actor=actor, now=now, **detail)
    if was_booked and notify is not False:
        outbox.tell(session, row.id, "CANCELLATION")
    return cancelled


@transactional
def arrive(session: Session, *, appointment_id: UUID, actor: str, version: int | None = None) -> AppointmentState:
    """The patient is here. Raises Conflict, also before the day of the visit, StaleVersion, NotFound."""
    return _step(session, appointment_id, AppointmentStatus.ARRIVED, actor, version)


@transactional
def complete(session: Session, *, appointment_id: UUID, actor: str, version: int | None = None) -> AppointmentState:
    """The visit is over. Raises Conflict, also before it begins unless the patient arrived, StaleVersion, NotFound."""
    return _step(session, appointment_id, AppointmentStatus.COMPLETED, actor, version)


@transactional
def no_show(session: Session, *, appointment_id: UUID, actor: str, version: int | None = None) -> AppointmentState:
    """The patient did not come: the seat is free. Raises Conflict, also before it begins, StaleVersion, NotFound"""
    return _step(session, appointment_id, AppointmentStatus.NO_SHOW, actor, version)


def _step(
    session: Session, appointment_id: UUID, status: AppointmentStatus, actor: str, version: int | None
) -> AppointmentState:
    row, now = locked(session, appointment_id)
    if row.status == status:
        return state(row)
    check_version(row, version)
    check_move(row.status, status)
    zone = session.execute(select(Tenant.timezone).filter_by(id=current_tenant())).scalar_one()
    day_begins = day_bounds(local_day(row.start_time, zone), zone)[0]
    refusal = refusal_now(row.status, status, start=row.start_time, day_begins=day_begins, now=now)
    if refusal:
        raise Conflict(refusal)
    return move(session, row, status, event=status.value, actor=actor, now=now)
