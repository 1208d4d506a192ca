"""Several visits by the clinic's own clocks: every so many weeks, on chosen weekdays, so many times."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, islice
from typing import Final

from webapp.core.errors import N_, InvalidInput
from webapp.core.timezones import first_instant, instants, to_wall

MOST_VISITS: Final = 52
MOST_WEEKS: Final = 52
LAST_YEAR: Final = 2199


@dataclass(frozen=True, slots=True)
class Pattern:
    """A weekly rule in iCalendar's words: ``interval`` in weeks, ``by_day`` with Monday 0, ``count`` visits in all.

    The first visit counts even where it falls on none of the days; without days, its own weekday is meant.
    """

    interval: int
    count: int
    by_day: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One visit of a series: ``number`` from 1, ``start`` in UTC.

    ``change`` is GAP where the clocks skip the time that day (``start`` is then the moment the gap ends), FOLD where
    they show it twice (the first of the two is meant), else nothing.
    """

    number: int
    start: datetime
    change: str = ""


def occurrences(first: datetime, pattern: Pattern, zone: str) -> list[Occurrence]:
    """The visits of a series from its first on (UTC), each at the first one's time of day by the clinic's clocks.

    Raises InvalidInput for a pattern nobody can mean, or one that leaves the calendar.
    """
    _check(pattern)
    wall = to_wall(first, zone).replace(tzinfo=None)
    days = islice(_days(wall.date(), pattern), pattern.count - 1)
    later = [_at(number, day, wall.time(), zone) for number, day in enumerate(days, start=2)]
    return [Occurrence(1, first), *later]


def _check(pattern: Pattern) -> None:
    if not 1 <= pattern.interval <= MOST_WEEKS:
        raise InvalidInput(N_("Choose every 1 to %(most)s weeks."), field="interval", most=MOST_WEEKS)
    if not 2 <= pattern.count <= MOST_VISITS:
        raise InvalidInput(N_("A series has 2 to %(most)s visits."), field="count", most=MOST_VISITS)
    if not pattern.by_day <= frozenset(range(7)):
        raise InvalidInput(N_("Choose a day of the week."), field="day")


def _days(first: date, pattern: Pattern) -> Iterator[date]:
    monday = first - timedelta(days=first.weekday())
    for week in count(0, pattern.interval):
        for weekday in sorted(pattern.by_day or {first.weekday()}):
            day = monday + timedelta(weeks=week, days=weekday)
            if day.year > LAST_YEAR:
                raise InvalidInput(N_("The series would leave the calendar. Choose fewer visits."), field="count")
            if day > first:
                yield day


def _at(number: int, day: date, clock: time, zone: str) -> Occurrence:
    wall = datetime.combine(day, clock)
    shown = len(instants(wall, zone))
    return Occurrence(number, first_instant(wall, zone), {0: "GAP", 2: "FOLD"}.get(shown, ""))
