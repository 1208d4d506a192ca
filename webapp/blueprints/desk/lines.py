"""Days as lines of a table: what the grid says, in words, for reading aloud and for paper."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from webapp.blueprints.desk.grid import LOOKS, Words
from webapp.blueprints.desk.lanes import Lane
from webapp.blueprints.desk.shown import Shown
from webapp.queries.day import DayAppointment, DayCell
from webapp.web.filters import clocks_of


@dataclass(slots=True)
class Line:
    """``slot_id`` where a seat can be had, ``appointment_id`` where somebody has one."""

    start: datetime
    look: str
    span: str
    status: str
    slot_id: UUID | None = None
    appointment_id: UUID | None = None
    patient: str = ""
    phone: str = ""
    note: str = ""
    badge: str = ""
    memo: str = ""
    squeezed: bool = False
    who: str = ""


def write_lines(lanes: list[Lane], shown: Shown) -> list[list[Line]]:
    """The lines of every lane's table, in their order."""
    words = Words()
    return [list(_Writing(lane, words, shown).lines()) for lane in lanes]


def agenda(lanes: list[Lane], shown: Shown) -> list[Line]:
    """Everybody's visits of a day, by time."""
    visits = [line for lines in write_lines(lanes, shown) for line in lines if line.appointment_id]
    return sorted(visits, key=lambda line: (line.start, line.who))


class _Writing:
    """One lane's lines: what it needs to know for each of them."""

    def __init__(self, lane: Lane, words: Words, shown: Shown) -> None:
        self.lane, self.words, self.shown = lane, words, shown
        self.clock: Callable[[datetime], str] = cache(clocks_of(lane.day))

    def lines(self) -> Iterator[Line]:
        for cell in self.lane.cells:
            yield from self._cell(cell)

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
                cell.start, "free", span, words.free if cell.capacity == 1 else words.seats % seats, cell.slot_id
            )
        elif not cell.appointments:
            yield Line(cell.start, cell.kind, span, words.past if cell.kind == "past" else words.blocked)

    def _visit(self, a: DayAppointment) -> Line:
        look, words = LOOKS[a.status], self.words
        note = words.until % {"time": self.clock(a.expires_at)} if a.expires_at else a.type_name or ""
        return Line(
            start=a.start,
            look=look,
            span=self._span(a.start, a.end),
            status=words.looks[look],
            appointment_id=a.id,
            patient=self.shown.patient(a.patient_name),
            phone="" if self.shown.hide_names else a.patient_phone or "",
            note=", ".join(part for part in (note, words.squeezed if a.seat == 0 else "") if part),
            squeezed=a.seat == 0,
            badge=words.badges[a.priority],
            memo=a.note or "",
            who=self.lane.title,
        )

    def _span(self, start: datetime, end: datetime | None) -> str:
        return f"{self.clock(start)} – {self.clock(end)}" if end else self.clock(start)
