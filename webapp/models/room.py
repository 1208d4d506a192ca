from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import Created, TenantRow, of_tenant, unique


class Room(TenantRow, Base):
    __tablename__ = "rooms"
    __table_args__ = (of_tenant("rooms"), unique("unique_room_name", "name"))

    name: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[Created]
