"""What a clinic says in words of its own."""

from sqlalchemy import select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import LetterWords
from webapp.rules.letters import Words


def own_words(kind: str, channel: str, language: str) -> Words | None:
    """The clinic's own words; None where it says what the house says."""
    query = select(LetterWords.subject, LetterWords.body).filter_by(
        tenant_id=current_tenant(), kind=kind, channel=channel, language=language
    )
    with reading() as connection:
        row = connection.execute(query).first()
    return Words(*row) if row else None


def all_own_words() -> dict[tuple[str, str, str], Words]:
    """Every text of the clinic's own, by kind, channel and language."""
    columns = (getattr(LetterWords, name) for name in ("kind", "channel", "language", "subject", "body"))
    with reading() as connection:
        rows = connection.execute(select(*columns).where(LetterWords.tenant_id == current_tenant()))
        return {(kind, channel, language): Words(*words) for kind, channel, language, *words in rows}
