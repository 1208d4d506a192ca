from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base


class RateLimit(Base):
    """A counter of tries in a window; the key is a digest and belongs to no clinic."""

    __tablename__ = "rate_limits"

    key: Mapped[str] = mapped_column(primary_key=True)
    hits: Mapped[int]
    expires_at: Mapped[datetime]
