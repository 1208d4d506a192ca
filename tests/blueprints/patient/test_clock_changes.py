"""Days on which the clocks change, in six zones: what they skip is not offered, what comes twice is told apart."""

from datetime import date, time

import pytest

from tests.blueprints.conftest import Visitor
from tests.conftest import make_clinic
from webapp.core.tenancy import tenant_scope
from webapp.rules.slots import Interval
from webapp.services.hours import set_opening_hours
from webapp.services.slots import regenerate_slots

#: zone, the day the clocks go forward and the times offered then, the day they go back and the times offered then;
#: the clinic is open from midnight to five, by half hours.
ZONES = [
    (
        "Europe/Berlin",
        (date(2031, 3, 30), "0:00 0:30 1:00 1:30 3:00 3:30 4:00 4:30"),
        (date(2031, 10, 26), "0:00 0:30 1:00 1:30 2:00+02 2:30+02 2:00+01 2:30+01 3:00 3:30 4:00 4:30"),
    ),
    (
        "America/New_York",
        (date(2031, 3, 9), "0:00 0:30 1:00 1:30 3:00 3:30 4:00 4:30"),
        (date(2031, 11, 2), "0:00 0:30 1:00-04 1:30-04 1:00-05 1:30-05 2:00 2:30 3:00 3:30 4:00 4:30"),
    ),
    (
        "America/St_Johns",
        (date(2031, 3, 9), "0:00 0:30 1:00 1:30 3:00 3:30 4:00 4:30"),
        (date(2031, 11, 2), "0:00 0:30 1:00-02:30 1:30-02:30 1:00-03:30 1:30-03:30 2:00 2:30 3:00 3:30 4:00 4:30"),
    ),
    (
        "Australia/Lord_Howe",  # by half an hour
        (date(2031, 10, 5), "0:00 0:30 1:00 1:30 2:30 3:00 3:30 4:00 4:30"),
        (date(2031, 4, 6), "0:00 0:30 1:00 1:30+11 1:30+10:30 2:00 2:30 3:00 3:30 4:00 4:30"),
    ),
    (
        "Africa/Cairo",  # at midnight
        (date(2031, 4, 25), "1:00 1:30 2:00 2:30 3:00 3:30 4:00 4:30"),
        (date(2031, 10, 31), "0:00 0:30 1:00 1:30 2:00 2:30 3:00 3:30 4:00 4:30"),
    ),
    (
        "Pacific/Auckland",
        (date(2031, 9, 28), "0:00 0:30 1:00 1:30 3:00 3:30 4:00 4:30"),
        (date(2031, 4, 6), "0:00 0:30 1:00 1:30 2:00+13 2:30+13 2:00+12 2:30+12 3:00 3:30 4:00 4:30"),
    ),
]
CASES = [(zone, *change) for zone, forward, back in ZONES for change in (forward, back)]


@pytest.mark.parametrize(("zone", "day", "expected"), CASES, ids=[f"{zone} {day}" for zone, day, _times in CASES])
def test_the_times_of_the_day(app, records, zone, day, expected):
    clinic = make_clinic("clock", timezone=zone)
    records.rows("UPDATE tenants SET horizon_days = 3660 WHERE id = :id", id=clinic.id)
    with tenant_scope(clinic.id):
        hours = [Interval(day.weekday(), time(0), time(5), 30)]
        set_opening_hours(specialist_id=clinic.specialist_id, intervals=hours)
        regenerate_slots(specialist_id=clinic.specialist_id, first=day, last=day)
    visitor = Visitor(app.test_client(), clinic)
    page = visitor.get(f"/book/{clinic.type_id}/{day}")
    buttons = page.soup.select("button.time")
    shown = [button.get_text(strip=True).replace("\u202f", " ") for button in buttons]
    assert [clock_face(text) for text in shown] == [one.partition("+")[0].partition("-")[0] for one in expected.split()]
    labels = [text.partition(" AM")[2].strip() for text in shown]
    twice = [("+" in one or "-" in one) for one in expected.split()]
    assert [bool(label) for label in labels] == twice, "the hours that come twice are labelled, and no others"
    passes = {label for label in labels if label}
    assert len(passes) == (2 if any(twice) else 0)
    starts = [button["value"] for button in buttons]
    assert starts == sorted(set(starts))
    for button, text in zip(buttons, shown, strict=True):
        if text.partition(" AM")[2]:
            held = visitor.submit(page, str(day), start=button["value"])
            assert text in held.text.replace("\u202f", " "), "and so on the pages that follow"


def clock_face(text):
    hour, minute = text.partition(" ")[0].split(":")
    return f"{int(hour) % 12}:{minute}"
