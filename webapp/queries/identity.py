"""Who is asking: the user behind a session token, the program behind an API token. Only digests are compared."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import ApiToken, User, UserSession, UserSetting
from webapp.rules.desk_settings import DeskSettings, settings_of


@dataclass(frozen=True, slots=True)
class SignedIn:
    user_id: UUID
    email: str
    full_name: str
    role: str
    locked: bool = False
    idle_seconds: float = 0
    settings: DeskSettings = field(default_factory=DeskSettings)


def _of_session() -> Select[Any]:
    kept = (
        select(func.jsonb_object_agg(UserSetting.key, UserSetting.value))
        .where(UserSetting.tenant_id == User.tenant_id, UserSetting.user_id == User.id)
        .scalar_subquery()
        .label("settings")
    )
    locked = UserSession.locked_at.is_not(None).label("locked")
    idle = func.extract("epoch", func.clock_timestamp() - UserSession.last_seen_at).label("idle")
    return (
        select(User.id, User.email, User.full_name, User.role, locked, idle, kept)
        .join(UserSession, (UserSession.tenant_id == User.tenant_id) & (UserSession.user_id == User.id))
        .where(UserSession.tenant_id == bindparam("tenant"), UserSession.token_hash == bindparam("token"))
        .where(UserSession.expires_at > func.clock_timestamp(), User.is_active)
    )


_OF_SESSION = _of_session()  # built once: every page of the desk asks for it


def user_of_session(token_hash: bytes) -> SignedIn | None:
    """Whose session this is, with what they set for the desk: one round trip for every page."""
    with reading() as connection:
        row = connection.execute(_OF_SESSION, {"tenant": current_tenant(), "token": token_hash}).first()
    if row is None:
        return None
    return SignedIn(
        row.id, row.email, row.full_name, row.role, row.locked, float(row.idle), settings_of(row.settings or {})
    )


@dataclass(frozen=True, slots=True)
class KeptForm:
    """What was sent to a locked session: where to, and what, without the form's token."""

    path: str
    fields: list[tuple[str, str]]


def kept_form(token_hash: bytes) -> KeptForm | None:
    """What waits for the person of a session; nothing while that is locked."""
    query = select(UserSession.kept_form).where(
        UserSession.tenant_id == current_tenant(), UserSession.token_hash == token_hash, UserSession.locked_at.is_(None)
    )
    with reading() as connection:
        kept = connection.execute(query).scalar_one_or_none()
    return KeptForm(kept["path"], [(name, value) for name, value in kept["fields"]]) if kept else None


@dataclass(frozen=True, slots=True)
class Colleague:
    user_id: UUID
    email: str
    full_name: str


def colleagues(user_ids: Sequence[UUID]) -> list[Colleague]:
    """Those of these users who still may sign in at the current clinic, by name."""
    query = (
        select(User.id, User.email, User.full_name)
        .where(User.tenant_id == current_tenant(), User.id.in_(user_ids), User.is_active)
        .order_by(User.full_name, User.id)
    )
    with reading() as connection:
        return [Colleague(*row) for row in connection.execute(query)]


def may_squeeze_in(user_id: UUID) -> bool:
    """May this user put an urgent visit where the time is full?"""
    query = select(User.may_squeeze_in).where(User.tenant_id == current_tenant(), User.id == user_id, User.is_active)
    with reading() as connection:
        return bool(connection.execute(query).scalar_one_or_none())


@dataclass(frozen=True, slots=True)
class Program:
    token_id: UUID
    scopes: frozenset[str]


# Built once: every request with a token asks for it.
_OF_TOKEN = select(ApiToken.id, ApiToken.scopes).where(
    ApiToken.tenant_id == bindparam("tenant"),
    ApiToken.token_hash == bindparam("token"),
    ApiToken.revoked_at.is_(None),
)


def program_of_token(token_hash: bytes) -> Program | None:
    with reading() as connection:
        row = connection.execute(_OF_TOKEN, {"tenant": current_tenant(), "token": token_hash}).first()
    return Program(row.id, frozenset(row.scopes)) if row else None
