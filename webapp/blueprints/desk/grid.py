"""A day as blocks on five-minute rows: what the time grid draws, worked out once for the whole page."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from flask import g
from flask_babel import gettext as _

from webapp.core.timezones import to_wall
from webapp.queries.day import DayAppointment, DayCell, DayColumn, DeskDay
from webapp.web.filters import clocks_of

ROW = timedelta(minutes=5)
LAST_ROW = 299  # the stylesheet knows 25 hours of rows
LOOKS = {"HOLD": "held", "CONFIRMED": "confirmed", "ARRIVED": "arrived", "COMPLETED": "completed", "NO_SHOW": "no-show"}


@dataclass(slots=True)
class Block:
    """One thing in a column. ``name`` is what a screen reader says; ``key`` the slot's or appointment's id."""

    look: str
    row: int
    rows: int
    key: UUID | None = None
    clock: str = ""
    title: str = ""
    note: str = ""
    name: str = ""
    badge: str = ""
    marked: bool = False
    beside: list["Block"] = field(default_factory=list)


@dataclass(slots=True)
class Column:
    specialist_id: UUID
    full_name: str
    service_type: str
    colour: int
    blocks: list[Block]


@dataclass(slots=True)
class Grid:
    """``pace`` says how tall a row is drawn: by the shortest thing of the day. ``now_row`` is None on other days."""

    day: date
    columns: list[Column]
    marks: list[tuple[int, str]]
    pace: int
    now_row: int | None
    free: int
    booked: int
    held: int


class _Words:
    """The page's repeated words, translated once."""

    def __init__(self, clock: Callable[[datetime], str]) -> None:
        self.clock = clock
        self.looks = {
            "held": _("Held"),
            "confirmed": _("Confirmed"),
            "arrived": _("Arrived"),
            "completed": _("Done"),
            "no-show": _("No-show"),
        }
        self.free, self.closed, self.past = _("Free"), _("Closed"), _("Past")
        self.blocked, self.group, self.until = _("Not free"), _("%(taken)s of %(all)s"), _("until %(time)s")
        self.badges = {"URGENT": _("Urgent"), "VIP": _("VIP"), "NORMAL": ""}

    def span(self, start: datetime, end: datetime | None) -> str:
        return f"{self.clock(start)} – {self.clock(end)}" if end else self.clock(start)


def lay_out(desk_day: DeskDay, *, now: datetime, marked: UUID | None = None) -> Grid:
    """Place a clinic's day on the grid; ``marked`` is the appointment to point out."""
    cells = [cell for column in desk_day.columns for cell in column.cells]
    words = _Words(clocks_of(desk_day.day))
    first, last = _hours(cells)
    rows = _row(last, first) if cells else 0
    columns = [_column(column, first, rows, words, marked) for column in desk_day.columns]
    spans = [block.rows for column in columns for block in column.blocks if block.key]
    seated = [a.status for cell in cells for a in cell.appointments]
    return Grid(
        day=desk_day.day,
        columns=columns,
        marks=[(row, words.clock(first + row * ROW)) for row in range(0, rows, 12)],
        pace=min(6, max(1, min(spans, default=3))),
        now_row=_row(now, first) if cells and first <= now < last else None,
        free=sum(cell.capacity - cell.seats_taken for cell in cells if cell.kind == "free"),
        booked=sum(status in ("CONFIRMED", "ARRIVED", "COMPLETED") for status in seated),
        held=seated.count("HOLD"),
    )


def _hours(cells: list[DayCell]) -> tuple[datetime, datetime]:
    """From the full hour before the first cell to the one after the last, by the clinic's clocks."""
    if not cells:
        return datetime.max, datetime.max  # noqa: DTZ901 - never shown
    start, end = min(cell.start for cell in cells), max(cell.end for cell in cells)
    zone = g.clinic.timezone
    first = start - timedelta(minutes=to_wall(start, zone).minute)
    return first, end + timedelta(minutes=-to_wall(end, zone).minute % 60)


def _row(instant: datetime, first: datetime) -> int:
    return int((instant - first) / ROW)


def _column(column: DayColumn, first: datetime, rows: int, words: _Words, marked: UUID | None) -> Column:
    blocks: list[Block] = []
    drawn = 0
    for cell in column.cells:
        # Things shorter than a row are drawn one after the other rather than on top of each other.
        row = max(drawn, _row(cell.start, first))
        if row > drawn:
            blocks.append(_closed(drawn, row, words))
        drawn = max(row + 1, _row(cell.end, first))
        blocks.append(_cell(cell, row, drawn - row, words, column.full_name, marked))
    if drawn < rows:
        blocks.append(_closed(drawn, rows, words))
    for block in blocks:
        block.row, block.rows = min(block.row, LAST_ROW), min(block.rows, LAST_ROW + 1)
    return Column(column.specialist_id, column.full_name, column.service_type, column.colour, blocks)


def _closed(start: int, end: int, words: _Words) -> Block:
    return Block("closed", start, end - start, title=words.closed)


def _cell(cell: DayCell, row: int, rows: int, words: _Words, who: str, marked: UUID | None) -> Block:
    if cell.capacity > 1:
        return _group(cell, row, rows, words, who)
    shown = [_visit(a, row, rows, words, who, marked) for a in _missed_first(cell.appointments)]
    if cell.kind == "free":
        shown.insert(0, _open(cell, row, rows, words, who))
    if not shown:
        look, title = ("past", words.past) if cell.kind == "past" else ("blocked", words.blocked)
        return Block(look, row, rows, clock=words.clock(cell.start), title=title)
    if len(shown) == 1:
        return shown[0]
    return Block("split", row, rows, beside=shown)


def _missed_first(appointments: Iterable[DayAppointment]) -> Iterator[DayAppointment]:
    yield from sorted(appointments, key=lambda a: a.status != "NO_SHOW")


def _open(cell: DayCell, row: int, rows: int, words: _Words, who: str) -> Block:
    span = words.span(cell.start, cell.end)
    return Block(
        "free", row, rows, cell.slot_id, words.clock(cell.start), words.free, name=f"{span}, {words.free}, {who}"
    )


def _group(cell: DayCell, row: int, rows: int, words: _Words, who: str) -> Block:
    count = words.group % {"taken": cell.seats_taken, "all": cell.capacity}
    look = "group" if cell.seats_taken < cell.capacity else "group full"
    title = next((a.type_name for a in cell.appointments if a.type_name), "")
    name = f"{words.span(cell.start, cell.end)}, {count}, {title}, {who}"
    return Block(look, row, rows, cell.slot_id, words.clock(cell.start), count, title, name)


def _visit(a: DayAppointment, row: int, rows: int, words: _Words, who: str, marked: UUID | None) -> Block:
    look = LOOKS[a.status]
    status, badge = words.looks[look], words.badges.get(a.priority, "")
    note = words.until % {"time": words.clock(a.expires_at)} if a.expires_at else a.type_name or ""
    title = a.patient_name or status
    said = [words.span(a.start, a.end), *([title] if title != status else []), status, note, badge, who]
    name = ", ".join(part for part in said if part)
    return Block(look, row, rows, a.id, words.clock(a.start), title, note, name, badge and a.priority, a.id == marked)
