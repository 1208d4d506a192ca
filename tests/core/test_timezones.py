"""Wall clocks and instants, on the days when the clocks change. Every expectation is written out by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from webapp.core import timezones
from webapp.core.errors import InvalidInput


def utc(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - what a clock shows


# zone, what the clocks show, the instants at which they do
SHOWN = [
    ("Europe/Berlin", "2025-06-15 10:00", ["2025-06-15 08:00"]),
    ("Europe/Berlin", "2025-03-30 01:59", ["2025-03-30 00:59"]),
    ("Europe/Berlin", "2025-03-30 02:00", []),
    ("Europe/Berlin", "2025-03-30 02:59", []),
    ("Europe/Berlin", "2025-03-30 03:00", ["2025-03-30 01:00"]),
    ("Europe/Berlin", "2025-10-26 01:59", ["2025-10-25 23:59"]),
    ("Europe/Berlin", "2025-10-26 02:00", ["2025-10-26 00:00", "2025-10-26 01:00"]),
    ("Europe/Berlin", "2025-10-26 02:59", ["2025-10-26 00:59", "2025-10-26 01:59"]),
    ("Europe/Berlin", "2025-10-26 03:00", ["2025-10-26 02:00"]),
    ("America/New_York", "2025-03-09 02:30", []),
    ("America/New_York", "2025-11-02 01:30", ["2025-11-02 05:30", "2025-11-02 06:30"]),
    ("Australia/Lord_Howe", "2025-10-05 02:15", []),
    ("Australia/Lord_Howe", "2025-10-05 02:30", ["2025-10-04 15:30"]),
    ("Australia/Lord_Howe", "2025-04-06 01:45", ["2025-04-05 14:45", "2025-04-05 15:15"]),
    ("Africa/Casablanca", "2025-02-23 02:30", ["2025-02-23 01:30", "2025-02-23 02:30"]),  # Ramadan begins
    ("Africa/Casablanca", "2025-04-06 02:30", []),  # and has ended
    ("Asia/Beirut", "2025-03-30 00:30", []),
    ("Asia/Beirut", "2025-10-25 23:30", ["2025-10-25 20:30", "2025-10-25 21:30"]),
    ("America/Santiago", "2025-09-07 00:30", []),
    ("America/Santiago", "2025-04-05 23:30", ["2025-04-06 02:30", "2025-04-06 03:30"]),
    ("America/Havana", "2025-11-02 00:30", ["2025-11-02 04:30", "2025-11-02 05:30"]),
    ("Pacific/Apia", "2011-12-29 23:59", ["2011-12-30 09:59"]),
    ("Pacific/Apia", "2011-12-30 12:00", []),
    ("Pacific/Apia", "2011-12-31 00:00", ["2011-12-30 10:00"]),
]

# zone, local day, its first instant, the first instant after it, its hours
DAYS = [
    ("UTC", "2025-06-15", "2025-06-15 00:00", "2025-06-16 00:00", 24),
    ("Europe/Berlin", "2025-03-30", "2025-03-29 23:00", "2025-03-30 22:00", 23),
    ("Europe/Berlin", "2025-10-26", "2025-10-25 22:00", "2025-10-26 23:00", 25),
    ("America/New_York", "2025-03-09", "2025-03-09 05:00", "2025-03-10 04:00", 23),
    ("America/New_York", "2025-11-02", "2025-11-02 04:00", "2025-11-03 05:00", 25),
    ("Australia/Lord_Howe", "2025-10-05", "2025-10-04 13:30", "2025-10-05 13:00", 23.5),
    ("Australia/Lord_Howe", "2025-04-06", "2025-04-05 13:00", "2025-04-06 13:30", 24.5),
    ("Africa/Casablanca", "2025-02-23", "2025-02-22 23:00", "2025-02-24 00:00", 25),
    ("Africa/Casablanca", "2025-04-06", "2025-04-06 00:00", "2025-04-06 23:00", 23),
    ("Asia/Beirut", "2025-03-30", "2025-03-29 22:00", "2025-03-30 21:00", 23),
    ("Asia/Beirut", "2025-10-25", "2025-10-24 21:00", "2025-10-25 22:00", 25),
    ("America/Santiago", "2025-09-07", "2025-09-07 04:00", "2025-09-08 03:00", 23),
    ("America/Santiago", "2025-04-05", "2025-04-05 03:00", "2025-04-06 04:00", 25),
    ("America/Havana", "2025-11-01", "2025-11-01 04:00", "2025-11-02 04:00", 24),
    ("America/Havana", "2025-11-02", "2025-11-02 04:00", "2025-11-03 05:00", 25),
    ("Pacific/Apia", "2011-12-29", "2011-12-29 10:00", "2011-12-30 10:00", 24),
    ("Pacific/Apia", "2011-12-30", "2011-12-30 10:00", "2011-12-30 10:00", 0),
    ("Pacific/Apia", "2011-12-31", "2011-12-30 10:00", "2011-12-31 10:00", 24),
]

# zone, a wall time the clocks skip, the moment they jump
GAPS = [
    ("Europe/Berlin", "2025-03-30 02:30", "2025-03-30 01:00"),
    ("America/New_York", "2025-03-09 02:01", "2025-03-09 07:00"),
    ("Australia/Lord_Howe", "2025-10-05 02:29", "2025-10-04 15:30"),
    ("Africa/Casablanca", "2025-04-06 02:30", "2025-04-06 02:00"),
    ("Asia/Beirut", "2025-03-30 00:00", "2025-03-29 22:00"),
    ("America/Santiago", "2025-09-07 00:59", "2025-09-07 04:00"),
    ("Pacific/Apia", "2011-12-30 00:00", "2011-12-30 10:00"),
    ("Pacific/Apia", "2011-12-30 23:59", "2011-12-30 10:00"),
]


@pytest.mark.parametrize(("zone", "shown", "when"), SHOWN)
def test_the_instants_at_which_the_clocks_show_a_time(zone, shown, when):
    assert timezones.instants(wall(shown), zone) == tuple(utc(text) for text in when)


@pytest.mark.parametrize(("zone", "shown", "when"), [row for row in SHOWN if row[2]])
def test_and_what_the_clocks_show_at_these(zone, shown, when):
    for text in when:
        assert timezones.to_wall(utc(text), zone).replace(tzinfo=None) == wall(shown)
        assert timezones.local_day(utc(text), zone) == wall(shown).date()


@pytest.mark.parametrize(("zone", "shown", "when"), [row for row in SHOWN if row[2]])
def test_first_and_last_of_them(zone, shown, when):
    assert timezones.first_instant(wall(shown), zone) == utc(when[0])
    assert timezones.last_instant(wall(shown), zone) == utc(when[-1])
    assert timezones.is_repeated(utc(when[0]), zone) == (len(when) == 2)


@pytest.mark.parametrize(("zone", "shown", "jump"), GAPS)
def test_a_skipped_time_is_the_moment_of_the_jump(zone, shown, jump):
    assert timezones.first_instant(wall(shown), zone) == utc(jump)
    assert timezones.last_instant(wall(shown), zone) == utc(jump)


@pytest.mark.parametrize(("zone", "day", "since", "until", "hours"), DAYS)
def test_the_bounds_of_a_day(zone, day, since, until, hours):
    bounds = timezones.day_bounds(date.fromisoformat(day), zone)
    assert bounds == (utc(since), utc(until))
    assert bounds[1] - bounds[0] == timedelta(hours=hours)


def test_the_two_passes_of_an_hour_have_names():
    first, second = timezones.instants(wall("2025-10-26 02:30"), "Europe/Berlin")
    assert [timezones.zone_label(when, "Europe/Berlin") for when in (first, second)] == ["CEST", "CET"]


@pytest.mark.parametrize("zone", ["", "Europe/Atlantis", "../../etc/passwd", "CET-1CEST", "\0", "/etc/localtime"])
def test_only_zones_there_are(zone):
    with pytest.raises(InvalidInput):
        timezones.require_zone(zone)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2030-06-15T10:00:00Z", "2030-06-15 10:00"),
        ("2030-06-15T10:00Z", "2030-06-15 10:00"),
        ("2030-06-15T12:00:00+02:00", "2030-06-15 10:00"),
        ("2030-06-15T00:30:00-09:30", "2030-06-15 10:00"),
        ("2030-06-15 10:00:00+00:00", "2030-06-15 10:00"),
    ],
)
def test_instants_are_read_with_their_offset(text, instant):
    assert timezones.parse_instant(text, field="start") == utc(instant)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "1",
        "9" * 400,
        "\0",
        "\ud800",
        "2030-06-15",
        "2030-06-15T10:00:00",
        "2030-06-31T10:00:00Z",
        "2030-06-15T10:00:00+25:00",
        "2030-06-15T10:00:00Z\n",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-01:00",
    ],
)
def test_what_is_no_instant_is_refused_with_the_fields_name(text):
    with pytest.raises(InvalidInput) as caught:
        timezones.parse_instant(text, field="start")
    assert caught.value.field == "start"


@pytest.mark.parametrize(
    "text",
    ["", "\0", "2030-6-15", "2030-06-31", "20300615", "2030-06-15 ", "２０３０-06-15", "2030-W24-6", "2030-06- 5"],
)
def test_days_are_written_one_way(text):
    assert timezones.parse_day(text) is None


def test_a_day():
    assert timezones.parse_day("2028-02-29") == date(2028, 2, 29)


def test_instants_are_written_in_utc():
    berlin = timezones.to_wall(utc("2030-06-15 10:00"), "Europe/Berlin")
    assert timezones.iso(berlin) == "2030-06-15T10:00:00Z"
