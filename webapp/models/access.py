from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from webapp.core.database import Base
from webapp.models.columns import Created, TenantRow, of_tenant, refers, unique


class UserSession(TenantRow, Base):
    """One signed-in browser; the cookie holds the token, the row its SHA-256."""

    __tablename__ = "user_sessions"
    __table_args__ = (
        refers("user_sessions", "user_id", "users"),
        unique("unique_session_token", "token_hash"),
    )

    user_id: Mapped[UUID]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    last_seen_at: Mapped[Created]
    locked_at: Mapped[datetime | None]
    kept_form: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))  # sent while it was locked


class ApiToken(TenantRow, Base):
    """A program's key to the API of one clinic; the row holds its SHA-256."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        of_tenant("api_tokens"),
        unique("unique_api_token", "token_hash"),
        CheckConstraint("scopes <@ ARRAY['read','book','admin']::text[]", name="api_token_scopes"),
    )

    name: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{read}'"))
    created_at: Mapped[Created]
    revoked_at: Mapped[datetime | None]
