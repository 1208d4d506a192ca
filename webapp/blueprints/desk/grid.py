"""Columns of blocks on five-minute rows: what the time grid draws, worked out once for the whole page."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from uuid import UUID

from flask import g
from flask_babel import gettext as _

from webapp.blueprints.desk.lanes import Lane, cells_of, closure_of
from webapp.blueprints.desk.shown import Shown
from webapp.core.timezones import first_instant, to_wall
from webapp.queries.day import DayAppointment, DayCell
from webapp.web.filters import clocks_of

ROW = timedelta(minutes=5)
HOUR = 12  # rows
LAST_ROW = 299  # the stylesheet knows 25 hours of rows
LOOKS = {
    "HOLD": "held",
    "CONFIRMED": "confirmed",
    "ARRIVED": "arrived",
    "COMPLETED": "completed",
    "NO_SHOW": "no-show",
    "CANCELLED": "cancelled",
}


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
    memo: str = ""
    until: str = ""
    version: int = 0
    minute: int = 0
    marked: bool = False
    dim: bool = False
    squeezed: bool = False
    beside: list["Block"] = field(default_factory=list)


@dataclass(slots=True)
class Column:
    """``minute`` is its first row's instant in minutes since 1970, UTC; ``now_row`` None on other days than today."""

    lane: Lane
    minute: int
    now_row: int | None
    blocks: list[Block]


@dataclass(slots=True)
class Grid:
    """``pace`` says how tall a row is drawn: by the shortest thing in sight."""

    columns: list[Column]
    marks: list[tuple[int, str]]
    pace: int
    now_row: int | None


class Words:
    """The page's repeated words, translated once."""

    def __init__(self) -> None:
        self.looks = looks()
        self.free, self.closed, self.past, self.pause = _("Free"), _("Closed"), _("Past"), _("Break")
        self.blocked, self.group, self.until = _("Not free"), _("%(taken)s of %(all)s"), _("until %(time)s")
        self.held_by, self.patient_chooses = _("by %(name)s until %(time)s"), _("a patient, until %(time)s")
        self.memo, self.squeezed = _("with a note"), _("squeezed in")
        self.seats = _("%(left)s of %(all)s seats free")
        self.badges = badges()

    def of_visit(self, a: DayAppointment, clock: Callable[[datetime], str]) -> str:
        """What it is for; while it is held, by whom and until when."""
        told = self._held(a, clock(a.expires_at)) if a.expires_at else a.type_name or ""
        return ", ".join(part for part in (told, self.squeezed if a.seat == 0 else "") if part)

    def _held(self, a: DayAppointment, until: str) -> str:
        if a.holder:
            return self.held_by % {"name": a.holder, "time": until}
        return (self.patient_chooses if a.source == "PATIENT" else self.until) % {"time": until}


def looks() -> dict[str, str]:
    """How the states of an appointment are called."""
    return {
        "held": _("Held"),
        "confirmed": _("Confirmed"),
        "arrived": _("Arrived"),
        "completed": _("Done"),
        "no-show": _("No-show"),
        "cancelled": _("Cancelled"),
    }


def badges() -> dict[str, str]:
    return {"URGENT": _("Urgent"), "VIP": _("VIP"), "NORMAL": ""}


def lay_out(lanes: list[Lane], *, now: datetime, shown: Shown | None = None, marked: UUID | None = None) -> Grid:
    """Place lanes side by side, each hour of one beside the same hour of the others; ``marked`` is pointed out."""
    words, shown = Words(), shown or Shown()
    hour, rows = _hours(lanes)
    columns = [_Drawing(lane, words, shown, marked).column(hour, rows, now) for lane in lanes]
    spans = [block.rows for column in columns for block in column.blocks if block.key]
    return Grid(
        columns=columns,
        marks=_marks(lanes[0].day, hour, rows) if rows else [],
        pace=min(6, max(1, min(spans, default=3))),
        now_row=next((column.now_row for column in columns if column.now_row is not None), None),
    )


def _hours(lanes: list[Lane]) -> tuple[time, int]:
    """The full hour at which the first cell of all begins by the clinic's clocks, and the rows down to the last."""
    zone = g.clinic.timezone
    starts = [to_wall(lane.cells[0].start, zone).replace(minute=0) for lane in lanes if lane.cells]
    if not starts:
        return time(), 0
    hour = time(min(start.hour for start in starts))
    ends = [max(cell.end for cell in lane.cells) - _first(lane, hour) for lane in lanes if lane.cells]
    return hour, -(-max(ends) // (HOUR * ROW)) * HOUR


def _first(lane: Lane, hour: time) -> datetime:
    return first_instant(datetime.combine(lane.day, hour), g.clinic.timezone)


def _marks(day: date, hour: time, rows: int) -> list[tuple[int, str]]:
    first = first_instant(datetime.combine(day, hour), g.clinic.timezone)
    tell = clocks_of(day)
    return [(row, tell(first + row * ROW)) for row in range(0, rows, HOUR)]


class _Drawing:
    """One column: what it needs to know for each of its blocks."""

    def __init__(self, lane: Lane, words: Words, shown: Shown, marked: UUID | None) -> None:
        self.lane, self.words, self.shown, self.marked = lane, words, shown, marked
        self.clock: Callable[[datetime], str] = cache(clocks_of(lane.day))

    def column(self, hour: time, rows: int, now: datetime) -> Column:
        first = _first(self.lane, hour)
        ends = first + rows * ROW
        blocks = list(self._blocks(first, rows))
        for block in blocks:
            block.row, block.rows = min(block.row, LAST_ROW), min(block.rows, LAST_ROW + 1)
        return Column(self.lane, minute_of(first), _row(now, first) if first <= now < ends else None, blocks)

    def _blocks(self, first: datetime, rows: int) -> Iterator[Block]:
        drawn = 0
        for cell in cells_of(self.lane):
            # Things shorter than a row are drawn one after the other rather than on top of each other.
            row = max(drawn, _row(cell.start, first))
            if row > drawn and self.lane.specialist_id:
                yield self._closed(drawn, row, first, between=drawn > 0)
            drawn = max(row + 1, _row(cell.end, first))
            yield self._cell(cell, row, drawn - row)
        if drawn < rows and self.lane.specialist_id:
            yield self._closed(drawn, rows, first, between=False)

    def _closed(self, start: int, end: int, first: datetime, *, between: bool) -> Block:
        """Why nobody works then: as the closure says, a break between two times, or simply closed."""
        since, until = first + start * ROW, first + end * ROW
        closure = next((c for c in self.lane.closures if c.start < until and c.end > since), None)
        title = self.words.pause if between else self.words.closed
        look = "closed"
        if closure:
            look, title = "closed blocked-time", closure.reason or self.words.closed
        return Block(look, start, end - start, title=title, minute=minute_of(since))

    def _cell(self, cell: DayCell, row: int, rows: int) -> Block:
        if cell.capacity > 1:
            return self._group(cell, row, rows)
        beside = [self._visit(a, row, rows) for a in _missed_first(cell.appointments)]
        if cell.kind == "free" and self.lane.specialist_id:
            beside.insert(0, self._open(cell, row, rows))
        if not beside:
            look, title = ("past", self.words.past) if cell.kind == "past" else ("blocked", self._blocked(cell))
            return Block(look, row, rows, clock=self.clock(cell.start), title=title, minute=minute_of(cell.start))
        return beside[0] if len(beside) == 1 else Block("split", row, rows, beside=beside)

    def _blocked(self, cell: DayCell) -> str:
        closure = closure_of(self.lane, cell)
        return closure.reason or self.words.closed if closure else self.words.blocked

    def _open(self, cell: DayCell, row: int, rows: int) -> Block:
        free = self.words.free
        return Block(
            look="free",
            row=row,
            rows=rows,
            key=cell.slot_id,
            clock=self.clock(cell.start),
            title=free,
            name=f"{self._span(cell.start, cell.end)}, {free}, {self.lane.said}",
            minute=minute_of(cell.start),
        )

    def _group(self, cell: DayCell, row: int, rows: int) -> Block:
        count = self.words.group % {"taken": cell.seats_taken, "all": cell.capacity}
        squeezed = any(a.seat == 0 for a in cell.appointments)
        kind = next((a.type_name for a in cell.appointments if a.type_name), "")
        kind = ", ".join(part for part in (kind, self.words.squeezed if squeezed else "") if part)
        return Block(
            look="group" if cell.seats_taken < cell.capacity else "group full",
            row=row,
            rows=rows,
            key=cell.slot_id,
            clock=self.clock(cell.start),
            title=count,
            note=kind,
            name=f"{self._span(cell.start, cell.end)}, {count}, {kind}, {self.lane.said}",
            dim=bool(cell.appointments) and not any(self.shown.has(a) for a in cell.appointments),
            squeezed=squeezed,
        )

    def _visit(self, a: DayAppointment, row: int, rows: int) -> Block:
        look, words = LOOKS[a.status], self.words
        status, badge, note = words.looks[look], words.badges.get(a.priority, ""), words.of_visit(a, self.clock)
        title = self.shown.patient(a.patient_name) or status
        said = [self._span(a.start, a.end), title, status if status != title else "", note, badge, self.lane.said]
        return Block(
            look=look,
            row=row,
            rows=rows,
            key=a.id,
            clock=self.clock(a.start),
            title=title,
            note=note,
            name=", ".join(part for part in [*said, words.memo if a.note else ""] if part),
            badge=badge and a.priority,
            memo=a.note or "",
            until=a.expires_at.isoformat() if a.expires_at else "",
            version=a.version,
            minute=minute_of(a.start),
            marked=a.id == self.marked,
            dim=not self.shown.has(a),
            squeezed=a.seat == 0,
        )

    def _span(self, start: datetime, end: datetime | None) -> str:
        return f"{self.clock(start)} – {self.clock(end)}" if end else self.clock(start)


def _row(instant: datetime, first: datetime) -> int:
    return int((instant - first) / ROW)


def minute_of(instant: datetime) -> int:
    return int(instant.timestamp()) // 60


def _missed_first(appointments: Iterable[DayAppointment]) -> list[DayAppointment]:
    return sorted(appointments, key=lambda a: a.status != "NO_SHOW")
