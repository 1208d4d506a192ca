from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, bindparam, case, cast, func, select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import (
    Appointment,
    AppointmentEvent,
    AppointmentStatus,
    AppointmentType,
    DeskEvent,
    Patient,
    SettingEvent,
    Specialist,
    User,
)


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """One appointment as people see it: an overdue hold reads EXPIRED. Times in UTC.

    ``taken_by`` is the user who booked it or, of a hold, who has it; ``taker`` how they are called.
    """

    id: UUID
    status: str
    start: datetime
    end: datetime | None
    specialist_id: UUID | None
    specialist_name: str | None
    type_id: UUID | None
    type_name: str | None
    patient_id: UUID | None
    patient_name: str | None
    patient_email: str | None
    patient_phone: str | None
    expires_at: datetime | None
    extensions: int
    version: int
    slot_id: UUID | None
    seat: int
    priority: str
    source: str
    created_at: datetime
    squeeze_reason: str | None
    note: str | None
    party_id: UUID | None
    taken_by: UUID | None
    taker: str | None

    @property
    def minutes(self) -> int | None:
        """How long it takes, where that is whole minutes."""
        minutes = (self.end - self.start).total_seconds() / 60 if self.end else 0.5
        return int(minutes) if minutes == int(minutes) else None

    def is_held_by(self, user_id: UUID) -> bool:
        """Does this user at the desk hold it?"""
        return (self.status, self.source, self.taken_by) == ("HOLD", "DESK", user_id)

    @property
    def start_time(self) -> datetime:
        return self.start

    @property
    def end_time(self) -> datetime | None:
        return self.end


def shown_status() -> Any:
    """The status with overdue holds told as what they are, whether or not the sweeper came by."""
    return case(
        (
            and_(Appointment.status == AppointmentStatus.HOLD, Appointment.expires_at <= func.statement_timestamp()),
            "EXPIRED",
        ),
        else_=cast(Appointment.status, String),
    )


_VIEW = (
    select(
        Appointment.id,
        shown_status(),
        Appointment.start_time,
        Appointment.end_time,
        Appointment.specialist_id,
        Specialist.full_name,
        Appointment.appointment_type_id,
        AppointmentType.name,
        Appointment.patient_id,
        Patient.full_name,
        Patient.email,
        Patient.phone,
        Appointment.expires_at,
        Appointment.extensions,
        Appointment.version,
        Appointment.time_slot_id,
        Appointment.seat,
        cast(Appointment.priority, String),
        Appointment.source,
        Appointment.created_at,
        Appointment.squeeze_reason,
        Appointment.note,
        Appointment.party_id,
        Appointment.created_by,
        User.full_name,
    )
    .outerjoin(
        Specialist, and_(Specialist.tenant_id == Appointment.tenant_id, Specialist.id == Appointment.specialist_id)
    )
    .outerjoin(
        AppointmentType,
        and_(AppointmentType.tenant_id == Appointment.tenant_id, AppointmentType.id == Appointment.appointment_type_id),
    )
    .outerjoin(Patient, and_(Patient.tenant_id == Appointment.tenant_id, Patient.id == Appointment.patient_id))
    .outerjoin(User, and_(User.tenant_id == Appointment.tenant_id, User.id == Appointment.created_by))
)
_ONE = _VIEW.where(Appointment.tenant_id == bindparam("tenant"), Appointment.id == bindparam("id"))  # built once


def find_appointment(appointment_id: UUID) -> AppointmentView | None:
    with reading() as connection:
        row = connection.execute(_ONE, {"tenant": current_tenant(), "id": appointment_id}).first()
    return AppointmentView(*row) if row else None


def party(party_id: UUID) -> list[AppointmentView]:
    """The appointments that were booked together, by start, cancelled ones included."""
    query = _VIEW.where(Appointment.tenant_id == current_tenant(), Appointment.party_id == party_id)
    with reading() as connection:
        rows = connection.execute(query.order_by(Appointment.start_time, Appointment.id))
        return [AppointmentView(*row) for row in rows]


def find_under_key(key: str) -> AppointmentView | None:
    """The appointment that was made with an idempotency key."""
    query = _VIEW.where(Appointment.tenant_id == current_tenant(), Appointment.idempotency_key == key)
    with reading() as connection:
        row = connection.execute(query).first()
    return AppointmentView(*row) if row else None


def started_appointments(*, since: datetime, until: datetime) -> list[AppointmentView]:
    """Confirmed appointments that began in [since, until), by start."""
    query = _VIEW.where(
        Appointment.tenant_id == current_tenant(),
        Appointment.status == AppointmentStatus.CONFIRMED,
        Appointment.start_time >= since,
        Appointment.start_time < until,
    ).order_by(Appointment.start_time, Appointment.id)
    with reading() as connection:
        return [AppointmentView(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class EventView:
    event_type: str
    actor: str
    detail: dict[str, Any]
    created_at: datetime
    actor_name: str | None = None  # of a user of the clinic


def by_user(event: type[AppointmentEvent | DeskEvent | SettingEvent]) -> ColumnElement[bool]:
    """The user of the clinic who did it, where one did."""
    is_actor = func.concat("user:", cast(User.id, String)) == event.actor
    return and_(User.tenant_id == event.tenant_id, is_actor)


def history(appointment_id: UUID) -> list[EventView]:
    """What happened to an appointment, oldest first."""
    query = (
        select(
            AppointmentEvent.event_type,
            AppointmentEvent.actor,
            AppointmentEvent.detail,
            AppointmentEvent.created_at,
            User.full_name,
        )
        .outerjoin(User, by_user(AppointmentEvent))
        .where(AppointmentEvent.tenant_id == current_tenant(), AppointmentEvent.appointment_id == appointment_id)
        .order_by(AppointmentEvent.created_at, AppointmentEvent.id)
    )
    with reading() as connection:
        return [EventView(*row) for row in connection.execute(query)]
