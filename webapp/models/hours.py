from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import Created, TenantRow, of_tenant, refers


class OpeningHours(TenantRow, Base):
    """A weekly interval of wall-clock time; without a specialist it is the clinic's own chair.

    ``closes`` 00:00 is the end of the day. ``weekday`` counts from Monday = 0.
    """

    __tablename__ = "opening_hours"
    __table_args__ = (
        of_tenant("opening_hours"),
        refers("opening_hours", "specialist_id", "specialists"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="hours_weekday"),
        CheckConstraint(
            "(opens < closes OR closes = '00:00'::time) AND opens < '24:00'::time AND closes < '24:00'::time",
            name="hours_open_before_close",
        ),
        CheckConstraint("slot_minutes BETWEEN 1 AND 1439", name="hours_slot_minutes"),
        CheckConstraint("capacity BETWEEN 1 AND 100000", name="hours_capacity"),
        CheckConstraint("valid_until >= valid_from", name="hours_validity"),
        Index("idx_opening_hours_specialist", "tenant_id", "specialist_id", "weekday"),
    )

    specialist_id: Mapped[UUID | None]
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]
    slot_minutes: Mapped[int]
    capacity: Mapped[int] = mapped_column(server_default=text("1"))
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    created_at: Mapped[Created]


class Closure(TenantRow, Base):
    """A dated closure of one specialist, or of the whole clinic when it names none."""

    __tablename__ = "closures"
    __table_args__ = (
        of_tenant("closures"),
        refers("closures", "specialist_id", "specialists"),
        CheckConstraint("start_time < end_time", name="closure_time_range"),
        Index("idx_closures_time", "tenant_id", "start_time"),
    )

    specialist_id: Mapped[UUID | None]
    start_time: Mapped[datetime]
    end_time: Mapped[datetime]
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[Created]
