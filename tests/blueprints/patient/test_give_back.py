"""Giving the time back frees it at once."""

from tests.blueprints.conftest import soon
from tests.blueprints.patient.conftest import PAT, finish


def test_the_time_is_free_again(visitor, details_page, slot, records):
    page = visitor.submit(details_page, "/give-back")
    assert page.path.endswith(f"/book/{visitor.clinic.type_id}")
    assert "The time was given back." in page.text
    assert records.live(slot) == []
    assert records.slot(slot).status == "AVAILABLE"


def test_the_days_that_follow_are_of_whoever_was_asked_for(visitor, slot):
    asked, day = f"with={visitor.clinic.specialist_id}", soon().date()
    for query, is_kept in ((f"?{asked}", True), ("", False)):
        page = visitor.get(f"/book/{visitor.clinic.type_id}/{day}{query}")
        held = visitor.submit(page, f"{day}{query}", start=page.one("button.time")["value"])
        days = visitor.submit(held, "/give-back")
        assert (asked in days.response.request.full_path) is is_kept


def test_twice_does_no_harm(visitor, details_page):
    for _time in range(2):
        assert visitor.submit(details_page, "/give-back").status == 200


def test_a_booked_visit_is_not_given_back(visitor, details_page, held, records):
    finish(visitor, details_page, **PAT)
    page = visitor.submit(details_page, "/give-back")
    assert "/visit/" in page.path
    assert records.appointment(held).status == "CONFIRMED"


def test_wrong_method(visitor, details_page):
    assert visitor.get(f"{details_page.path}/give-back").status == 405
