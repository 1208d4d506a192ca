"""What the latest change of an appointment was, and what takes it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

#: How long the patient is not told of a change yet, so that it can be taken back without a word.
WINDOW: Final = timedelta(seconds=20)

#: event -> the status it led to
LED_TO: Final = {
    "BOOKED": "CONFIRMED",
    "CONFIRMED": "CONFIRMED",
    "ARRIVED": "ARRIVED",
    "COMPLETED": "COMPLETED",
    "CANCELLED": "CANCELLED",
    "NO_SHOW": "NO_SHOW",
}
STEPS: Final = frozenset({"ARRIVED", "COMPLETED", "CANCELLED", "NO_SHOW"})


class Told(Protocol):
    """An event, as far as undoing reads it."""

    @property
    def event_type(self) -> str: ...
    @property
    def detail(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Back:
    """Where undoing ``event`` leads: a status, a priority, or a place with its length in minutes and its type, and the
    status that it had there, if moving changed that."""

    event: str
    status: str = ""
    priority: str = ""
    slot_id: UUID | None = None
    type_id: UUID | None = None
    minutes: int | None = None


def changes(events: Sequence[Told]) -> list[Told]:
    """Without those that changed nothing of the appointment itself."""
    return [event for event in events if event.event_type != "NOT_TOLD"]


def is_undo(events: Sequence[Told]) -> bool:
    """Did the latest of an appointment's events (oldest first) take one back?"""
    events = changes(events)
    return bool(events) and (events[-1].event_type == "UNDONE" or bool(events[-1].detail.get("undo")))


def way_back(events: Sequence[Told]) -> Back | None:
    """What undoes the latest of an appointment's events (oldest first); None where nothing can."""
    events = changes(events)
    if not events:
        return None
    kind, detail = events[-1].event_type, events[-1].detail
    if kind in STEPS:
        before = _status_of(events[:-1])
        return Back(kind, status=before) if before in ("CONFIRMED", "ARRIVED") else None
    if kind == "PRIORITY":
        return Back(kind, priority=detail["from"])
    return _place_before(detail) if kind == "RESCHEDULED" else None


def _status_of(events: Sequence[Told]) -> str:
    for event in reversed(events):
        # Undoing names the status it led to, and so does a move that changed it.
        status = event.detail.get("status") or LED_TO.get(event.event_type)
        if status:
            return str(status)
    return "HOLD"


def _place_before(detail: Mapping[str, Any]) -> Back | None:
    """None for a move of the clinic's own chair, one told before lengths were, and the first type of a visit."""
    slot, end, kind = detail.get("from_slot"), detail.get("from_end"), detail.get("from_type")
    if not slot or not end or (kind is None and detail.get("to_type") is not None):
        return None
    lasted = datetime.fromisoformat(end) - datetime.fromisoformat(detail["from"])
    minutes = lasted.total_seconds() / 60
    return Back(
        "RESCHEDULED",
        status=detail.get("from_status", ""),
        slot_id=UUID(slot),
        type_id=UUID(kind) if kind else None,
        minutes=int(minutes) if minutes == int(minutes) else None,
    )
