"""A day as lines of a table: what the grid says, in words, for reading aloud and for paper."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from webapp.blueprints.desk.grid import LOOKS
from webapp.queries.day import DayAppointment, DayCell, DeskDay
from webapp.web.filters import clocks_of


@dataclass(slots=True)
class Line:
    """``slot_id`` where a seat can be had, ``appointment_id`` where somebody has one."""

    look: str
    span: str
    status: str
    slot_id: UUID | None = None
    appointment_id: UUID | None = None
    patient: str = ""
    phone: str = ""
    note: str = ""
    badge: str = ""


def write_lines(desk_day: DeskDay) -> list[list[Line]]:
    """The lines of every specialist's table, in the order of the columns."""
    clock = clocks_of(desk_day.day)
    words = {"held": _("Held"), "confirmed": _("Confirmed"), "arrived": _("Arrived")}
    words |= {"completed": _("Done"), "no-show": _("No-show")}
    return [[line for cell in column.cells for line in _lines(cell, clock, words)] for column in desk_day.columns]


def _lines(cell: DayCell, clock: Callable[[datetime], str], words: dict[str, str]) -> Iterator[Line]:
    for appointment in cell.appointments:
        yield _visit(appointment, clock, words)
    span = f"{clock(cell.start)} – {clock(cell.end)}"
    if cell.kind == "free" or (cell.kind == "held" and cell.seats_taken < cell.capacity):
        left = cell.capacity - cell.seats_taken
        status = _("Free") if cell.capacity == 1 else _("%(left)s of %(all)s seats free", left=left, all=cell.capacity)
        yield Line("free", span, status, slot_id=cell.slot_id)
    elif not cell.appointments:
        yield Line(cell.kind, span, _("Past") if cell.kind == "past" else _("Not free"))


def _visit(a: DayAppointment, clock: Callable[[datetime], str], words: dict[str, str]) -> Line:
    look = LOOKS[a.status]
    return Line(
        look,
        f"{clock(a.start)} – {clock(a.end)}" if a.end else clock(a.start),
        words[look],
        appointment_id=a.id,
        patient=a.patient_name or "",
        phone=a.patient_phone or "",
        note=_("until %(time)s", time=clock(a.expires_at)) if a.expires_at else a.type_name or "",
        badge=a.priority if a.priority != "NORMAL" else "",
    )
