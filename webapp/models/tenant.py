from datetime import datetime, time

from sqlalchemy import ARRAY, CheckConstraint, Integer, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base


class Tenant(Base):
    """A clinic. Every row here can be read by every clinic: public facts only."""

    __tablename__ = "tenants"
    __table_args__ = (
        CheckConstraint("length(id) BETWEEN 1 AND 255", name="tenant_id_length"),
        CheckConstraint("hold_seconds BETWEEN 1 AND 86400", name="tenant_hold_seconds"),
        CheckConstraint("offer_seconds BETWEEN 1 AND 604800", name="tenant_offer_seconds"),
        CheckConstraint(
            "notice_minutes >= 0 AND horizon_days BETWEEN 1 AND 3660 AND cancel_cutoff_minutes >= 0",
            name="tenant_booking_rules",
        ),
        CheckConstraint("move_cutoff_minutes >= 0", name="tenant_move_cutoff"),
        CheckConstraint("bookings_a_person BETWEEN 1 AND 100", name="tenant_bookings_a_person"),
        CheckConstraint(
            "required_fields <@ ARRAY['email','phone','date_of_birth']::text[]", name="tenant_required_fields"
        ),
        CheckConstraint("length(terms) <= 2000 AND (terms = '') = (terms_version IS NULL)", name="tenant_terms"),
        CheckConstraint(
            "terms_link = '' OR length(terms_link) <= 500 AND terms <> '' AND terms_link ~ '^https?://[^[:space:]]+$'",
            name="tenant_terms_link",
        ),
        CheckConstraint("length(closed_message) <= 1000", name="tenant_closed_message"),
        CheckConstraint(
            "cardinality(embed_origins) <= 20 AND array_position(embed_origins, NULL) IS NULL"
            " AND array_to_string(embed_origins, ' ') ~ '^(https?://[a-z0-9.-]+(:[0-9]{1,5})?( |$))*$'",
            name="tenant_embed_origins",
        ),
        CheckConstraint(
            "cardinality(reminder_hours) <= 5 AND 0 < ALL (reminder_hours) AND 720 >= ALL (reminder_hours)",
            name="tenant_reminders",
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    timezone: Mapped[str] = mapped_column(server_default=text("'UTC'"))
    locale: Mapped[str] = mapped_column(server_default=text("'en'"))
    phone: Mapped[str | None]
    address: Mapped[str | None]
    hold_seconds: Mapped[int] = mapped_column(server_default=text("300"))
    offer_seconds: Mapped[int] = mapped_column(server_default=text("1800"))  # of an offer
    # Freed times go to the waiting list unasked, to those whom a message reaches.
    offers_by_itself: Mapped[bool] = mapped_column(server_default=text("true"))
    notice_minutes: Mapped[int] = mapped_column(server_default=text("0"))
    horizon_days: Mapped[int] = mapped_column(server_default=text("56"))
    cancel_cutoff_minutes: Mapped[int] = mapped_column(server_default=text("0"))
    move_cutoff_minutes: Mapped[int] = mapped_column(server_default=text("0"))
    bookings_a_person: Mapped[int | None]  # to come at a time, of those that patients book themselves; None: any number
    required_fields: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    terms: Mapped[str] = mapped_column(server_default=text("''"))  # to be accepted; empty: none
    terms_link: Mapped[str] = mapped_column(server_default=text("''"))
    terms_version: Mapped[int | None]
    closed_message: Mapped[str] = mapped_column(server_default=text("''"))  # shown while public_booking is off
    public_booking: Mapped[bool] = mapped_column(server_default=text("true"))
    embed_origins: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    reminder_hours: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{48}'"))
    # By the clinic's clock: in between, reminders wait; the same time twice means never.
    quiet_from: Mapped[time] = mapped_column(server_default=text("'20:00'"))
    quiet_until: Mapped[time] = mapped_column(server_default=text("'08:00'"))
    proof_of_work: Mapped[bool] = mapped_column(server_default=text("false"))  # asked of browsers before they book
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
