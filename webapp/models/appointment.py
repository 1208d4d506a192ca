from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Enum, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import IN_CALENDAR, Created, TenantRow, of_tenant, refers


class AppointmentStatus(StrEnum):
    HOLD = "HOLD"
    CONFIRMED = "CONFIRMED"
    ARRIVED = "ARRIVED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    NO_SHOW = "NO_SHOW"
    EXPIRED = "EXPIRED"


class AppointmentPriority(StrEnum):
    NORMAL = "NORMAL"
    VIP = "VIP"
    URGENT = "URGENT"


#: The statuses that occupy their time.
LIVE = (
    AppointmentStatus.HOLD,
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.COMPLETED,
)

_LIVE = "status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED')"
_NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"

# Half-open from buffer to buffer; a row without an end is the closed instant of its start.
BUSY = (
    "(CASE WHEN coalesce(busy_until, end_time) IS NULL"
    " THEN tstzrange(coalesce(busy_from, start_time), start_time, '[]')"
    " ELSE tstzrange(coalesce(busy_from, start_time), coalesce(busy_until, end_time), '[)') END)"
)
# A group seat occupies itself; any other appointment occupies the specialist whole, whatever its seat says. Seat 0 is
# the one overflow seat beside them, for an urgent visit that is squeezed in.
SEATS = (
    "(CASE WHEN seat = 0 THEN int4range(0, 0, '[]')"
    " WHEN slot_capacity > 1 THEN int4range(seat, seat, '[]') ELSE int4range(1, NULL) END)"
)
# coalesce: a check that comes to NULL would let the row pass.
SQUEEZED_IN = (
    "(seat = 0 AND priority = 'URGENT'::appointment_priority"
    " AND coalesce(length(btrim(squeeze_reason)), 0) > 0 AND time_slot_id IS NOT NULL)"
)


class Appointment(TenantRow, Base):
    """A seat taken at a time. Without a specialist it is the clinic's own single chair."""

    __tablename__ = "appointments"
    __table_args__ = (
        # Made first, so that it is the one reported when both it and the exclusion would refuse.
        Index(
            "unique_tenant_slot",
            "tenant_id",
            "specialist_id",
            "start_time",
            "seat",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text(_LIVE),
        ),
        Index(
            "unique_tenant_idempotency",
            "tenant_id",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        Index(
            "unique_patient_start",
            "tenant_id",
            "patient_id",
            "start_time",
            unique=True,
            postgresql_where=text(_LIVE),
        ),
        ExcludeConstraint(
            ("tenant_id", "="),
            (text(f"coalesce(specialist_id, {_NOBODY})"), "="),
            (text(SEATS), "&&"),
            (text(BUSY), "&&"),
            using="gist",
            where=text(_LIVE),
            name="appointments_no_overlap",
        ),
        ExcludeConstraint(
            ("tenant_id", "="),
            ("room_id", "="),
            (text("coalesce(time_slot_id, id)"), "<>"),  # the seats of one group share its room
            (text(BUSY), "&&"),
            using="gist",
            where=text(f"{_LIVE} AND room_id IS NOT NULL"),
            name="rooms_no_overlap",
        ),
        CheckConstraint(
            f"NOT ({_LIVE}) OR seat BETWEEN 1 AND coalesce(slot_capacity, 1) OR {SQUEEZED_IN}",
            name="within_capacity",
        ),
        CheckConstraint(
            f"NOT ({_LIVE}) OR (time_slot_id IS NULL) = (specialist_id IS NULL)",
            name="live_specialist_has_slot",
        ),
        CheckConstraint("(time_slot_id IS NULL) = (slot_capacity IS NULL)", name="slot_with_capacity"),
        CheckConstraint("(status = 'HOLD'::appointment_status) = (expires_at IS NOT NULL)", name="hold_expires"),
        CheckConstraint("start_time < end_time", name="appointment_time_range"),
        CheckConstraint(
            "busy_from <= start_time AND busy_until >= coalesce(end_time, start_time)", name="appointment_buffers"
        ),
        CheckConstraint(
            "coalesce(busy_until, end_time, start_time) - coalesce(busy_from, start_time) < '1 day'::interval",
            name="appointment_within_a_day",
        ),
        CheckConstraint("time_slot_id IS NULL OR end_time IS NOT NULL", name="slot_visit_ends"),
        CheckConstraint(IN_CALENDAR, name="appointment_in_calendar"),
        CheckConstraint("length(idempotency_key) BETWEEN 1 AND 255", name="idempotency_key_length"),
        of_tenant("appointments"),
        refers("appointments", "patient_id", "patients"),
        refers("appointments", "specialist_id", "specialists"),
        refers("appointments", "room_id", "rooms"),
        refers("appointments", "appointment_type_id", "appointment_types"),
        refers("appointments", "created_by", "users"),
        ForeignKeyConstraint(
            ["tenant_id", "time_slot_id", "specialist_id", "start_time", "slot_capacity"],
            [
                "time_slots.tenant_id",
                "time_slots.id",
                "time_slots.specialist_id",
                "time_slots.start_time",
                "time_slots.capacity",
            ],
            name="appointment_fits_slot",
            deferrable=True,
        ),
        ForeignKeyConstraint(
            ["tenant_id", "time_slot_id", "group_end_time"],
            ["time_slots.tenant_id", "time_slots.id", "time_slots.end_time"],
            name="group_seat_fits_slot",
            deferrable=True,
        ),
        Index("idx_appointments_day", "tenant_id", "start_time"),
        Index("idx_appointments_receipt", "tenant_id", text("receipt_of(id)")),
        Index(
            "idx_appointments_missed",
            "tenant_id",
            "patient_id",
            "start_time",
            postgresql_where=text("status IN ('CANCELLED', 'NO_SHOW')"),
        ),
        ForeignKeyConstraint(
            ["tenant_id", "terms_version"], ["terms.tenant_id", "terms.version"], name="fk_appointments_terms"
        ),
        Index("idx_appointments_slot", "tenant_id", "time_slot_id", postgresql_where=text("time_slot_id IS NOT NULL")),
        Index(
            "idx_appointments_overdue",
            "tenant_id",
            "expires_at",
            postgresql_where=text("status = 'HOLD'"),
        ),
        Index(
            "idx_appointments_series",
            "tenant_id",
            "series_id",
            postgresql_where=text("series_id IS NOT NULL"),
        ),
        Index(
            "idx_appointments_party",
            "tenant_id",
            "party_id",
            postgresql_where=text("party_id IS NOT NULL"),
        ),
    )

    patient_id: Mapped[UUID | None]
    specialist_id: Mapped[UUID | None]
    time_slot_id: Mapped[UUID | None]
    slot_capacity: Mapped[int | None]
    room_id: Mapped[UUID | None]
    appointment_type_id: Mapped[UUID | None]
    start_time: Mapped[datetime]
    end_time: Mapped[datetime | None]
    busy_from: Mapped[datetime | None]
    busy_until: Mapped[datetime | None]
    group_end_time: Mapped[datetime | None] = mapped_column(
        Computed("CASE WHEN slot_capacity > 1 THEN end_time END", persisted=True)
    )
    seat: Mapped[int] = mapped_column(server_default=text("1"))
    status: Mapped[AppointmentStatus] = mapped_column(
        Enum(AppointmentStatus, name="appointment_status"), server_default=text("'CONFIRMED'")
    )
    priority: Mapped[AppointmentPriority] = mapped_column(
        Enum(AppointmentPriority, name="appointment_priority"), server_default=text("'NORMAL'")
    )
    expires_at: Mapped[datetime | None]
    extensions: Mapped[int] = mapped_column(server_default=text("0"))
    idempotency_key: Mapped[str | None]
    fingerprint: Mapped[str | None]  # SHA-256 of the request the key came with
    source: Mapped[str] = mapped_column(server_default=text("'SQL'"))
    note: Mapped[str | None]
    squeeze_reason: Mapped[str | None]  # why it was squeezed in; kept when it moves to a time of its own
    series_id: Mapped[UUID | None]  # the same for visits that were planned together
    party_id: Mapped[UUID | None]  # the same for visits that a patient booked together
    terms_version: Mapped[int | None]  # what the patient accepted when they booked
    created_at: Mapped[Created]
    created_by: Mapped[UUID | None]
    updated_at: Mapped[Created]
    version: Mapped[int] = mapped_column(server_default=text("1"))
