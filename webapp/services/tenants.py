from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.core.tenancy import current_tenant
from webapp.core.timezones import require_zone
from webapp.core.transactions import transactional
from webapp.models import Tenant


@transactional
def ensure_tenant(
    session: Session, /, *, name: str | None = None, timezone: str = "UTC", locale: str = "en", **settings: object
) -> bool:
    """Make the current clinic unless it exists; whether it was made. Raises InvalidInput for an unknown zone."""
    require_zone(timezone)
    made = session.execute(
        insert(Tenant)
        .values(id=current_tenant(), name=name or current_tenant(), timezone=timezone, locale=locale, **settings)
        .on_conflict_do_nothing()
        .returning(Tenant.id)
    )
    return made.first() is not None


@transactional
def allow_embedding(session: Session, /, *, origins: Sequence[str]) -> None:
    """Let these sites, as `rules.origins` writes them, show the current clinic's booking pages, and no others.

    Raises InvalidInput for more than 20.
    """
    session.execute(update(Tenant).where(Tenant.id == current_tenant()).values(embed_origins=list(origins)))


@transactional
def ask_for_proof(session: Session, /, *, asked: bool) -> None:
    """Ask browsers for a proof of work before they book at the current clinic, or no more."""
    session.execute(update(Tenant).where(Tenant.id == current_tenant()).values(proof_of_work=asked))
