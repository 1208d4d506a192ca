from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import Room as RoomRow


class Room(NamedTuple):
    id: UUID
    name: str


def list_rooms() -> list[Room]:
    """The rooms in use, by name."""
    query = select(RoomRow.id, RoomRow.name).where(RoomRow.tenant_id == current_tenant(), RoomRow.is_active)
    with reading() as connection:
        return [Room(*row) for row in connection.execute(query.order_by(RoomRow.name, RoomRow.id))]
