from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import TenantRow, refers


class Message(TenantRow, Base):
    """What a patient is told of an appointment, or of a place on the waiting list: outbox and delivery log in one.

    ``due_at`` is when to try next; while it is being sent, when whoever sends it is given up. ``version`` and
    ``start_time`` are the appointment's when this was written; the words are read at the moment of sending.
    """

    __tablename__ = "messages"
    __table_args__ = (
        refers("messages", "appointment_id", "appointments"),
        refers("messages", "entry_id", "waitlist_entries"),
        CheckConstraint(
            "kind IN ('CONFIRMATION', 'CHANGE', 'CANCELLATION', 'REMINDER', 'OFFER', 'WAITING')", name="message_kind"
        ),
        CheckConstraint(
            "(kind = 'WAITING') = (entry_id IS NOT NULL) AND (kind = 'WAITING') = (appointment_id IS NULL)"
            " AND (kind = 'WAITING') = (version IS NULL) AND (kind = 'WAITING') = (start_time IS NULL)",
            name="message_about",
        ),
        CheckConstraint("channel IN ('EMAIL', 'SMS')", name="message_channel"),
        CheckConstraint("status IN ('QUEUED', 'SENDING', 'SENT', 'SKIPPED', 'FAILED')", name="message_status"),
        CheckConstraint("(status = 'SENT') = (sent_at IS NOT NULL)", name="message_sent"),
        Index("idx_messages_due", "tenant_id", "due_at", postgresql_where=text("status IN ('QUEUED', 'SENDING')")),
        Index("idx_messages_appointment", "tenant_id", "appointment_id"),
        Index("idx_messages_entry", "tenant_id", "entry_id", postgresql_where=text("entry_id IS NOT NULL")),
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

    appointment_id: Mapped[UUID | None]
    entry_id: Mapped[UUID | None]  # of the waiting list, in its place
    kind: Mapped[str]
    channel: Mapped[str]
    version: Mapped[int | None]
    start_time: Mapped[datetime | None]
    hours_before: Mapped[int | None]  # of a reminder that the clock sends
    status: Mapped[str] = mapped_column(server_default=text("'QUEUED'"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    due_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    error: Mapped[str | None]  # a short code, nothing of the patient
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
