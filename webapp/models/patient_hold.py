from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import refers


class PatientHold(Base):
    """What belongs to a hold of the public pages besides its seat; ``answers`` are the names and texts of inputs."""

    __tablename__ = "patient_holds"
    __table_args__ = (
        refers("patient_holds", "appointment_id", "appointments"),
        refers("patient_holds", "specialist_id", "specialists"),
        Index("idx_patient_holds_visitor", "tenant_id", "visitor", "taken_at"),
        Index("idx_patient_holds_address", "tenant_id", "address", "taken_at"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    appointment_id: Mapped[UUID] = mapped_column(primary_key=True)
    visitor: Mapped[str] = mapped_column(server_default=text("''"))  # digests, which say nothing about who it is
    address: Mapped[str] = mapped_column(server_default=text("''"))
    specialist_id: Mapped[UUID | None]  # who was asked for, where it was not all the same
    answers: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    digest: Mapped[str] = mapped_column(server_default=text("''"))  # of the answers; outlives them
    taken_at: Mapped[datetime] = mapped_column(server_default=func.now())
