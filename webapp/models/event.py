from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import Created, TenantRow, refers, unique


class AppointmentEvent(TenantRow, Base):
    """What happened to an appointment, and by whom. Rows are only ever added."""

    __tablename__ = "appointment_events"
    __table_args__ = (
        refers("appointment_events", "appointment_id", "appointments"),
        Index("idx_appointment_events_appointment", "tenant_id", "appointment_id"),
        Index("idx_appointment_events_time", "tenant_id", "created_at"),
    )

    appointment_id: Mapped[UUID]
    event_type: Mapped[str]
    actor: Mapped[str] = mapped_column(server_default=text("''"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    created_at: Mapped[Created] = mapped_column(server_default=func.clock_timestamp())


class EventLink(Base):
    """The hash chain over a clinic's events: each digest covers its event and the digest before it."""

    __tablename__ = "appointment_event_chain"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["appointment_events.tenant_id", "appointment_events.id"],
            name="fk_appointment_event_chain_event",
        ),
        unique("unique_chained_event", "event_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[UUID]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
