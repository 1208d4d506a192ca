"""Times and days as the clinic's clocks and the reader's language show them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from webapp.core.tenancy import tenant_scope
from webapp.queries.clinics import find_clinic
from webapp.web import filters

SUMMER, WINTER = datetime(2031, 10, 26, 0, 30, tzinfo=UTC), datetime(2031, 10, 26, 1, 30, tzinfo=UTC)


@pytest.fixture
def in_berlin(app, clinic, records):
    """Inside a request at a clinic in Berlin that speaks British English."""
    records.rows("UPDATE tenants SET timezone = 'Europe/Berlin', locale = 'en_GB' WHERE id = :id", id=clinic.id)
    with app.test_request_context(), tenant_scope(clinic.id):
        from flask import g

        g.clinic = find_clinic(clinic.id)
        yield


@pytest.mark.usefixtures("in_berlin")
def test_the_clinics_clocks():
    assert filters.clock(datetime(2031, 3, 3, 8, 5, tzinfo=UTC)) == "09:05"
    start = datetime(2031, 7, 3, 8, tzinfo=UTC)
    assert filters.clock_range(start, start + timedelta(minutes=30)) == "10:00 – 10:30"
    assert filters.clock_range(start, None) == "10:00"


@pytest.mark.usefixtures("in_berlin")
def test_an_hour_that_comes_twice_is_told_apart():
    assert (filters.clock(SUMMER), filters.clock(WINTER)) == ("02:30 CEST", "02:30 CET")
    clock = filters.clocks_of(date(2031, 10, 26))
    assert (clock(SUMMER), clock(WINTER)) == ("02:30 CEST", "02:30 CET")


@pytest.mark.usefixtures("in_berlin")
def test_days_in_words():
    day = date(2031, 3, 3)
    assert filters.day_full(day) == "Monday, 3 March 2031"
    assert filters.day_long(day) == "3 March 2031"
    assert filters.weekday(day) == "Monday"
    assert filters.weekday_names()[0] == (0, "Monday")
    assert filters.day_of_instant(datetime(2031, 3, 3, 23, 30, tzinfo=UTC)) == date(2031, 3, 4)


@pytest.mark.usefixtures("in_berlin")
def test_the_zone_in_words():
    assert filters.zone_name() == "Central European Time"
