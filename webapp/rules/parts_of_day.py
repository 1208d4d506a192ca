"""Morning until noon, afternoon until 17:00, then evening."""

from datetime import datetime
from typing import Final

from webapp.core.timezones import to_wall

PARTS: Final = ("morning", "afternoon", "evening")


def part_of_day(instant: datetime, zone: str) -> str:
    """The part of the day by the clocks of a zone."""
    hour = to_wall(instant, zone).hour
    return "morning" if hour < 12 else "afternoon" if hour < 17 else "evening"
