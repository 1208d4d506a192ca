from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Table, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import Created, TenantRow, of_tenant, refers


class AppointmentType(TenantRow, Base):
    """A kind of visit with its length and buffers, in minutes: FHIR's serviceType."""

    __tablename__ = "appointment_types"
    __table_args__ = (
        of_tenant("appointment_types"),
        refers("appointment_types", "room_id", "rooms"),
        CheckConstraint("minutes BETWEEN 1 AND 1439", name="type_minutes"),
        CheckConstraint("buffer_before BETWEEN 0 AND 240 AND buffer_after BETWEEN 0 AND 240", name="type_buffers"),
        Index("unique_type_link", "tenant_id", "link_id", unique=True),
    )

    name: Mapped[str]
    minutes: Mapped[int]
    buffer_before: Mapped[int] = mapped_column(server_default=text("0"))
    buffer_after: Mapped[int] = mapped_column(server_default=text("0"))
    is_group: Mapped[bool] = mapped_column(server_default=text("false"))  # takes a seat of a group slot, and only there
    is_public: Mapped[bool] = mapped_column(server_default=text("true"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    room_id: Mapped[UUID | None]
    link_id: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))  # opens it where it is not public
    created_at: Mapped[Created]


appointment_type_specialists = Table(
    "appointment_type_specialists",
    Base.metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("appointment_type_id", Uuid, primary_key=True),
    Column("specialist_id", Uuid, primary_key=True),
    ForeignKeyConstraint(
        ["tenant_id", "appointment_type_id"],
        ["appointment_types.tenant_id", "appointment_types.id"],
        name="fk_appointment_type_specialists_appointment_type",
    ),
    ForeignKeyConstraint(
        ["tenant_id", "specialist_id"],
        ["specialists.tenant_id", "specialists.id"],
        name="fk_appointment_type_specialists_specialist",
    ),
    Index("idx_appointment_type_specialists_specialist", "tenant_id", "specialist_id"),
)
