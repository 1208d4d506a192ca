from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import Created, TenantRow, refers, unique


class SickDay(TenantRow, Base):
    """A specialist is away between two instants: OPEN while times are proposed, then CLOSED or BACKED_OUT."""

    __tablename__ = "sick_days"
    __table_args__ = (
        refers("sick_days", "specialist_id", "specialists"),
        CheckConstraint("start_time < end_time", name="sick_day_time_range"),
        CheckConstraint("status IN ('OPEN', 'CLOSED', 'BACKED_OUT')", name="sick_day_status"),
    )

    specialist_id: Mapped[UUID]
    start_time: Mapped[datetime]
    end_time: Mapped[datetime]
    reason: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'OPEN'"))
    created_at: Mapped[Created]


class SickDayMove(Base):
    """What becomes of one appointment of a sick day: ``hold_id`` is the time proposed instead, None for a call."""

    __tablename__ = "sick_day_moves"
    __table_args__ = (
        refers("sick_day_moves", "sick_day_id", "sick_days"),
        refers("sick_day_moves", "appointment_id", "appointments"),
        refers("sick_day_moves", "hold_id", "appointments"),
        unique("unique_sick_day_hold", "hold_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    sick_day_id: Mapped[UUID] = mapped_column(primary_key=True)
    appointment_id: Mapped[UUID] = mapped_column(primary_key=True)
    was_start: Mapped[datetime]
    hold_id: Mapped[UUID | None]
    moved: Mapped[bool] = mapped_column(server_default=text("false"))
    told_at: Mapped[datetime | None]
