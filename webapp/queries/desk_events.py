"""What happened to what is no appointment: a patient's details, a specialist's time."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import DeskEvent, User
from webapp.queries.appointments import EventView, by_user

_TOLD = select(DeskEvent.event_type, DeskEvent.actor, DeskEvent.detail, DeskEvent.created_at, User.full_name).outerjoin(
    User, by_user(DeskEvent)
)


def patient_history(patient_id: UUID) -> list[EventView]:
    """What was changed about a patient, oldest first."""
    return _told(DeskEvent.patient_id == patient_id)


def blockings(specialist_id: UUID, closure_ids: Iterable[UUID]) -> dict[UUID, EventView]:
    """Who blocked these stretches of a specialist's time, by closure; without those of which nothing was written."""
    wanted = [str(one) for one in closure_ids]
    if not wanted:
        return {}
    found = _told(
        DeskEvent.specialist_id == specialist_id,
        DeskEvent.event_type == "BLOCKED",
        DeskEvent.detail["closure"].astext.in_(wanted),
    )
    return {UUID(event.detail["closure"]): event for event in found}


def _told(*conditions: ColumnElement[bool]) -> list[EventView]:
    query = _TOLD.where(DeskEvent.tenant_id == current_tenant(), *conditions)
    with reading() as connection:
        return [EventView(*row) for row in connection.execute(query.order_by(DeskEvent.created_at, DeskEvent.id))]
