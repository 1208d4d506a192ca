from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import TenantRow, refers


class Message(TenantRow, Base):
    """What a patient is told of an appointment: outbox and delivery log in one.

    ``due_at`` is when to try next; while it is being sent, when whoever sends it is given up. ``version`` and
    ``start_time`` are the appointment's when this was written; the words are read at the moment of sending.
    """

    __tablename__ = "messages"
    __table_args__ = (
        refers("messages", "appointment_id", "appointments"),
        CheckConstraint("kind IN ('CONFIRMATION', 'CHANGE', 'CANCELLATION', 'REMINDER', 'OFFER')", name="message_kind"),
        CheckConstraint("channel IN ('EMAIL', 'SMS')", name="message_channel"),
        CheckConstraint("status IN ('QUEUED', 'SENDING', 'SENT', 'SKIPPED', 'FAILED')", name="message_status"),
        CheckConstraint("(status = 'SENT') = (sent_at IS NOT NULL)", name="message_sent"),
        Index("idx_messages_due", "tenant_id", "due_at", postgresql_where=text("status IN ('QUEUED', 'SENDING')")),
        Index("idx_messages_appointment", "tenant_id", "appointment_id"),
        Index("idx_messages_log", "tenant_id", "created_at"),
        Index(
            "unique_reminder",
            "tenant_id",
            "appointment_id",
            "start_time",
            "hours_before",
            unique=True,
            postgresql_where=text("hours_before IS NOT NULL"),
        ),
    )

    appointment_id: Mapped[UUID]
    kind: Mapped[str]
    channel: Mapped[str]
    version: Mapped[int]
    start_time: Mapped[datetime]
    hours_before: Mapped[int | None]  # of a reminder that the clock sends
    status: Mapped[str] = mapped_column(server_default=text("'QUEUED'"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    due_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    error: Mapped[str | None]  # a short code, nothing of the patient
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
