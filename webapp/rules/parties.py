"""Several visits booked at once: how many, and how close together."""

from datetime import timedelta
from typing import Final

#: A family, or one person with two visits.
FEWEST: Final = 2
MOST: Final = 4
#: How long somebody may wait between two visits that are offered as one after the other, beside the types' buffers.
LONGEST_WAIT: Final = timedelta(minutes=30)
#: What is asked once for all of them.
SHARED: Final = ("email", "phone", "terms")


def field_of(number: int, name: str) -> str:
    """The input of one person's answer, counted from 1."""
    return f"p{number}_{name}"
