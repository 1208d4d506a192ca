from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import Created, TenantRow, of_tenant, refers, unique


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


class DeskEvent(TenantRow, Base):
    """What happened to what is no appointment: a patient's details, or a specialist's time. Rows are only ever added.

    They say what changed and not what it said: events are kept for ever, what is said of people is not.
    """

    __tablename__ = "desk_events"
    __table_args__ = (
        CheckConstraint("(patient_id IS NULL) <> (specialist_id IS NULL)", name="desk_event_about_one"),
        refers("desk_events", "patient_id", "patients"),
        refers("desk_events", "specialist_id", "specialists"),
        Index("idx_desk_events_patient", "tenant_id", "patient_id", postgresql_where=text("patient_id IS NOT NULL")),
        Index(
            "idx_desk_events_specialist",
            "tenant_id",
            "specialist_id",
            "created_at",
            postgresql_where=text("specialist_id IS NOT NULL"),
        ),
    )

    patient_id: Mapped[UUID | None]
    specialist_id: Mapped[UUID | None]
    event_type: Mapped[str]
    actor: Mapped[str] = mapped_column(server_default=text("''"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    created_at: Mapped[Created] = mapped_column(server_default=func.clock_timestamp())


class SettingEvent(TenantRow, Base):
    """Who changed which setting of the clinic: ``changes`` lists name, from and to. Rows are only ever added."""

    __tablename__ = "setting_events"
    __table_args__ = (
        of_tenant("setting_events"),
        CheckConstraint("subject IN ('CLINIC', 'HOURS', 'QUESTION', 'LETTER', 'TYPE')", name="setting_event_subject"),
        Index("idx_setting_events_time", "tenant_id", "created_at"),
    )

    subject: Mapped[str]
    about: Mapped[str] = mapped_column(server_default=text("''"))  # whose hours, which question, which letter
    actor: Mapped[str] = mapped_column(server_default=text("''"))
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
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
