"""Which status may follow which."""

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
