"""Everybody's week: how full each day of each specialist is, and who comes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import ngettext

from webapp.blueprints.desk.lanes import Lane, by_specialist
from webapp.blueprints.desk.lines import Line, visits_of
from webapp.blueprints.desk.shown import Shown
from webapp.queries.day import DeskDay

AT_A_GLANCE = 5  # of a day's visits; the others are unfolded


@dataclass(frozen=True, slots=True)
class Load:
    """One specialist's day: ``share`` is how full it is, in percent of the times they work, None when they don't;
    ``more`` are the visits that are unfolded."""

    day: date
    booked: int
    free: int
    share: int | None
    words: str
    closed: str
    visits: list[Line]
    more: list[Line]


def loads(days: list[DeskDay], shown: Shown) -> list[tuple[Lane, list[Load]]]:
    """A row a specialist, a field a day; what is booked counts where it is one of those asked for."""
    rows = [list(_loads(by_specialist(day), shown)) for day in days]
    return [(fields[0][0], [load for _lane, load in fields]) for fields in zip(*rows, strict=True)]


def _loads(lanes: list[Lane], shown: Shown) -> Iterator[tuple[Lane, Load]]:
    for lane, visits in zip(lanes, visits_of(lanes, shown), strict=True):
        yield lane, _load(lane, visits, shown)


def _load(lane: Lane, visits: list[Line], shown: Shown) -> Load:
    wanted = [a for cell in lane.cells for a in cell.appointments if shown.has(a)]
    booked = sum(a.status != "NO_SHOW" or shown.status == "NO_SHOW" for a in wanted)
    free = sum(cell.capacity - cell.seats_taken for cell in lane.cells if cell.kind == "free")
    minutes = {"taken": 0.0, "all": 0.0}
    for cell in lane.cells:
        length = (cell.end - cell.start).total_seconds()
        minutes["all"] += length
        minutes["taken"] += length * min(1.0, cell.seats_taken / cell.capacity)
    share = round(100 * minutes["taken"] / minutes["all"]) if minutes["all"] else None
    words = ngettext("%(num)s booked", "%(num)s booked", booked)
    closed = next((c.reason for c in lane.closures if c.reason), "")
    glance = AT_A_GLANCE if len(visits) > AT_A_GLANCE + 1 else None  # nobody unfolds a single one
    more = visits[glance:] if glance else []
    return Load(lane.day, booked, free, share, words, closed, visits[:glance], more)
