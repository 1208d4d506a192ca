"""When a clinic is open in a week, from the hours of all who work there."""

from collections.abc import Iterable
from datetime import time

from webapp.rules.slots import Interval

Hours = tuple[tuple[time, time], ...]


def week_of(intervals: Iterable[Interval]) -> list[Hours]:
    """For each weekday from Monday, when somebody is there by the clinic's clocks; 00:00 is the end of a day."""
    stretches: list[list[tuple[int, int]]] = [[] for _day in range(7)]
    for one in intervals:
        stretches[one.weekday].append((_minutes(one.opens), _minutes(one.closes) or 24 * 60))
    return [tuple((_clock(opens), _clock(closes)) for opens, closes in _joined(day)) for day in stretches]


def _joined(day: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for opens, closes in sorted(day):
        if found and opens <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], closes)
        else:
            found.append((opens, closes))
    return found


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
