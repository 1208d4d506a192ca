"""When a reminder goes out."""

from datetime import datetime, time, timedelta

from webapp.core.timezones import first_instant, to_wall


def reminder_due(start: datetime, *, hours: int, quiet: tuple[time, time], zone: str) -> datetime:
    """The instant (UTC) at which to remind of a visit, so many hours before its start (UTC).

    In the quiet hours, from the first to the second time by the clinic's clock, it waits for their end; where the visit
    begins before that, it goes out before they begin. The same time twice: there are none.
    """
    due = start - timedelta(hours=hours)
    began, ended = quiet_around(due, quiet, zone)
    if not began <= due < ended:
        return due
    return ended if ended < start else began


def quiet_around(due: datetime, quiet: tuple[time, time], zone: str) -> tuple[datetime, datetime]:
    """The quiet hours (UTC) that could hold the instant; they may reach over midnight."""
    since, until = quiet
    wall = to_wall(due, zone)
    day = wall.date()
    over_midnight = until < since
    first = day - timedelta(days=1) if over_midnight and wall.time() < until else day
    last = first + timedelta(days=1) if over_midnight else first
    return (
        first_instant(datetime.combine(first, since), zone),
        first_instant(datetime.combine(last, until), zone),
    )
