from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import OpeningHours, Specialist, appointment_type_specialists
from webapp.rules.slots import Interval


@dataclass(frozen=True, slots=True)
class SpecialistView:
    id: UUID
    full_name: str
    service_type: str
    colour: int
    is_active: bool
    created_at: datetime


_COLUMNS = [getattr(Specialist, name) for name in SpecialistView.__slots__]


def list_specialists(*, active_only: bool = True, limit: int = 1000) -> list[SpecialistView]:
    query = select(*_COLUMNS).where(Specialist.tenant_id == current_tenant())
    if active_only:
        query = query.where(Specialist.is_active)
    with reading() as connection:
        rows = connection.execute(query.order_by(Specialist.full_name, Specialist.id).limit(limit))
        return [SpecialistView(*row) for row in rows]


def find_specialist(specialist_id: UUID) -> SpecialistView | None:
    query = select(*_COLUMNS).where(Specialist.tenant_id == current_tenant(), Specialist.id == specialist_id)
    with reading() as connection:
        row = connection.execute(query).first()
    return SpecialistView(*row) if row else None


def opening_hours(specialist_id: UUID | None) -> list[Interval]:
    """The weekly hours of a specialist, or of the clinic's own chair, by weekday and opening time."""
    query = (
        select(*[getattr(OpeningHours, name) for name in Interval.__slots__])
        .where(OpeningHours.tenant_id == current_tenant())
        .where(OpeningHours.specialist_id.is_not_distinct_from(specialist_id))
        .order_by(OpeningHours.weekday, OpeningHours.opens)
    )
    with reading() as connection:
        return [Interval(*row) for row in connection.execute(query)]


def weekly_hours(*, on: date) -> list[Interval]:
    """The weekly hours of the active specialists and of the clinic's own chair that hold on a day."""
    query = (
        select(*[getattr(OpeningHours, name) for name in Interval.__slots__])
        .outerjoin(
            Specialist,
            and_(Specialist.tenant_id == OpeningHours.tenant_id, Specialist.id == OpeningHours.specialist_id),
        )
        .where(OpeningHours.tenant_id == current_tenant())
        .where(or_(OpeningHours.specialist_id.is_(None), Specialist.is_active))
    )
    with reading() as connection:
        found = [Interval(*row) for row in connection.execute(query)]
    return [one for one in found if (one.valid_from or on) <= on <= (one.valid_until or on)]


def offered_types() -> dict[UUID, set[UUID]]:
    """Which types of visit each specialist offers."""
    offered = appointment_type_specialists
    query = select(offered.c.specialist_id, offered.c.appointment_type_id).where(
        offered.c.tenant_id == current_tenant()
    )
    found: dict[UUID, set[UUID]] = {}
    with reading() as connection:
        for specialist_id, type_id in connection.execute(query):
            found.setdefault(specialist_id, set()).add(type_id)
    return found
