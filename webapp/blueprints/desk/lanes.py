"""What stands side by side on the grid: a day's specialists, a day's rooms, or one specialist's week."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from uuid import UUID

from webapp.queries.day import DayAppointment, DayCell, DayClosure, DeskDay
from webapp.queries.rooms import Room
from webapp.web.filters import day_full, day_short, weekday


@dataclass(frozen=True, slots=True)
class Lane:
    """A column before it is drawn. ``said`` ends the spoken name of each of its cells."""

    key: str
    day: date
    title: str
    subtitle: str = ""
    said: str = ""
    colour: int = 0
    specialist_id: UUID | None = None
    whole_day: bool = False  # the heading leads to this day
    cells: list[DayCell] = field(default_factory=list)
    closures: list[DayClosure] = field(default_factory=list)
    cancelled: list[DayAppointment] = field(default_factory=list)


def by_specialist(desk_day: DeskDay) -> list[Lane]:
    return [
        Lane(
            key=str(column.specialist_id),
            day=desk_day.day,
            title=column.full_name,
            subtitle=column.service_type,
            said=column.full_name,
            colour=column.colour,
            specialist_id=column.specialist_id,
            cells=column.cells,
            closures=column.closures,
            cancelled=column.cancelled,
        )
        for column in desk_day.columns
    ]


def cells_of(lane: Lane) -> list[DayCell]:
    """Its cells, those that one closure takes one after the other as one: a meeting of an hour is one meeting."""
    merged: list[DayCell] = []
    last: DayClosure | None = None
    for cell in lane.cells:
        closure = closure_of(lane, cell)
        if closure and closure == last and merged[-1].end == cell.start:
            merged[-1] = replace(merged[-1], end=cell.end)
        else:
            merged.append(cell)
        last = closure
    return merged


def closure_of(lane: Lane, cell: DayCell) -> DayClosure | None:
    """The closure that takes a time on which nobody stands."""
    if cell.capacity > 1 or cell.appointments or cell.kind in ("free", "past"):
        return None
    return next((c for c in lane.closures if c.start < cell.end and c.end > cell.start), None)


def by_room(desk_day: DeskDay, rooms: Iterable[Room]) -> list[Lane]:
    """Who is in which room; what needs none is not here."""
    found: dict[UUID | None, list[DayCell]] = {}
    for column in desk_day.columns:
        for cell in column.cells:
            for room_id, seats in groupby(cell.appointments, key=lambda a: a.room_id):
                found.setdefault(room_id, []).append(_seated(cell, list(seats), column.full_name))
    lanes = [Lane(str(room.id), desk_day.day, room.name, cells=found.get(room.id, [])) for room in rooms]
    return [replace(lane, said=lane.title, colour=n % 8, cells=_one_by_one(lane.cells)) for n, lane in enumerate(lanes)]


def _seated(cell: DayCell, appointments: list[DayAppointment], who: str) -> DayCell:
    named = [a._replace(type_name=f"{who}, {a.type_name}" if a.type_name else who) for a in appointments]
    return replace(cell, kind="taken", appointments=named)


def _one_by_one(cells: list[DayCell]) -> list[DayCell]:
    """What begins together stands beside each other in one cell."""
    merged: list[DayCell] = []
    for cell in sorted(cells, key=lambda cell: cell.start):
        if merged and merged[-1].capacity == cell.capacity == 1 and cell.start < merged[-1].end:
            last = merged.pop()
            seats = [*last.appointments, *cell.appointments]
            cell = replace(last, end=max(last.end, cell.end), appointments=seats)
        merged.append(cell)
    return merged


def by_day(days: list[DeskDay], specialist_id: UUID | None) -> list[Lane]:
    """A specialist's days."""
    return [
        Lane(
            key=day.day.isoformat(),
            day=day.day,
            title=weekday(day.day),
            subtitle=day_short(day.day),
            said=day_full(day.day),
            colour=column.colour,
            specialist_id=specialist_id,
            whole_day=True,
            cells=column.cells,
            closures=column.closures,
        )
        for day in days
        for column in day.columns
        if column.specialist_id == specialist_id
    ]
