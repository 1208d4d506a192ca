from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import Created, TenantRow, of_tenant


class Specialist(TenantRow, Base):
    """Who sees patients: FHIR's Practitioner, the clinic API's doctor."""

    __tablename__ = "specialists"
    __table_args__ = (
        of_tenant("specialists"),
        CheckConstraint("length(btrim(full_name)) > 0", name="specialist_has_name"),
    )

    full_name: Mapped[str]
    service_type: Mapped[str] = mapped_column(server_default=text("''"))
    colour: Mapped[int] = mapped_column(server_default=text("0"))  # index into the palette of the style sheet
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[Created]
