"""When reminders go out: so long before the visit, and not at night. Expectations are written out by hand."""

from datetime import UTC, datetime, time

import pytest

from webapp.rules.reminders import reminder_due

NIGHT = (time(20), time(8))
NOON = (time(12), time(14))
NEVER = (time(0), time(0))

# start (UTC), hours before, quiet hours, zone, when it is due (UTC)
CASES = [
    ("2031-03-05 10:00", 48, NIGHT, "UTC", "2031-03-03 10:00"),
    ("2031-03-05 07:00", 24, NIGHT, "UTC", "2031-03-04 08:00"),  # 7 in the morning: waits an hour
    ("2031-03-05 22:00", 24, NIGHT, "UTC", "2031-03-05 08:00"),  # 10 in the evening: waits for the morning
    ("2031-03-05 08:30", 2, NIGHT, "UTC", "2031-03-05 08:00"),
    ("2031-03-05 07:30", 2, NIGHT, "UTC", "2031-03-04 20:00"),  # over before the morning: the evening before
    ("2031-03-05 15:00", 2, NOON, "UTC", "2031-03-05 14:00"),
    ("2031-03-05 13:30", 1, NOON, "UTC", "2031-03-05 12:00"),
    ("2031-03-05 03:00", 1, NEVER, "UTC", "2031-03-05 02:00"),
    ("2031-03-05 08:00", 24, NIGHT, "UTC", "2031-03-04 08:00"),  # the quiet is over at its end
    ("2031-03-05 20:00", 24, NIGHT, "UTC", "2031-03-05 08:00"),  # and begins at its beginning
    ("2031-03-05 06:00", 24, NIGHT, "Europe/Berlin", "2031-03-04 07:00"),
    # The clocks go forward in the quiet hours: 8 in the morning is 6 UTC, and not 7 as the day before.
    ("2031-03-31 01:00", 24, NIGHT, "Europe/Berlin", "2031-03-30 06:00"),
    ("2031-10-27 02:00", 24, NIGHT, "Europe/Berlin", "2031-10-26 07:00"),  # and back
]


@pytest.mark.parametrize(("start", "hours", "quiet", "zone", "due"), CASES)
def test_due(start, hours, quiet, zone, due):
    assert reminder_due(utc(start), hours=hours, quiet=quiet, zone=zone) == utc(due)


def utc(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
