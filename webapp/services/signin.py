"""Signing in: argon2id passwords, and one random token a browser of which the database holds only the digest."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, Forbidden, InvalidInput
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import User, UserRole, UserSession

SESSION_HOURS = 12
MIN_PASSWORD = 12

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Verified for unknown users, so that they take as long to refuse as known ones.
_NOBODY = _hasher.hash(secrets.token_hex(16))

WRONG_PASSWORD = N_("The password is not right.")
REFUSED = N_("The e-mail address or the password is not right.")


def token_digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def sign_in(*, email: str, password: str) -> str:
    """Check a password and open a session of 12 hours; its secret token. Raises Forbidden, one sentence for all."""
    user_id, password_hash = _credentials(email=email)
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except VerificationError:
        raise Forbidden(REFUSED) from None
    if user_id is None:
        raise Forbidden(REFUSED)
    return _open_session(user_id=user_id)


def open_locked_session(*, user_id: UUID) -> str:
    """A session that opens nothing until its person gives the password; its secret token."""
    token = _open_session(user_id=user_id)
    lock_session(token=token)
    return token


@transactional
def _credentials(session: Session, *, email: str) -> tuple[UUID | None, str | None]:
    query = select(User.id, User.password_hash).where(
        User.tenant_id == current_tenant(), func.lower(User.email) == email.strip().lower(), User.is_active
    )
    row = session.execute(query).first()
    return (row.id, row.password_hash) if row else (None, None)


@transactional
def _open_session(session: Session, *, user_id: UUID) -> str:
    token = secrets.token_urlsafe(32)
    now = _now(session)
    session.execute(delete(UserSession).where(UserSession.tenant_id == current_tenant(), UserSession.expires_at <= now))
    session.execute(
        insert(UserSession).values(
            tenant_id=current_tenant(),
            id=new_id(),
            user_id=user_id,
            token_hash=token_digest(token),
            expires_at=now + timedelta(hours=SESSION_HOURS),
        )
    )
    return token


@transactional
def note_use(session: Session, *, token: str) -> None:
    """Somebody did something with this session just now."""
    session.execute(update(UserSession).where(_is(token)).values(last_seen_at=_now(session)))


@transactional
def lock_session(session: Session, *, token: str) -> None:
    """From now on this session opens nothing until its person gives the password again."""
    locked = {"locked_at": _now(session), "kept_form": None}
    session.execute(update(UserSession).where(_is(token), UserSession.locked_at.is_(None)).values(**locked))


@transactional
def keep_form(session: Session, *, token: str, path: str, fields: Sequence[tuple[str, str]]) -> None:
    """Keep what was sent to a locked session for its person; the latest only."""
    kept = {"path": path, "fields": [list(field) for field in fields]}
    locked = update(UserSession).where(_is(token), UserSession.locked_at.is_not(None))
    session.execute(locked.values(kept_form=kept))


@transactional
def drop_form(session: Session, *, token: str) -> None:
    """Forget what was kept. Again: nothing happens."""
    session.execute(update(UserSession).where(_is(token)).values(kept_form=None))


def unlock_session(*, token: str, password: str) -> None:
    """Go on with a locked session. Raises Forbidden for a password that is not this person's."""
    password_hash = _password_behind(token=token)
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except VerificationError:
        raise Forbidden(WRONG_PASSWORD, field="password") from None
    if password_hash is None:
        raise Forbidden(WRONG_PASSWORD, field="password")
    _unlock(token=token)


@transactional
def _password_behind(session: Session, *, token: str) -> str | None:
    query = (
        select(User.password_hash)
        .join(UserSession, (UserSession.tenant_id == User.tenant_id) & (UserSession.user_id == User.id))
        .where(_is(token), UserSession.expires_at > func.clock_timestamp(), User.is_active)
    )
    return session.execute(query).scalar_one_or_none()


@transactional
def _unlock(session: Session, *, token: str) -> None:
    session.execute(update(UserSession).where(_is(token)).values(locked_at=None, last_seen_at=_now(session)))


def _is(token: str) -> ColumnElement[bool]:
    return (UserSession.tenant_id == current_tenant()) & (UserSession.token_hash == token_digest(token))


def _now(session: Session) -> datetime:
    # Asked for beforehand: a distributed database refuses a volatile function inside an UPDATE.
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now


@transactional
def sign_out(session: Session, *, token: str) -> None:
    session.execute(delete(UserSession).where(_is(token)))


@transactional
def add_user(session: Session, *, email: str, full_name: str, password: str, role: str) -> UUID:
    """Add somebody who signs in. Raises InvalidInput for a short password, Conflict for a known address."""
    if len(password) < MIN_PASSWORD:
        raise InvalidInput(
            N_("A password needs at least %(length)s characters."), field="password", length=MIN_PASSWORD
        )
    user_id = new_id()
    session.execute(
        insert(User).values(
            tenant_id=current_tenant(),
            id=user_id,
            email=email.strip(),
            full_name=full_name,
            password_hash=_hasher.hash(password),
            role=UserRole(role),
        )
    )
    return user_id
