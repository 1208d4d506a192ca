"""Days on which the clocks change: what they skip is not offered, what comes twice is told apart to the receipt."""

import re

import pytest

from tests.blueprints.conftest import Visitor
from tests.clock_changes import BACK, CHANGES, on_a_clock
from tests.conftest import make_clinic
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import iso
from webapp.rules.slots import Interval
from webapp.services.hours import set_opening_hours
from webapp.services.slots import regenerate_slots

SHOWN = re.compile(r"(\d+:\d\d\s[AP]M)\s?([A-Z]{2,4}T|\+\d+)?")
at_each_change = pytest.mark.parametrize("change", CHANGES, ids=str)


@pytest.fixture
def open_at(app, records):
    """A visitor of a clinic that is open when the clocks change, on the page of that day's times."""

    def opened(change):
        clinic = make_clinic("clock", timezone=change.zone)
        with tenant_scope(clinic.id):
            hours = [Interval(change.day.weekday(), change.opens, change.closes, 30)]
            set_opening_hours(specialist_id=clinic.specialist_id, intervals=hours)
            regenerate_slots(specialist_id=clinic.specialist_id, first=change.day, last=change.day)
        # Only now, or slots would be cut for all the years until then.
        records.rows("UPDATE tenants SET horizon_days = 3660 WHERE id = :id", id=clinic.id)
        visitor = Visitor(app.test_client(), clinic)
        return visitor, visitor.get(f"/book/{clinic.type_id}/{change.day}")

    return opened


def said(words: str) -> list[tuple[str, str]]:
    """Each time in these words, by a clock with 24 hours, and what tells apart those that come twice."""
    return [(on_a_clock(face), name) for face, name in SHOWN.findall(words)]


@at_each_change
def test_the_times_of_the_day(open_at, change):
    _visitor, page = open_at(change)
    buttons = page.soup.select("button.time")
    assert [said(button.get_text(strip=True)) for button in buttons] == [[one] for one in change.shown]
    assert [button["value"] for button in buttons] == [iso(start) for start in change.starts]


@pytest.mark.parametrize("change", BACK, ids=str)
def test_what_comes_twice_is_told_apart_from_the_details_to_the_receipt(open_at, change):
    visitor, times = open_at(change)
    pairs = zip(change.starts, change.shown, strict=True)
    for start, expected in [pair for pair in pairs if pair[1][1]]:
        page = visitor.submit(visitor.get(times.path), str(change.day), start=iso(start))
        assert expected in said(page.soup.main.get_text(" ")), "the details"
        page = visitor.submit(page, page.path, full_name="Nora Ek", phone="+4930123456")
        assert expected in said(page.soup.main.get_text(" ")), "the last look"
        page = visitor.submit(page, "/check")
        assert page.soup.select(".done-mark")
        assert expected in said(page.soup.main.get_text(" ")), "the receipt"
