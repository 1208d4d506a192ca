from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Integer, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import Created, TenantRow, of_tenant, refers, unique


class WaitlistEntry(TenantRow, Base):
    """Somebody who would come sooner. No ``specialist_ids``: any; days and parts of the day by the clinic's clocks.

    ``weekdays`` count from Monday = 0. Whoever joined ``online`` did so without the desk.
    """

    __tablename__ = "waitlist_entries"
    __table_args__ = (
        refers("waitlist_entries", "patient_id", "patients"),
        refers("waitlist_entries", "appointment_type_id", "appointment_types"),
        CheckConstraint("first_day <= last_day", name="waitlist_days"),
        CheckConstraint(
            "cardinality(parts) > 0 AND parts <@ ARRAY['morning','afternoon','evening']::text[]", name="waitlist_parts"
        ),
        CheckConstraint("cardinality(weekdays) > 0 AND weekdays <@ ARRAY[0,1,2,3,4,5,6]", name="waitlist_weekdays"),
        CheckConstraint("status IN ('WAITING', 'OFFERED', 'BOOKED', 'CANCELLED', 'ENDED')", name="waitlist_status"),
        Index(
            "idx_waitlist_entries_waiting",
            "tenant_id",
            "created_at",
            postgresql_where=text("status IN ('WAITING', 'OFFERED')"),
        ),
        Index("idx_waitlist_entries_patient", "tenant_id", "patient_id"),
    )

    patient_id: Mapped[UUID]
    appointment_type_id: Mapped[UUID]
    specialist_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    parts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{morning,afternoon,evening}'"))
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{0,1,2,3,4,5,6}'"))
    online: Mapped[bool] = mapped_column(server_default=text("false"))
    note: Mapped[str] = mapped_column(server_default=text("''"))
    status: Mapped[str] = mapped_column(server_default=text("'WAITING'"))
    created_at: Mapped[Created]


class WaitlistOffer(TenantRow, Base):
    """A time held for one who waits: ``appointment_id`` is the hold, and once accepted the appointment."""

    __tablename__ = "waitlist_offers"
    __table_args__ = (
        refers("waitlist_offers", "entry_id", "waitlist_entries"),
        refers("waitlist_offers", "appointment_id", "appointments"),
        unique("unique_offered_hold", "appointment_id"),
        CheckConstraint("status IN ('OPEN', 'ACCEPTED', 'DECLINED', 'EXPIRED')", name="waitlist_offer_status"),
        Index("unique_open_offer", "tenant_id", "entry_id", unique=True, postgresql_where=text("status = 'OPEN'")),
    )

    entry_id: Mapped[UUID]
    appointment_id: Mapped[UUID]
    start_time: Mapped[datetime]
    status: Mapped[str] = mapped_column(server_default=text("'OPEN'"))
    created_at: Mapped[Created]


class WaitlistLook(Base):
    """Until when a clinic's book has been looked through for times that came free."""

    __tablename__ = "waitlist_looks"
    __table_args__ = (of_tenant("waitlist_looks"),)

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    looked_at: Mapped[datetime]
