"""Types of visit as administrators see them: those that have ended too."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import AppointmentType, appointment_type_specialists


@dataclass(frozen=True, slots=True)
class TypeSettings:
    """What can be changed of a type; lengths in minutes. ``specialist_ids`` offer it."""

    id: UUID
    name: str
    minutes: int
    buffer_before: int
    buffer_after: int
    is_group: bool
    is_public: bool
    is_active: bool
    link_id: UUID
    specialist_ids: list[UUID]

    @property
    def ref(self) -> UUID:
        """What stands for it in the addresses of patients' pages."""
        return self.id if self.is_public else self.link_id


def type_settings() -> list[TypeSettings]:
    """All of the clinic's, those that can be booked first, by name."""
    offered = appointment_type_specialists
    who = (
        select(func.array_agg(offered.c.specialist_id))
        .where(offered.c.tenant_id == AppointmentType.tenant_id, offered.c.appointment_type_id == AppointmentType.id)
        .scalar_subquery()
    )
    columns: list[Any] = [getattr(AppointmentType, name) for name in TypeSettings.__slots__[:-1]]
    columns.append(func.coalesce(who, []).label("specialist_ids"))
    query = (
        select(*columns)
        .where(AppointmentType.tenant_id == current_tenant())
        .order_by(AppointmentType.is_active.desc(), AppointmentType.name, AppointmentType.id)
    )
    with reading() as connection:
        return [TypeSettings(*row) for row in connection.execute(query)]
