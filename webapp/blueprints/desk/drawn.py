"""Grids that were drawn once and are shown to every desk that looks at the same days in the same way.

Many desks look at one day, and a page is asked for far more often than a day changes. What is kept belongs to one
version of the days (queries/day_version.py), so it cannot be old, and holds nothing of who asks.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from flask import g, render_template, url_for
from flask_babel import get_locale
from markupsafe import Markup

from webapp.blueprints.desk.grid import badges, lay_out
from webapp.blueprints.desk.lanes import Lane
from webapp.blueprints.desk.shown import Shown
from webapp.queries.availability import VisitType, all_types
from webapp.queries.day import DeskDay
from webapp.web import clock

MOST = 64  # of some 100 kB each, in every process


@dataclass(frozen=True, slots=True)
class Sums:
    """What the toolbar says of a view: how many times are what, and what can be chosen to be shown."""

    free: int
    booked: int
    held: int
    types: list[VisitType]
    people: dict[UUID, str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A grid as HTML, empty when there is nothing to draw."""

    html: Markup
    sums: Sums


#: The columns of a view, and the day with everybody who works, also those that were not asked for.
Laid = tuple[list[Lane], DeskDay]


_kept: OrderedDict[tuple[object, ...], Drawn] = OrderedDict()
_lock = Lock()
_NOTHING = UUID(int=0)


def drawn(view: str, shown: Shown, lay: Callable[[], Laid], marked: UUID | None, *more: object) -> Drawn:
    """The grid of the days that @live looked at: kept, or of what ``lay`` reads; ``more`` tells it from others."""
    key = (g.clinic.id, view, g.live.version, str(get_locale()), g.person.settings.density, shown, marked, *more)
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return found
    found = _draw(shown, marked, *lay())
    with _lock:
        _kept[key] = found
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return found


def _draw(shown: Shown, marked: UUID | None, lanes: list[Lane], day: DeskDay) -> Drawn:
    grid = lay_out(lanes, now=clock.now(), shown=shown, marked=marked)
    words = {"carried": shown.query(), "badges": badges(), "today": clock.today()}
    html = render_template("desk/_cells.html", grid=grid, **words, **addresses()) if grid.marks else ""
    return Drawn(Markup(html), sum_up(lanes, day))  # noqa: S704 - rendered just now


def sum_up(lanes: list[Lane], day: DeskDay) -> Sums:
    cells = [cell for lane in lanes for cell in lane.cells]
    seated = [a.status for cell in cells for a in cell.appointments]
    return Sums(
        free=sum(cell.capacity - cell.seats_taken for cell in cells if cell.kind == "free"),
        booked=sum(status in ("CONFIRMED", "ARRIVED", "COMPLETED") for status in seated),
        held=seated.count("HOLD"),
        types=all_types(),
        people={column.specialist_id: column.full_name for column in day.columns},
    )


def addresses() -> dict[str, str]:
    """Every address of the page's hundreds of cells begins with one of these: built once."""
    return {
        "appointment_url": url_for("desk.appointment", appointment_id=_NOTHING).removesuffix(str(_NOTHING)),
        "slot_url": url_for("desk.slot", slot_id=_NOTHING).removesuffix(str(_NOTHING)),
    }
