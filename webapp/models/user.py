from enum import StrEnum

from sqlalchemy import Enum, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import Created, TenantRow, of_tenant


class UserRole(StrEnum):
    CLIENT = "CLIENT"
    OPERATOR = "OPERATOR"
    ADMIN = "ADMIN"


class User(TenantRow, Base):
    """Somebody who signs in: a receptionist is an OPERATOR."""

    __tablename__ = "users"
    __table_args__ = (
        of_tenant("users"),
        Index("unique_tenant_email", "tenant_id", text("lower(email)"), unique=True),
    )

    email: Mapped[str]
    full_name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[UserRole] = mapped_column(Enum(UserRole, name="user_role"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    may_squeeze_in: Mapped[bool] = mapped_column(server_default=text("true"))  # an urgent visit where time is full
    created_at: Mapped[Created]
