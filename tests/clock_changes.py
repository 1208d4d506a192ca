"""Six zones whose clocks change, each in its own way: what a page, a letter and a calendar file are tried at."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time


@dataclass(frozen=True)
class Change:
    """A day on which the clocks change: when a clinic opens and closes, and each half hour that it has then.

    ``times`` are what the clocks show and how far they are from UTC, ``names`` what tells those apart that come twice.
    """

    zone: str
    day: date
    opens: time
    closes: time
    times: str
    names: str = ""

    def __str__(self) -> str:
        return f"{self.zone} {self.day}"

    @property
    def starts(self) -> list[datetime]:
        """In order, UTC."""
        return [datetime.fromisoformat(f"{self.day}T{one}").astimezone(UTC) for one in self.times.split()]

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Of each start the clock's face, and the name of the clock's time where it comes twice; else ''."""
        faces, names = [one[:5] for one in self.times.split()], iter(self.names.split())
        return [(face, next(names) if faces.count(face) == 2 else "") for face in faces]


FORWARD = [
    Change("Europe/Berlin", date(2031, 3, 30), time(1), time(4), "01:00+01:00 01:30+01:00 03:00+02:00 03:30+02:00"),
    Change("America/New_York", date(2031, 3, 9), time(1), time(4), "01:00-05:00 01:30-05:00 03:00-04:00 03:30-04:00"),
    Change("America/St_Johns", date(2031, 3, 9), time(1), time(4), "01:00-03:30 01:30-03:30 03:00-02:30 03:30-02:30"),
    # by half an hour
    Change("Australia/Lord_Howe", date(2031, 10, 5), time(1), time(3), "01:00+10:30 01:30+10:30 02:30+11:00"),
    # at midnight
    Change("Africa/Cairo", date(2031, 4, 25), time(0), time(2), "01:00+03:00 01:30+03:00"),
    Change("Pacific/Auckland", date(2031, 9, 28), time(1), time(4), "01:00+12:00 01:30+12:00 03:00+13:00 03:30+13:00"),
]
BACK = [
    Change(
        "Europe/Berlin", date(2031, 10, 26), time(1, 30), time(3, 30),
        "01:30+02:00 02:00+02:00 02:30+02:00 02:00+01:00 02:30+01:00 03:00+01:00", "CEST CEST CET CET",
    ),
    Change(
        "America/New_York", date(2031, 11, 2), time(0, 30), time(2, 30),
        "00:30-04:00 01:00-04:00 01:30-04:00 01:00-05:00 01:30-05:00 02:00-05:00", "EDT EDT EST EST",
    ),
    Change(
        "America/St_Johns", date(2031, 11, 2), time(0, 30), time(2, 30),
        "00:30-02:30 01:00-02:30 01:30-02:30 01:00-03:30 01:30-03:30 02:00-03:30", "NDT NDT NST NST",
    ),
    Change(
        "Australia/Lord_Howe", date(2031, 4, 6), time(1), time(2, 30),
        "01:00+11:00 01:30+11:00 01:30+10:30 02:00+10:30", "+11 +1030",
    ),
    # The hour before midnight: the day that ends is the one on which it comes twice.
    Change(
        "Africa/Cairo", date(2031, 10, 30), time(22, 30), time(0),
        "22:30+03:00 23:00+03:00 23:30+03:00 23:00+02:00 23:30+02:00", "EEST EEST EET EET",
    ),
    Change(
        "Pacific/Auckland", date(2031, 4, 6), time(1, 30), time(3, 30),
        "01:30+13:00 02:00+13:00 02:30+13:00 02:00+12:00 02:30+12:00 03:00+12:00", "NZDT NZDT NZST NZST",
    ),
]  # fmt: skip
CHANGES = FORWARD + BACK


def on_a_clock(face: str) -> str:
    """The time of an English page, "11:30 PM", as a clock with 24 hours shows it."""
    hour, _, rest = face.partition(":")
    return f"{int(hour) % 12 + (12 if rest.endswith('PM') else 0):02}:{rest[:2]}"
