"""Step 3: the free times of a day, by part of the day."""

import pytest

from tests.blueprints.conftest import soon
from tests.blueprints.patient.conftest import set_rule
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.specialists import offer_types


def times(page):
    return [button.get_text().replace("\u202f", " ") for button in page.soup.select("button.time")]


def path(clinic, start):
    return f"/book/{clinic.type_id}/{start.date()}"


def test_times_are_grouped(visitor):
    for hour in (9, 13, 18):
        visitor.clinic.slot(soon(hour=hour))
    page = visitor.get(path(visitor.clinic, soon()))
    assert times(page) == ["9:00 AM", "1:00 PM", "6:00 PM"]
    assert [heading.get_text() for heading in page.soup.select("h2")] == ["Morning", "Afternoon", "Evening"]


def test_a_time_two_are_free_at_is_shown_once(visitor):
    visitor.clinic.slot(soon())
    colleague(visitor.clinic).slot(soon())
    assert times(visitor.get(path(visitor.clinic, soon()))) == ["9:00 AM"]


def test_a_specialist_who_does_not_offer_it_is_not_shown(visitor):
    other = colleague(visitor.clinic)
    with tenant_scope(visitor.clinic.id):
        offer_types(specialist_id=other.specialist_id, type_ids=[])
    other.slot(soon())
    assert times(visitor.get(path(visitor.clinic, soon()))) == []


def test_a_day_without_times_leads_back(visitor):
    page = visitor.get(path(visitor.clinic, soon()))
    assert "Nothing is free on this day any more." in page.text
    assert page.one("main .empty a.primary")["href"].endswith(str(visitor.clinic.type_id))


def test_beyond_the_horizon_and_in_the_past_nothing_is_shown(visitor):
    for offset in (-2, 60):
        visitor.clinic.slot(soon(days=offset))
        assert times(visitor.get(path(visitor.clinic, soon(days=offset)))) == []


@pytest.mark.parametrize(
    ("rule", "days", "why"),
    [
        (
            {"horizon_days": 30},
            40,
            "Online booking here goes 30 days ahead. Choose an earlier time, or call 030 901820.",
        ),
        (
            {"notice_minutes": 3 * 24 * 60},
            1,
            "Online booking here closes 3 days before a visit. Choose a later time, or call 030 901820.",
        ),
        ({}, -2, "This time has passed. Choose a later one."),
    ],
)
def test_a_day_that_cannot_be_booked_says_which_rule_keeps_it(visitor, records, rule, days, why):
    set_rule(records, visitor, phone="030 901820", **rule)
    page = visitor.get(path(visitor.clinic, soon(days=days)))
    assert why in page.one("main .empty").get_text(" ", strip=True)
    assert "Somebody may still cancel" not in page.text
    assert page.one("main .empty a.primary")["href"].endswith(str(visitor.clinic.type_id))
    together = visitor.get(f"/together/{visitor.clinic.type_id}/{soon(days=days).date()}?people=2")
    assert why in together.text


def test_the_time_one_holds_is_remembered(visitor):
    visitor.clinic.slot(soon())
    visitor.clinic.slot(soon(hour=10))
    page = visitor.get(path(visitor.clinic, soon()))
    held = visitor.submit(page, str(soon().date()), start=page.soup.select_one("button.time")["value"])
    page = visitor.get(path(visitor.clinic, soon()))
    assert f"You are holding {soon():%B} {soon().day}, 9:00 AM, until" in page.text
    assert page.one(".notice a")["href"].endswith(held.path)
    assert times(page) == ["10:00 AM"]


@pytest.mark.parametrize("day", ["2031-02-31", "tomorrow", "20310303"])
def test_a_day_that_is_none_is_404(visitor, day):
    assert visitor.get(f"/book/{visitor.clinic.type_id}/{day}").status == 404


def test_another_clinics_type_is_404(visitor, other_clinic):
    assert visitor.get(f"/book/{other_clinic.type_id}/{soon().date()}").status == 404
