"""What the desk shows of the days: whose columns, which visits stand out, and whether names do."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import g, request

from webapp.queries.availability import all_types
from webapp.queries.day import DayAppointment, DayColumn, DeskDay, initials

CANCELLED = "CANCELLED"
STATUSES = ("HOLD", "CONFIRMED", "ARRIVED", "COMPLETED", "NO_SHOW", CANCELLED)


@dataclass(frozen=True, slots=True)
class Shown:
    """Nobody named in ``specialists`` means everybody; no type, no status: all of them."""

    specialists: frozenset[UUID] = frozenset()
    type_id: UUID | None = None
    status: str = ""
    hide_names: bool = False

    def has(self, appointment: DayAppointment) -> bool:
        """Does the visit stand out, or is it one of those that were not asked for?"""
        return self.type_id in (None, appointment.type_id) and self.status in ("", appointment.status)

    def of(self, day: DeskDay) -> DeskDay:
        """The day with the columns that are wanted; with all, when none of them is left."""
        wanted = [column for column in day.columns if self.wants(column)]
        return DeskDay(day.day, wanted or day.columns)

    def wants(self, column: DayColumn) -> bool:
        return not self.specialists or column.specialist_id in self.specialists

    def patient(self, full_name: str | None) -> str:
        """The name, or its initials where names are hidden from those who look over a shoulder."""
        if not full_name:
            return ""
        return initials(full_name) or "–" if self.hide_names else full_name

    def query(self) -> dict[str, Any]:
        """What the addresses of the other days and views carry on."""
        return {"type": self.type_id, "status": self.status or None}

    def query_of_grids(self) -> dict[str, Any]:
        """The same for what is drawn as a grid, where nothing cancelled stands."""
        return self.query() | ({"status": None} if self.cancelled else {})

    @property
    def cancelled(self) -> bool:
        """Is what was cancelled asked for?"""
        return self.status == CANCELLED

    @property
    def narrowed(self) -> bool:
        return bool(self.type_id or self.status or self.specialists)


def shown_now() -> Shown:
    """As this user set it, and as the address asks."""
    settings = g.person.settings
    status = request.args.get("status", "")
    return Shown(
        specialists=frozenset(settings.specialists),
        type_id=_known_type(request.args.get("type", type=UUID)),
        status=status if status in STATUSES else "",
        hide_names=settings.hide_names,
    )


def _known_type(type_id: UUID | None) -> UUID | None:
    return type_id if type_id and any(one.id == type_id for one in all_types()) else None
