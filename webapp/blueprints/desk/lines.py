"""Days as lines of a table: what the grid says, in words, for reading aloud and for paper."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from flask_babel import gettext as _

from webapp.blueprints.desk.grid import LOOKS, badges, looks
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
    words = looks()
    return [[line for cell in lane.cells for line in _lines(cell, lane, shown, words)] for lane in lanes]


def agenda(lanes: list[Lane], shown: Shown) -> list[Line]:
    """Everybody's visits of a day, by time."""
    visits = [line for lines in write_lines(lanes, shown) for line in lines if line.appointment_id]
    return sorted(visits, key=lambda line: (line.start, line.who))


def _lines(cell: DayCell, lane: Lane, shown: Shown, words: dict[str, str]) -> Iterator[Line]:
    clock = _clock(lane)
    for appointment in cell.appointments:
        if shown.has(appointment):
            yield _visit(appointment, lane, shown, words)
    span = f"{clock(cell.start)} – {clock(cell.end)}"
    if shown.status or (shown.type_id and cell.appointments):
        return
    if cell.kind == "free" or (cell.kind == "held" and cell.seats_taken < cell.capacity):
        left = cell.capacity - cell.seats_taken
        status = _("Free") if cell.capacity == 1 else _("%(left)s of %(all)s seats free", left=left, all=cell.capacity)
        yield Line(cell.start, "free", span, status, slot_id=cell.slot_id)
    elif not cell.appointments:
        yield Line(cell.start, cell.kind, span, _("Past") if cell.kind == "past" else _("Not free"))


def _clock(lane: Lane) -> Callable[[datetime], str]:
    return cache(clocks_of(lane.day))


def _visit(a: DayAppointment, lane: Lane, shown: Shown, words: dict[str, str]) -> Line:
    look, clock = LOOKS[a.status], _clock(lane)
    note = _("until %(time)s", time=clock(a.expires_at)) if a.expires_at else a.type_name or ""
    return Line(
        start=a.start,
        look=look,
        span=f"{clock(a.start)} – {clock(a.end)}" if a.end else clock(a.start),
        status=words[look],
        appointment_id=a.id,
        patient=shown.patient(a.patient_name),
        phone="" if shown.hide_names else a.patient_phone or "",
        note=", ".join(part for part in (note, _("squeezed in") if a.seat == 0 else "") if part),
        squeezed=a.seat == 0,
        badge=badges()[a.priority],
        memo=a.note or "",
        who=lane.title,
    )
