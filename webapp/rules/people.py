"""People as the house speaks of them before they have a row."""

import re
from dataclasses import dataclass
from datetime import date

from webapp.core.errors import N_, InvalidInput

OLDEST = 1900  # the year
_E164 = re.compile(r"\+[0-9]{7,15}")


@dataclass(frozen=True, slots=True)
class NewPatient:
    """Somebody the clinic does not know yet; ``phone`` in E.164 where it could be read, ``contact`` as it was given."""

    full_name: str
    email: str | None = None
    phone: str | None = None
    contact: str | None = None
    date_of_birth: date | None = None
    locale: str | None = None  # the language to write in; the clinic's when there is none


def check_birth(born: date | None, *, today: date) -> None:
    """Raise InvalidInput for a birth date that nobody living has."""
    if born is not None and born.year < OLDEST:
        raise InvalidInput(N_("The date of birth must be in 1900 or later. Check the year."), field="date_of_birth")
    if born is not None and born > today:
        raise InvalidInput(N_("The date of birth is in the future. Check the year."), field="date_of_birth")


def for_messages(phone: str | None) -> str | None:
    """The number, if a message can be sent to it: a whole one (E.164), and nothing else that was typed."""
    return phone if phone and _E164.fullmatch(phone) else None


def masked(contact: str) -> str:
    """An e-mail address or a phone number, so that only who has it knows which: p…@example.com, …567."""
    name, at, domain = contact.rpartition("@")
    return f"{name[:1]}…{at}{domain}" if at else f"…{contact[-3:]}"


def likely_name(searched: str, *, found: bool) -> str:
    """The words somebody was looked for under, as a name is written; empty when a digit or sign says it is none, and
    for a single word under which somebody was ``found``: it is a part of their name."""
    if not any(c.isalpha() for c in searched) or any(c.isdigit() or c in "@/+_" for c in searched):
        return ""
    words = searched.split()
    if found and len(words) == 1:
        return ""
    return " ".join(word[:1].upper() + word[1:] for word in words) if searched == searched.lower() else " ".join(words)
