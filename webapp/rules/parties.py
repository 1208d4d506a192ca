"""Several visits booked at once: how many, and how close together."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Protocol

#: A family, or one person with two visits.
FEWEST: Final = 2
MOST: Final = 4
#: How long somebody may wait between two visits that are offered as one after the other, beside the types' buffers.
LONGEST_WAIT: Final = timedelta(minutes=30)
#: What is asked once for all of them.
SHARED: Final = ("email", "phone", "terms")


class Stretch(Protocol):
    """Whatever lasts from one instant to another."""

    @property
    def start(self) -> datetime: ...

    @property
    def end(self) -> datetime | None: ...


def most_together(cap: int | None) -> int:
    """How many visits can be booked at once where a person may have so many to come; 1 where none can, None: any."""
    return min(MOST, cap or MOST)


def wait_between(times: Iterable[Stretch]) -> timedelta:
    """How long, from the first start to the last end, none of them is going on."""
    idle, until = timedelta(), None
    for one in sorted(times, key=lambda one: one.start):
        if until is not None and one.start > until:
            idle += one.start - until
        until = max(until or one.start, one.end or one.start)
    return idle


def field_of(number: int, name: str) -> str:
    """The input of one person's answer, counted from 1."""
    return f"p{number}_{name}"
