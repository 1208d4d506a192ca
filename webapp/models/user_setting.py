from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import refers


class UserSetting(Base):
    """One thing a user set for themselves; rules/desk_settings.py knows the keys and what they may hold."""

    __tablename__ = "user_settings"
    __table_args__ = (
        refers("user_settings", "user_id", "users"),
        CheckConstraint("length(key) BETWEEN 1 AND 40", name="user_setting_key"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
