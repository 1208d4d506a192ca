"""What a user may set for the desk, what each setting may hold, and what it is when nothing was set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from webapp.core.errors import N_, InvalidInput

VIEWS = ("day", "week", "rooms", "list", "agenda")
DENSITIES = ("comfortable", "compact")
LANGUAGES = ("en", "de", "es", "fr", "ar")
MOST_SPECIALISTS = 200  # more than a clinic has; a bound on what one row can hold

_UNKNOWN = N_("This setting is not known. Reload the page and try again.")


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """One user's habits. ``specialists`` are those shown; none named means all of them."""

    view: str = "day"
    density: str = "comfortable"
    specialists: tuple[UUID, ...] = ()
    hide_names: bool = False
    shortcuts: bool = True
    stream: bool = True
    language: str = ""  # none chosen: the browser's


def _one_of(choices: tuple[str, ...]) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in choices:
            raise ValueError
        return str(value)

    return check


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _ids(value: Any) -> tuple[UUID, ...]:
    if not isinstance(value, list | tuple) or len(value) > MOST_SPECIALISTS:
        raise ValueError
    return tuple(dict.fromkeys(UUID(str(one)) for one in value))


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "view": _one_of(VIEWS),
    "density": _one_of(DENSITIES),
    "specialists": _ids,
    "hide_names": _switch,
    "shortcuts": _switch,
    "stream": _switch,
    "language": _one_of(("", *LANGUAGES)),
}
KEYS = tuple(one.name for one in fields(DeskSettings))


def checked(key: str, value: Any) -> Any:
    """The value as a DeskSettings holds it. Raises InvalidInput for an unknown key or a value it cannot hold."""
    try:
        return _CHECKS[key](value)
    except (KeyError, ValueError, TypeError):
        raise InvalidInput(_UNKNOWN, field=key) from None


def stored(value: Any) -> Any:
    """The value as JSON holds it."""
    return [str(one) for one in value] if isinstance(value, tuple) else value


def settings_of(kept: Mapping[str, Any]) -> DeskSettings:
    """The settings behind the rows of a user; a row that an older or newer version wrote is left out."""
    known = {}
    for key, value in kept.items():
        try:
            known[key] = checked(key, value)
        except InvalidInput:
            continue
    return DeskSettings(**known)
