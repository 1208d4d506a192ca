"""What somebody typed to find a patient, read as everything it could mean."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel.dates import get_month_names

from webapp.rules.desk_settings import LANGUAGES
from webapp.rules.people import OLDEST
from webapp.rules.references import end_of_id

LONGEST = 200
FEWEST_DIGITS = 3

_DATE = re.compile(r"(?<!\d)(\d{1,4})\s?([./-])\s?(\d{1,2})\s?[./-]\s?(\d{1,4})(?!\d)")
_SPACED = re.compile(r"(\d{1,4})( )(\d{1,2}) (\d{2,4})")
_NAMED = re.compile(r"(?<!\d)(\d{1,2})\.?\s(?:de\s)?([^\W\d_]{3,})\.?,?\s(?:de\s)?(\d{4})(?!\d)")
_NAMED_FIRST = re.compile(r"(?<!\w)([^\W\d_]{3,})\.?\s(\d{1,2}),?\s(\d{4})(?!\d)")
_RUN_TOGETHER = re.compile(r"(\d\d)()(\d\d)(\d{4})")


@dataclass(frozen=True, slots=True)
class Sought:
    """``names`` is all of it as words of a name; ``words`` what is left of it beside ``days`` and the phone's ``tail``.

    ``receipt`` is the end of the id of the appointment that a receipt's reference names.
    """

    names: str = ""
    words: str = ""
    days: tuple[date, ...] = ()
    tail: str | None = None
    references: tuple[str, ...] = ()
    receipt: str | None = None


def read(typed: str, *, today: date, month_first: bool = False) -> Sought | None:
    """None when there is nothing to look for; ``month_first`` is how the clinic's locale writes dates."""
    text = _plain(typed)
    if not text:
        return None
    days, rest = _dates(_in_numbers(text), today, month_first)
    return Sought(
        names=text if any(c.isalpha() for c in text) else "",
        words=" ".join(word for word in rest.split() if any(c.isalpha() for c in word)),
        days=days,
        tail=_tail(rest if days and rest.strip() else text),
        references=tuple(dict.fromkeys((text, text.upper(), text.lower()))),
        receipt=end_of_id(text),
    )


def _plain(typed: str) -> str:
    """Composed letters, every script's digits as 0 to 9, single spaces, nothing that cannot be seen."""
    text = unicodedata.normalize("NFC", typed[: LONGEST * 2])
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    return " ".join(text.split())[:LONGEST].strip()


def _in_numbers(text: str) -> str:
    """Dates whose month is a word, as dates whose month is a number: 28 Feb 1982, February 28, 1982."""
    text = _NAMED.sub(lambda found: _numbered(found, *found.groups()), text)
    return _NAMED_FIRST.sub(lambda found: _numbered(found, found[2], found[1], found[3]), text)


def _numbered(found: re.Match[str], day: str, word: str, year: str) -> str:
    months = {number for name, number in _months() if name.startswith(word.casefold())}
    return f"{day}.{months.pop()}.{year}" if len(months) == 1 else found[0]


@cache
def _months() -> tuple[tuple[str, int], ...]:
    """What the months are called in the languages that are spoken here, long and short."""
    names = (
        (name, number)
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=language).items()
    )
    return tuple({(name.casefold().rstrip("."), number) for name, number in names})


def _dates(text: str, today: date, month_first: bool) -> tuple[tuple[date, ...], str]:
    """The birth dates that are typed, and the text without them."""
    found = _SPACED.fullmatch(text) or _RUN_TOGETHER.fullmatch(text) or _DATE.search(text)
    days = _days(found, today, month_first) if found else ()
    if not found or not days:
        return (), text
    return days, f"{text[: found.start()]} {text[found.end() :]}"


def _days(found: re.Match[str], today: date, month_first: bool) -> tuple[date, ...]:
    first, sign, second, third = found.groups()
    if len(first) == 4:
        orders = [(first, second, third)]
    else:
        orders = [(third, second, first), (third, first, second)]
        if month_first and sign != ".":
            orders.reverse()
    for year, month, day in orders:
        days = tuple(_day(one, int(month), int(day), today) for one in _years(year, today))
        if any(days):
            return tuple(day for day in days if day)
    return ()


def _years(typed: str, today: date) -> tuple[int, ...]:
    """Two digits are the latest such year that has begun, and the century before it; four are themselves."""
    if len(typed) == 4:
        return (int(typed),)
    if len(typed) != 2:
        return ()
    latest = today.year - (today.year - int(typed)) % 100
    return (latest, latest - 100)


def _day(year: int, month: int, day: int, today: date) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found.year >= OLDEST and found <= today else None


def _tail(text: str) -> str | None:
    """The digits of a phone number without what differs from format to format at its beginning."""
    digits = "".join(c for c in text.replace("(0)", "") if c in "0123456789")
    significant = digits.lstrip("0")
    wanted = significant if len(significant) >= FEWEST_DIGITS else digits
    return wanted if len(wanted) >= FEWEST_DIGITS else None
