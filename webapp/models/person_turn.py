from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import of_tenant


class PersonTurn(Base):
    """A row to change before a person's bookings are counted, so that two at once cannot both count first."""

    __tablename__ = "person_turns"
    __table_args__ = (of_tenant("person_turns"),)

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    taken_at: Mapped[datetime]
