"""The words of the clinic's letters. What is sent already stays sent; what waits goes out in the new words."""

from dataclasses import asdict

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.core.errors import N_, StaleVersion
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import LetterWords
from webapp.rules.letters import Words, check_body, check_subject
from webapp.services import audit


@transactional
def set_words(session: Session, *, kind: str, channel: str, language: str, words: Words, seen: str, actor: str) -> None:
    """Say it in these words from now on; again: nothing happens. ``seen`` is the digest of the clinic's own words that
    they take the place of, empty for the house's.

    Raises InvalidInput, StaleVersion when somebody else changed them meanwhile.
    """
    check_subject(words.subject, kind=kind, channel=channel)
    check_body(words.body, kind=kind, channel=channel)
    key = {"tenant_id": current_tenant(), "kind": kind, "channel": channel, "language": language}
    row = session.get(LetterWords, tuple(key.values()), with_for_update=True)
    stored = Words(row.subject, row.body) if row else None
    if stored == words:
        return
    if (stored.digest if stored else "") != seen:
        raise StaleVersion(N_("Somebody changed this text meanwhile. Compare both before you save."))
    text = {"subject": words.subject, "body": words.body}
    _tell(session, (kind, channel, language), stored, words, actor)
    put = insert(LetterWords).values(**key, **text)
    session.execute(put.on_conflict_do_update(constraint="pk_letter_words", set_=text))


@transactional
def reset_words(session: Session, *, kind: str, channel: str, language: str, actor: str) -> None:
    """Say what the house says from now on; again: the same."""
    key = {"tenant_id": current_tenant(), "kind": kind, "channel": channel, "language": language}
    row = session.get(LetterWords, tuple(key.values()), with_for_update=True)
    _tell(session, (kind, channel, language), Words(row.subject, row.body) if row else None, None, actor)
    session.execute(delete(LetterWords).filter_by(**key))


def _tell(session: Session, which: tuple[str, str, str], before: Words | None, after: Words | None, actor: str) -> None:
    told = [asdict(words) if words else {} for words in (before, after)]
    audit.record_setting(session, "LETTER", about="/".join(which), actor=actor, before=told[0], after=told[1])
