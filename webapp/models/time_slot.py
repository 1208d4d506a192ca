from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Enum, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import IN_CALENDAR, Created, TenantRow, refers


class TimeSlotStatus(StrEnum):
    AVAILABLE = "AVAILABLE"
    HOLD = "HOLD"
    BOOKED = "BOOKED"


class TimeSlot(TenantRow, Base):
    """A bookable time of one specialist: open while AVAILABLE, or HOLD with ``held_until`` in the past."""

    __tablename__ = "time_slots"
    __table_args__ = (
        refers("time_slots", "specialist_id", "specialists"),
        CheckConstraint("start_time < end_time", name="chk_time_range"),
        CheckConstraint("end_time - start_time < '1 day'::interval", name="slot_within_a_day"),
        CheckConstraint(IN_CALENDAR, name="slot_in_calendar"),
        CheckConstraint("capacity BETWEEN 1 AND 100000", name="slot_capacity_range"),
        CheckConstraint("(status = 'HOLD'::timeslot_status) = (held_until IS NOT NULL)", name="slot_hold_ends"),
        # What an appointment repeats of its slot, so that the foreign key keeps the two equal.
        UniqueConstraint(
            "tenant_id", "id", "specialist_id", "start_time", "capacity", name="time_slots_repeated_by_appointment"
        ),
        UniqueConstraint("tenant_id", "id", "end_time", name="time_slots_end_of_group"),
        ExcludeConstraint(
            ("tenant_id", "="),
            ("specialist_id", "="),
            (text("tstzrange(start_time, end_time)"), "&&"),
            using="gist",
            name="time_slots_no_overlap",
        ),
        Index("idx_time_slots_specialist_time", "tenant_id", "specialist_id", "start_time", "end_time"),
        Index("idx_time_slots_time", "tenant_id", "start_time"),
        Index("idx_time_slots_created", "tenant_id", "created_at"),
        {"postgresql_with": {"fillfactor": "80"}},  # room for the in-place update that each booking makes
    )

    specialist_id: Mapped[UUID]
    start_time: Mapped[datetime]
    end_time: Mapped[datetime]
    capacity: Mapped[int] = mapped_column(server_default=text("1"))
    status: Mapped[TimeSlotStatus] = mapped_column(
        Enum(TimeSlotStatus, name="timeslot_status"), server_default=text("'AVAILABLE'")
    )
    held_until: Mapped[datetime | None]
    last_seat: Mapped[int] = mapped_column(server_default=text("0"))  # the highest seat claimed: where to look next
    # Made by the plan of weekly hours, which may take it away again; what was made or changed by hand, it leaves alone.
    from_hours: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[Created]
