"""The next free times across specialists, from an instant on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from webapp.core.timezones import day_bounds, local_day
from webapp.queries.availability import FreeTime, free_times_within
from webapp.rules.day_parts import from_then_on, stretches
from webapp.rules.fitting import Wanted
from webapp.rules.slots import Span
from webapp.rules.walk_in import earliest_start

#: Days looked through at a time: the near ones first, so that a usual question reads little; over a year in all.
LOOKS: Final = (7, 21, 56, 112, 184)


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: from a local day on and not before an instant (UTC); no weekdays, specialists or part: any.

    ``part`` is morning, afternoon or evening; weekdays count from Monday 0.
    """

    wanted: Wanted
    first: date
    not_before: datetime
    zone: str
    specialist_ids: Collection[UUID] | None = None
    weekdays: Collection[int] = ()
    part: str = ""


def next_free(
    search: Search, *, limit: int = 10, after: tuple[datetime, UUID] | None = None
) -> tuple[list[FreeTime], bool]:
    """The next times by start, and whether there are more; ``after`` continues behind a time that was shown."""
    first = max(search.first, local_day(after[0], search.zone)) if after else search.first
    found: list[FreeTime] = []
    for days in LOOKS:
        spans = _spans(search, first, days, after)
        found += free_times_within(spans, search.wanted, specialist_ids=search.specialist_ids) if spans else []
        rest = _behind(found, after)
        if len(rest) > limit:
            break
        first += timedelta(days=days)
    return rest[:limit], len(rest) > limit


def _spans(search: Search, first: date, days: int, after: tuple[datetime, UUID] | None) -> list[Span]:
    spans = stretches(first, days, weekdays=search.weekdays, part=search.part, zone=search.zone)
    return from_then_on(spans, max(search.not_before, after[0]) if after else search.not_before)


def _behind(found: list[FreeTime], after: tuple[datetime, UUID] | None) -> list[FreeTime]:
    """Without those of the same start that were shown before; when that one is gone meanwhile, with all of them."""
    at = next((n for n, time in enumerate(found) if after and (time.start, time.slot_id) == after), -1)
    return found[at + 1 :]


def free_now(*, wanted: Wanted, now: datetime, zone: str) -> list[FreeTime]:
    """What is free for somebody who walks in: the rest of the clinic's day, a time that has just begun included."""
    today = Span(earliest_start(now, wanted.minutes), day_bounds(local_day(now, zone), zone)[1])
    return [time for time in free_times_within([today], wanted) if time.end > now]
