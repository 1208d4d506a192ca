"""Which status may follow which, and when."""

from datetime import datetime
from typing import Final

from webapp.core.errors import N_, Conflict

MOVES: Final[dict[str, frozenset[str]]] = {
    "HOLD": frozenset({"CONFIRMED", "CANCELLED", "EXPIRED"}),
    "CONFIRMED": frozenset({"ARRIVED", "COMPLETED", "CANCELLED", "NO_SHOW"}),
    "ARRIVED": frozenset({"COMPLETED", "CANCELLED"}),
    "COMPLETED": frozenset(),
    "CANCELLED": frozenset(),
    "NO_SHOW": frozenset(),
    "EXPIRED": frozenset(),
}

#: What undoing may lead back to: each step's reverse, and nothing else. What is over takes its seat again at the door.
REVERSE_MOVES: Final[dict[str, frozenset[str]]] = {
    "ARRIVED": frozenset({"CONFIRMED"}),
    "COMPLETED": frozenset({"CONFIRMED", "ARRIVED"}),
    "CANCELLED": frozenset({"CONFIRMED", "ARRIVED"}),
    "NO_SHOW": frozenset({"CONFIRMED"}),
}

_REFUSALS: Final = {
    "HOLD": N_("This time is only held. Confirm it first."),
    "CONFIRMED": N_("This appointment is confirmed; that step does not apply to it."),
    "ARRIVED": N_("The patient has arrived; that step does not apply any more."),
    "COMPLETED": N_("This appointment is completed and cannot be changed any more."),
    "CANCELLED": N_("This appointment was cancelled. Book a new one."),
    "NO_SHOW": N_("This appointment was marked as missed. Book a new one."),
    "EXPIRED": N_("The time was held too long ago and has been given back. Choose a time again."),
}


def check_move(current: str, wanted: str) -> None:
    """Raise Conflict with the reason when ``wanted`` cannot follow ``current``."""
    if wanted not in MOVES[current]:
        raise Conflict(_REFUSALS[current])


def refusal_now(current: str, wanted: str, *, start: datetime, day_begins: datetime, now: datetime) -> str | None:
    """Why a visit at ``start``, on the clinic's day that begins at ``day_begins``, cannot be so ``now`` (UTC)."""
    if wanted == "ARRIVED" and now < day_begins:
        return N_("This visit is on a later day. Mark the patient as arrived when that day has come.")
    if wanted == "NO_SHOW" and now < start:
        return N_("This visit has not begun yet. It can be marked as a no-show once its time has come.")
    if wanted == "COMPLETED" and current != "ARRIVED" and now < start:
        return N_("This visit has not begun yet. Mark the patient as arrived first, or wait until its time has come.")
    return None


def check_expected(current: str) -> None:
    """Raise Conflict unless the patient is still expected: only then may they change the visit themselves."""
    if current != "CONFIRMED":
        raise Conflict(_REFUSALS[current])


def check_undo(current: str, wanted: str) -> None:
    """Raise Conflict when undoing cannot lead from ``current`` to ``wanted``."""
    if wanted not in REVERSE_MOVES.get(current, frozenset()):
        raise Conflict(N_("This change cannot be undone any more."))
