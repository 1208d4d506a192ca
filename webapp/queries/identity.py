"""Who is asking: the user behind a session token, the program behind an API token. Only digests are compared."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import ApiToken, User, UserSession


@dataclass(frozen=True, slots=True)
class SignedIn:
    user_id: UUID
    email: str
    full_name: str
    role: str


def user_of_session(token_hash: bytes) -> SignedIn | None:
    query = (
        select(User.id, User.email, User.full_name, User.role)
        .join(UserSession, (UserSession.tenant_id == User.tenant_id) & (UserSession.user_id == User.id))
        .where(UserSession.tenant_id == current_tenant(), UserSession.token_hash == token_hash)
        .where(UserSession.expires_at > func.clock_timestamp(), User.is_active)
    )
    with reading() as connection:
        row = connection.execute(query).first()
    return SignedIn(*row) if row else None


@dataclass(frozen=True, slots=True)
class Program:
    token_id: UUID
    scopes: frozenset[str]


def program_of_token(token_hash: bytes) -> Program | None:
    query = select(ApiToken.id, ApiToken.scopes).where(
        ApiToken.tenant_id == current_tenant(), ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None)
    )
    with reading() as connection:
        row = connection.execute(query).first()
    return Program(row.id, frozenset(row.scopes)) if row else None
