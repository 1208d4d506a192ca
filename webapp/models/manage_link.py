from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import Created, TenantRow, refers, unique


class ManageLink(TenantRow, Base):
    """A secret link to one visit, of which there may be several; the row holds the SHA-256 of its token.

    ``expires_at`` is promised when the link is made; a visit that is moved to later takes its links along.
    """

    __tablename__ = "manage_links"
    __table_args__ = (
        refers("manage_links", "appointment_id", "appointments"),
        unique("unique_manage_token", "token_hash"),
        Index("idx_manage_links_appointment", "tenant_id", "appointment_id"),
        Index("idx_manage_links_expiry", "tenant_id", "expires_at"),
    )

    appointment_id: Mapped[UUID]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
