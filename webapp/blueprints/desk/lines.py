"""Days as lines of a table: what the grid says, in words, for reading aloud and for paper."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise
from uuid import UUID

from flask import g
from flask_babel import gettext as _

from webapp.blueprints.desk.grid import LOOKS, Words, minute_of
from webapp.blueprints.desk.lanes import Lane, cells_of, closure_of
from webapp.blueprints.desk.shown import Shown
from webapp.core.timezones import day_bounds
from webapp.queries.day import DayAppointment, DayCell, DayClosure
from webapp.web.filters import clocks_of


@dataclass(slots=True)
class Line:
    """``slot_id`` where a seat can be had, ``appointment_id`` where somebody has one; ``minute``, since 1970 in UTC,
    where one may ask why there is nothing to be had.
    """

    start: datetime
    look: str
    span: str
    status: str
    clock: str = ""
    slot_id: UUID | None = None
    appointment_id: UUID | None = None
    patient: str = ""
    phone: str = ""
    note: str = ""
    badge: str = ""
    memo: str = ""
    squeezed: bool = False
    who: str = ""
    version: int = 0
    minute: int | None = None


def write_lines(lanes: list[Lane], shown: Shown) -> list[list[Line]]:
    """The lines of every lane's table, in their order."""
    words = Words()
    return [list(_Writing(lane, words, shown).lines()) for lane in lanes]


def visits_of(lanes: list[Lane], shown: Shown) -> list[list[Line]]:
    """Every lane's visits and when it is away."""
    return [[one for one in lines if one.appointment_id or one.look == "away"] for lines in write_lines(lanes, shown)]


def agenda(lanes: list[Lane], shown: Shown) -> list[Line]:
    """Everybody's visits of a day, and when they are away, by time."""
    told = [line for lines in visits_of(lanes, shown) for line in lines]
    return sorted(told, key=lambda line: (line.start, line.who))


class _Writing:
    """One lane's lines: what it needs to know for each of them."""

    def __init__(self, lane: Lane, words: Words, shown: Shown) -> None:
        self.lane, self.words, self.shown = lane, words, shown
        self.clock: Callable[[datetime], str] = cache(clocks_of(lane.day))

    def lines(self) -> Iterator[Line]:
        if self.shown.cancelled:
            yield from (self._visit(visit) for visit in self.lane.cancelled if self.shown.has(visit))
            return
        cells = cells_of(self.lane)
        since, until = day_bounds(self.lane.day, g.clinic.timezone)
        ends = [since, *(time for cell in cells for time in (cell.start, cell.end)), until]
        gaps = list(pairwise(ends))[::2]
        for cell, gap in zip([None, *cells], gaps, strict=True):
            if cell:
                yield from self._cell(cell)
            if not self.shown.status:
                yield from self._between(*gap, is_break=gap[0] > since and gap[1] < until)

    def _between(self, start: datetime, end: datetime, *, is_break: bool) -> Iterator[Line]:
        """What there is to say of a stretch without times."""
        if start >= end:
            return
        closures = [c for c in self.lane.closures if c.start < end and c.end > start]
        for closure in closures:
            yield self._away(closure, max(closure.start, start), min(closure.end, end))
        if is_break and not closures:
            yield Line(start, "closed", self._span(start, end), self.words.pause, minute=minute_of(start))

    def _away(self, closure: DayClosure, start: datetime, end: datetime) -> Line:
        whole = (start, end) == day_bounds(self.lane.day, g.clinic.timezone)
        return Line(
            start=start,
            look="away",
            span=_("All day") if whole else self._span(start, end),
            status=closure.reason or self.words.closed,
            who=self.lane.title,
            minute=minute_of(start),
        )

    def _cell(self, cell: DayCell) -> Iterator[Line]:
        for appointment in cell.appointments:
            if self.shown.has(appointment):
                yield self._visit(appointment)
        if self.shown.status or (self.shown.type_id and cell.appointments):
            return
        span, words = self._span(cell.start, cell.end), self.words
        if cell.kind == "free" or (cell.kind == "held" and cell.seats_taken < cell.capacity):
            seats = {"left": cell.capacity - cell.seats_taken, "all": cell.capacity}
            yield Line(
                cell.start,
                "free",
                span,
                words.free if cell.capacity == 1 else words.seats % seats,
                slot_id=cell.slot_id,
            )
        elif closure := closure_of(self.lane, cell):
            yield self._away(closure, cell.start, cell.end)
        elif not cell.appointments:
            status = words.past if cell.kind == "past" else words.blocked
            yield Line(cell.start, cell.kind, span, status, minute=minute_of(cell.start))

    def _visit(self, a: DayAppointment) -> Line:
        look, words = LOOKS[a.status], self.words
        return Line(
            start=a.start,
            look=look,
            span=self._span(a.start, a.end),
            status=words.looks[look],
            clock=self.clock(a.start),
            appointment_id=a.id,
            patient=self.shown.patient(a.patient_name),
            phone="" if self.shown.hide_names else a.patient_phone or "",
            note=words.of_visit(a, self.clock),
            squeezed=a.seat == 0,
            badge=words.badges[a.priority],
            memo=a.note or "",
            who=self.lane.title,
            version=a.version,
        )

    def _span(self, start: datetime, end: datetime | None) -> str:
        return f"{self.clock(start)} – {self.clock(end)}" if end else self.clock(start)
