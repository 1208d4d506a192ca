from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, InvalidInput
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import AppointmentType, Room, Specialist, appointment_type_specialists

COLOURS = 8


@transactional
def add_specialist(session: Session, *, full_name: str, service_type: str = "", colour: int | None = None) -> UUID:
    """Add somebody who sees patients; the next colour of the palette unless one is given. Raises InvalidInput."""
    if not full_name.strip():
        raise InvalidInput(N_("Enter the specialist's name."), field="full_name")
    if colour is None:
        colour = session.execute(select(func.count()).select_from(Specialist)).scalar_one() % COLOURS
    specialist = Specialist(
        tenant_id=current_tenant(),
        id=new_id(),
        full_name=full_name.strip(),
        service_type=service_type.strip(),
        colour=colour,
    )
    session.add(specialist)
    return specialist.id


@transactional
def add_room(session: Session, *, name: str) -> UUID:
    """Add a room that types of visit can need. Raises InvalidInput, Conflict for a name that is taken."""
    if not name.strip():
        raise InvalidInput(N_("Enter a name for this room."), field="name")
    room_id = new_id()
    session.execute(insert(Room).values(tenant_id=current_tenant(), id=room_id, name=name.strip()))
    return room_id


@transactional
def add_type(
    session: Session,
    *,
    name: str,
    minutes: int,
    buffer_before: int = 0,
    buffer_after: int = 0,
    is_public: bool = True,
    is_group: bool = False,
    room_id: UUID | None = None,
    specialist_ids: Iterable[UUID] = (),
) -> UUID:
    """Add a type of visit, offered by these specialists; lengths and buffers in minutes.

    Raises InvalidInput, NotFound.
    """
    if not name.strip():
        raise InvalidInput(N_("Enter a name for this type of visit."), field="name")
    type_id = new_id()
    session.execute(
        insert(AppointmentType).values(
            tenant_id=current_tenant(),
            id=type_id,
            name=name.strip(),
            minutes=minutes,
            buffer_before=buffer_before,
            buffer_after=buffer_after,
            is_public=is_public,
            is_group=is_group,
            room_id=room_id,
        )
    )
    _offer(session, [(type_id, specialist_id) for specialist_id in set(specialist_ids)])
    return type_id


@transactional
def offer_types(session: Session, *, specialist_id: UUID, type_ids: Iterable[UUID]) -> None:
    """Say which types of visit a specialist offers, in place of what was said before. Raises NotFound.

    Of types that have ended nothing is said: whoever offered one does so again when it begins again.
    """
    offered = appointment_type_specialists
    standing = select(AppointmentType.id).filter_by(tenant_id=current_tenant(), is_active=True)
    session.execute(
        delete(offered).where(
            offered.c.tenant_id == current_tenant(),
            offered.c.specialist_id == specialist_id,
            offered.c.appointment_type_id.in_(standing),
        )
    )
    _offer(session, [(type_id, specialist_id) for type_id in set(type_ids)])


def _offer(session: Session, pairs: list[tuple[UUID, UUID]]) -> None:
    rows = [
        {"tenant_id": current_tenant(), "appointment_type_id": type_id, "specialist_id": specialist_id}
        for type_id, specialist_id in pairs
    ]
    if rows:
        session.execute(insert(appointment_type_specialists), rows)
