"""The words of a letter: places in braces, filled in or found to be unknown."""

import re
from collections.abc import Mapping
from typing import Final

from webapp.core.errors import N_, InvalidInput

#: What can stand in braces. Nothing of the visit's reason, type or specialist: mail is read over shoulders.
PLACES: Final = ("clinic", "date", "time", "place", "link", "phone", "until", "stop")
_PLACE = re.compile(r"\{([^{}]*)\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled in; a line that held nothing but empty places is left out."""
    lines = []
    for line in text.splitlines():
        filled = _PLACE.sub(lambda place: values.get(place[1].strip(), place[0]), line).strip()
        if filled or not _PLACE.search(line):
            lines.append(filled)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def check_places(text: str, *, field: str) -> None:
    """Raise InvalidInput, naming the first place that is none."""
    for place in _PLACE.finditer(text):
        if place[1].strip() not in PLACES:
            raise InvalidInput(
                N_("{%(name)s} is not known here. Use one of the words in braces that are listed."),
                field=field,
                name=place[1],
            )
    if re.search(r"[{}]", _PLACE.sub("", text)):
        raise InvalidInput(N_("A brace is open without its other half. Write places like {date}."), field=field)


def paragraphs(text: str) -> list[list[str]]:
    """The lines of each paragraph."""
    return [block.splitlines() for block in re.split(r"\n\s*\n", text.strip()) if block.strip()]
