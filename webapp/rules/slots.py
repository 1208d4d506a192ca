"""Cutting opening hours into slots, by the clinic's own clocks."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from uuid import UUID

from webapp.core.timezones import first_instant, instants, last_instant


@dataclass(frozen=True, slots=True)
class Interval:
    """Weekly opening hours in wall-clock time; ``closes`` 00:00 is the end of the day, Monday is 0."""

    weekday: int
    opens: time
    closes: time
    slot_minutes: int
    capacity: int = 1
    valid_from: date | None = None
    valid_until: date | None = None
    specialist_id: UUID | None = None

    def holds_on(self, day: date) -> bool:
        return (
            day.weekday() == self.weekday
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_until is None or day <= self.valid_until)
        )


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of instants, UTC."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


def cut(interval: Interval, day: date, zone: str) -> list[Span]:
    """The slots of one interval on one local day, in order.

    Slots start on the wall-clock grid of the interval. A start that the clocks skip is left out, one they show twice
    is offered twice, and every slot lasts its full minutes, so that a slot next to a clock change may leave idle time.
    """
    opens = datetime.combine(day, interval.opens)
    closes = datetime.combine(day + timedelta(days=interval.closes == time()), interval.closes)
    # An hour shown twice after midnight belongs to the next day, one before it to this one.
    end_of_hours = first_instant(closes, zone) if interval.closes == time() else last_instant(closes, zone)
    length = timedelta(minutes=interval.slot_minutes)
    slots: list[Span] = []
    for start in sorted(_starts(opens, closes, length, zone)):
        free_from = slots[-1].end if slots else first_instant(opens, zone)
        if start >= free_from and start + length <= end_of_hours:
            slots.append(Span(start, start + length))
    return slots


def _starts(opens: datetime, closes: datetime, step: timedelta, zone: str) -> Iterator[datetime]:
    wall = opens
    while wall < closes:
        yield from instants(wall, zone)
        wall += step


def slots_of_day(
    intervals: Iterable[Interval], closures: Iterable[Span], day: date, zone: str
) -> list[tuple[Span, Interval]]:
    """What one specialist's hours give on a local day once closures are taken out; earlier intervals win overlaps."""
    shut = list(closures)
    found: list[tuple[Span, Interval]] = []
    for interval in sorted(intervals, key=lambda i: i.opens):
        if not interval.holds_on(day):
            continue
        for span in cut(interval, day, zone):
            if not any(span.overlaps(s) for s in shut) and not any(span.overlaps(other) for other, _ in found):
                found.append((span, interval))
    return sorted(found, key=lambda pair: pair[0])


def clear_of(standing: Iterable[Span], spans: Iterable[Span]) -> list[Span]:
    """Those of the spans that overlap nothing that stands, in order."""
    # Half a year of short slots is thousands on either side, so they are not compared each with each.
    taken = sorted(standing)
    starts = [span.start for span in taken]
    latest_ends = list(accumulate((span.end for span in taken), max))

    def is_clear(span: Span) -> bool:
        begun_before_its_end = bisect_left(starts, span.end)
        return not begun_before_its_end or latest_ends[begun_before_its_end - 1] <= span.start

    return [span for span in sorted(spans) if is_clear(span)]
