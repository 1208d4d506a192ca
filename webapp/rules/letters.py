"""The words of a letter: places in braces, filled in, or found to be unknown or missing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from webapp.core.errors import N_, InvalidInput
from webapp.rules.idempotency import fingerprint

#: What the words are for, and how they go out.
KINDS: Final = ("CONFIRMATION", "CHANGE", "CANCELLATION", "REMINDER", "OFFER", "WAITING")
CHANNELS: Final = ("EMAIL", "SMS")
LONGEST_SUBJECT: Final = 200
LONGEST: Final = {"EMAIL": 4000, "SMS": 480}

#: These lead to the page of a place on the waiting list.
TO_WHO_WAITS: Final = ("OFFER", "WAITING")

# Nothing of the visit's reason, type or specialist: mail is read over shoulders.
_EVERYWHERE: Final = ("clinic", "place", "phone", "link")
_OF_THE_VISIT: Final = ("date", "time")
_ALSO: Final[Mapping[str, tuple[str, ...]]] = {"REMINDER": ("stop",), "OFFER": ("until",)}
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {"CANCELLATION": _OF_THE_VISIT, "WAITING": ("link",)}
_SECRET: Final = ("link", "stop")  # a subject is shown on locked screens
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """What is said; ``subject`` is empty for a short message."""

    subject: str
    body: str

    @property
    def digest(self) -> str:
        """What tells these words from others."""
        return fingerprint({"subject": self.subject, "body": self.body})


def places_for(kind: str, *, subject: bool = False) -> tuple[str, ...]:
    """What can stand in braces."""
    visit = () if kind == "WAITING" else _OF_THE_VISIT  # there is none yet
    known = (*visit, *_EVERYWHERE, *_ALSO.get(kind, ()))
    return tuple(name for name in known if not (subject and name in _SECRET))


def needed_for(kind: str) -> tuple[str, ...]:
    """What must stand in braces somewhere in the text."""
    return _NEEDED.get(kind, ("date", "time", "link", *_ALSO.get(kind, ())))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled in; a line that held nothing but empty places is left out."""
    lines = []
    for line in text.splitlines():
        filled = _PLACE.sub(lambda place: values.get(place[1].strip(), place[0]), line).strip()
        if filled or not _PLACE.search(line):
            lines.append(filled)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def check_subject(subject: str, *, kind: str, channel: str) -> None:
    """Raise InvalidInput for a subject that can't be sent; a short message has none."""
    if channel == "SMS":
        return
    if not subject.strip() or len(subject) > LONGEST_SUBJECT:
        raise InvalidInput(N_("Enter a subject of at most 200 characters."), field="subject")
    _check_places(subject, known=places_for(kind, subject=True), field="subject")


def check_body(body: str, *, kind: str, channel: str) -> None:
    """Raise InvalidInput for a text that can't be sent, or without something that patients need."""
    if not body.strip():
        raise InvalidInput(N_("Enter the text."), field="body")
    if len(body) > LONGEST[channel]:
        raise InvalidInput(
            N_("The text is longer than %(most)s characters. Shorten it."), field="body", most=LONGEST[channel]
        )
    found = _check_places(body, known=places_for(kind), field="body")
    if missing := [name for name in needed_for(kind) if name not in found]:
        raise InvalidInput(
            N_("Patients need this, too: %(missing)s. Put it into the text."), field="body", missing=in_braces(missing)
        )


def in_braces(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def paragraphs(text: str) -> list[list[str]]:
    """The lines of each paragraph."""
    return [block.splitlines() for block in re.split(r"\n\s*\n", text.strip()) if block.strip()]


def _check_places(text: str, *, known: tuple[str, ...], field: str) -> set[str]:
    """The places that stand in it; InvalidInput names the first that is none, and those there are."""
    found = [place[1].strip() for place in _PLACE.finditer(text)]
    for name in found:
        if name not in known:
            raise InvalidInput(
                N_("{%(name)s} cannot be used here. There are: %(known)s."),
                field=field,
                name=name,
                known=in_braces(known),
            )
    if re.search(r"[{}]", _PLACE.sub("", text)):
        raise InvalidInput(N_("A brace is open without its other half. Write places like {date}."), field=field)
    return set(found)
