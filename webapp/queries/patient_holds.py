"""What is known of the holds of the public pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import Appointment, AppointmentStatus, PatientHold

AN_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed for a held time, by the names of the inputs, and which specialist was asked for, if one was.

    The digest is left when the answers are gone.
    """

    answers: list[tuple[str, str]]
    digest: str = ""
    specialist_id: UUID | None = None


def find_typed(appointment_id: UUID) -> Typed:
    query = select(PatientHold.answers, PatientHold.digest, PatientHold.specialist_id).where(
        PatientHold.tenant_id == current_tenant(), PatientHold.appointment_id == appointment_id
    )
    with reading() as connection:
        row = connection.execute(query).first()
    if row is None:
        return Typed([])
    return Typed([(name, text) for name, text in row.answers or []], row.digest, row.specialist_id)


@dataclass(frozen=True, slots=True)
class Lately:
    """How many times were held in the last hour, and how many of them are held now; by one browser, by one address.

    ``next_end`` is when the first of the browser's, else of the address's, ends by itself (UTC).
    """

    by_browser: int
    held_by_browser: int
    by_address: int
    held_by_address: int
    next_end: datetime | None


def held_lately(*, visitor: str, address: str, now: datetime) -> Lately:
    """Who a browser and an address are, their digests say."""
    own, near = PatientHold.visitor == visitor, PatientHold.address == address
    held = and_(Appointment.status == AppointmentStatus.HOLD, Appointment.expires_at > now)
    query = (
        select(
            func.count().filter(own),
            func.count().filter(own, held),
            func.count().filter(near),
            func.count().filter(near, held),
            func.coalesce(
                func.min(Appointment.expires_at).filter(own, held), func.min(Appointment.expires_at).filter(near, held)
            ),
        )
        .join(
            Appointment,
            and_(Appointment.tenant_id == PatientHold.tenant_id, Appointment.id == PatientHold.appointment_id),
        )
        .where(PatientHold.tenant_id == current_tenant(), PatientHold.taken_at > now - AN_HOUR, or_(own, near))
    )
    with reading() as connection:
        return Lately(*connection.execute(query).one())


@dataclass(frozen=True, slots=True)
class Holding:
    """A time that is held, or the first of those that are held together; times in UTC."""

    appointment_id: UUID
    start: datetime
    expires_at: datetime
    party_id: UUID | None


def held_by(*, visitor: str, now: datetime) -> list[Holding]:
    """All that a browser holds now, by start; who it is, its digest says."""
    first_of_party = func.row_number().over(
        partition_by=func.coalesce(Appointment.party_id, Appointment.id),
        order_by=(Appointment.start_time, Appointment.id),
    )
    query = (
        select(Appointment.id, Appointment.start_time, Appointment.expires_at, Appointment.party_id, first_of_party)
        .join(
            PatientHold,
            and_(PatientHold.tenant_id == Appointment.tenant_id, PatientHold.appointment_id == Appointment.id),
        )
        .where(Appointment.tenant_id == current_tenant(), PatientHold.visitor == visitor)
        .where(PatientHold.taken_at > now - AN_HOUR)
        .where(Appointment.status == AppointmentStatus.HOLD, Appointment.expires_at > now)
        .order_by(Appointment.start_time, Appointment.id)
    )
    with reading() as connection:
        return [Holding(*row[:-1]) for row in connection.execute(query) if row[-1] == 1]
