"""Visits that were booked together, for whoever has the link of one of them."""

import pytest
from icalendar import Calendar

from tests.blueprints.conftest import soon
from tests.blueprints.patient.conftest import book_all, of_status, set_rule
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import cancel
from webapp.services.booking import book


@pytest.fixture
def receipt(visitor, party_page):
    return book_all(visitor, party_page)


def test_all_are_listed_with_their_references(visitor, receipt, records):
    listed = [item.get_text(" ", strip=True) for item in receipt.soup.select(".members li")]
    assert [name in line for name, line in zip(("Anna", "Ben", "Cleo"), listed, strict=True)] == [True] * 3
    shown = {item.get_text() for item in receipt.soup.select(".members bdi") if "-" in item.get_text()}
    assert len(shown) == 3


def test_each_opens_by_itself(visitor, receipt, records):
    forms = receipt.soup.select(".members form")
    assert len(forms) == 2
    page = visitor.post(forms[1]["action"])
    assert page.path != receipt.path
    assert page.soup.select_one(".members [aria-current]").get_text(" ", strip=True).count("Cleo Doe") == 1
    alone = visitor.get(f"{page.path}/cancel")
    visitor.submit(alone, "/cancel")
    assert [row.start_time for row in of_status(records, visitor, "CANCELLED")] == [soon(hour=10)]


def test_no_other_visit_opens(visitor, receipt):
    forms = receipt.soup.select(".members form")
    address = forms[0]["action"].rsplit("/", 1)[0]
    elsewhere = visitor.clinic.slot(soon(days=3))
    with tenant_scope(visitor.clinic.id):
        other = book(slot_id=elsewhere, actor="test", source="DESK").id
    assert visitor.post(f"{address}/{other}").status == 404


def test_one_file_for_the_calendar(visitor, receipt, records):
    file = Calendar.from_ical(visitor.client.get(visitor.url(f"{receipt.path}/visits.ics")).data)
    uids = {str(event["uid"]) for event in file.walk("VEVENT")}
    assert uids == {f"{row.id}@holdfast" for row in of_status(records, visitor, "CONFIRMED")}


def test_all_are_cancelled_at_once(visitor, receipt, records):
    page = visitor.get(f"{receipt.path}/cancel-all")
    assert len(page.soup.select(".members li")) == 3
    assert len(of_status(records, visitor, "CONFIRMED")) == 3
    for _time in range(2):
        done = visitor.submit(page, "/cancel-all", reason="ill")
        assert done.heading == "This visit was cancelled"
    assert len(of_status(records, visitor, "CANCELLED")) == 3


def test_too_late_for_one_is_too_late_for_all(visitor, receipt, records):
    page = visitor.get(f"{receipt.path}/cancel-all")
    set_rule(records, visitor, cancel_cutoff_minutes=60 * 24 * 10)
    refused = visitor.submit(page, "/cancel-all")
    assert (refused.status, len(of_status(records, visitor, "CONFIRMED"))) == (409, 3)
    refusal = refused.one(".notice.bad").get_text(" ", strip=True)
    assert refusal.startswith("No visit was changed, because of the one of Anna Doe, ")
    assert "Online cancelling here ends" in refusal
    assert "Online cancelling here ends" in visitor.get(f"{receipt.path}/cancel-all").text


def test_after_a_change_at_the_desk_it_is_looked_at_again(visitor, receipt, records):
    page = visitor.get(f"{receipt.path}/cancel-all")
    with tenant_scope(visitor.clinic.id):
        cancel(appointment_id=of_status(records, visitor, "CONFIRMED")[2].id, actor="user:olga")
    assert visitor.submit(page, "/cancel-all").status == 409
    assert len(of_status(records, visitor, "CONFIRMED")) == 2


def test_a_single_visit_knows_none_of_it(visitor, own):
    assert "Booked together" not in visitor.get(own.path).text
    for path in ("cancel-all", "visits.ics"):
        assert visitor.get(f"{own.path}/{path}").status == 404
