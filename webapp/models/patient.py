from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import Created, TenantRow, of_tenant, refers, unique


class Patient(TenantRow, Base):
    __tablename__ = "patients"
    __table_args__ = (
        of_tenant("patients"),
        refers("patients", "user_id", "users"),
        unique("unique_patient_reference", "reference"),
        CheckConstraint("length(btrim(full_name)) > 0", name="patient_has_name"),
        Index("idx_patients_name_terms", text("name_terms(tenant_id, search_name)"), postgresql_using="gin"),
        Index(
            "idx_patients_birth",
            "tenant_id",
            "date_of_birth",
            postgresql_where=text("date_of_birth IS NOT NULL"),
        ),
        Index(
            "idx_patients_phone",
            "tenant_id",
            text("phone_tail(phone) text_pattern_ops"),
            postgresql_where=text("phone IS NOT NULL"),
        ),
        Index(
            "idx_patients_email",
            "tenant_id",
            text('lower(email COLLATE "C")'),
            postgresql_where=text("email IS NOT NULL"),
        ),
    )

    full_name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]  # E.164 where it could be read as a number
    contact: Mapped[str | None]  # as an API caller gave it
    date_of_birth: Mapped[date | None]
    reference: Mapped[str | None]
    notes: Mapped[str | None]
    last_claim_at: Mapped[datetime | None]  # changes with every claim, so that two at once cannot both look first
    user_id: Mapped[UUID | None]
    created_at: Mapped[Created]
    locale: Mapped[str | None]  # of the page on which the patient last booked
    reminders_opt_out_at: Mapped[datetime | None]
    search_name: Mapped[str] = mapped_column(Computed("fold_name(full_name)", persisted=True), nullable=True)
    version: Mapped[int] = mapped_column(server_default=text("1"))
