from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import Created, of_tenant


class Terms(Base):
    """One wording that patients were asked to accept. The current one stands on the clinic's own row too."""

    __tablename__ = "terms"
    __table_args__ = (of_tenant("terms"),)

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    words: Mapped[str]
    link: Mapped[str]
    created_at: Mapped[Created]
