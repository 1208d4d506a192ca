from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, InvalidInput
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import ApiToken

SCOPES = frozenset({"read", "book", "admin"})


@transactional
def keep_token(session: Session, *, name: str, digest: bytes, scopes: Sequence[str]) -> UUID:
    """Keep the SHA-256 of a new token of the current clinic. Raises InvalidInput for an unknown scope."""
    if not set(scopes) <= SCOPES:
        raise InvalidInput(N_("A token's scopes are read, book and admin."), field="scopes")
    token_id = new_id()
    session.execute(
        insert(ApiToken).values(
            tenant_id=current_tenant(), id=token_id, name=name, token_hash=digest, scopes=list(scopes)
        )
    )
    return token_id


@transactional
def revoke_token(session: Session, *, token_id: UUID) -> datetime | None:
    """From now on the token opens nothing; when it was revoked (UTC), or None if there is no such token."""
    revoked = (
        update(ApiToken)
        .where(ApiToken.tenant_id == current_tenant(), ApiToken.id == token_id)
        .values(revoked_at=func.coalesce(ApiToken.revoked_at, func.clock_timestamp()))
        .returning(ApiToken.revoked_at)
    )
    return session.execute(revoked).scalar_one_or_none()
