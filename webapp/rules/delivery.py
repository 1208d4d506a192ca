"""When a message may go out, and when it is tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

#: After so many tries it has failed: with the pauses below, about a day and a half.
MOST_TRIES: Final = 10
FIRST_PAUSE: Final = timedelta(seconds=20)
LONGEST_PAUSE: Final = timedelta(hours=8)
_GROWTH: Final = 4


def pause_after(tries: int, *, chance: float) -> timedelta:
    """How long to wait after a try that failed; growing, and scattered by ``chance`` (0 to 1) around its length so that
    what failed together does not come back together."""
    pause: timedelta = min(FIRST_PAUSE * _GROWTH ** (tries - 1), LONGEST_PAUSE)
    return pause * (0.75 + 0.5 * chance)


@dataclass(frozen=True, slots=True)
class Standing:
    """An appointment at the moment of sending: its status as people see it, and whom it could be told to."""

    status: str
    start: datetime
    reachable: bool
    opted_out: bool


def why_not(
    kind: str, *, speaks_of: datetime, visit: Standing, has_successor: bool, by_clock: bool, now: datetime
) -> str | None:
    """Why a message must not go out any more, in a word; None: it may.

    ``speaks_of`` is the start it was written for, ``has_successor`` whether a later message says how the visit stands
    now; a reminder that staff asked for goes out ``by_clock`` or not.
    """
    if visit.start <= now:
        return "over"
    if kind == "CANCELLATION":
        not_so = "stands again" if visit.status != "CANCELLED" else None
    elif kind == "OFFER":
        not_so = None if visit.status == "HOLD" else "ended"
    else:
        not_so = None if visit.status in ("CONFIRMED", "ARRIVED") else "cancelled"
    if not_so:
        return not_so
    if kind == "REMINDER" and speaks_of != visit.start:
        return "moved"
    if kind == "REMINDER" and by_clock and visit.opted_out:
        return "no reminders wanted"
    if kind != "REMINDER" and has_successor:
        return "superseded"
    return None if visit.reachable else "no address"
