"""Morning, afternoon and evening by the clinic's clocks, and the stretches of time that a search looks through."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Final

from webapp.core.timezones import first_instant
from webapp.rules.slots import Span

#: From when until when; 00:00 at the end is the end of the day.
PARTS: Final[dict[str, tuple[time, time]]] = {
    "": (time(), time()),
    "morning": (time(), time(12)),
    "afternoon": (time(12), time(17)),
    "evening": (time(17), time()),
}


def stretches(first: date, days: int, *, weekdays: Collection[int], part: str, zone: str) -> list[Span]:
    """That part of so many local days from the first on, in UTC; where weekdays are named (Monday 0), of those."""
    since, until = PARTS[part]
    found = []
    for day in (first + timedelta(days=number) for number in range(days)):
        if not weekdays or day.weekday() in weekdays:
            end = datetime.combine(day + timedelta(days=until == time()), until)
            found.append(Span(first_instant(datetime.combine(day, since), zone), first_instant(end, zone)))
    return found


def from_then_on(spans: Iterable[Span], not_before: datetime) -> list[Span]:
    """The same without what lies before an instant."""
    return [Span(max(span.start, not_before), span.end) for span in spans if span.end > not_before]


def merged(spans: Iterable[Span], margin: timedelta = timedelta()) -> list[Span]:
    """The same stretches widened by a margin on both sides, in order, those that touch made one."""
    found: list[Span] = []
    for span in sorted(Span(span.start - margin, span.end + margin) for span in spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found
