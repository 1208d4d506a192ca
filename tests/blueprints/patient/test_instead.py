"""Another time in place of one that ran out; nothing has to be typed twice."""

import pytest

from tests.blueprints.conftest import held_at_desk, soon
from tests.blueprints.patient.conftest import PAT, finish, set_rule


@pytest.fixture
def ended_page(visitor, details_page, held, records):
    """What is shown when the form is sent too late."""
    records.run_out(held)
    return visitor.submit(details_page, details_page.path, **PAT)


def test_one_button_from_held_with_the_answers_filled_in(visitor, ended_page, slot, records):
    page = visitor.submit(ended_page, "/instead", slot_id=str(slot))
    assert (page.status, page.heading) == (200, "Check your answers")
    assert "Pat Doe" in page.text
    assert "pat@mail.example" in page.text
    booked = visitor.submit(page, "/check")
    assert booked.heading == "Your visit is booked"
    (appointment,) = records.live(slot)
    assert records.appointment(appointment).status == "CONFIRMED"


def test_a_refresh_holds_once(visitor, ended_page, slot, records):
    for _time in range(2):
        visitor.submit(ended_page, "/instead", slot_id=str(slot))
    assert len(records.live(slot)) == 1


def test_losing_again_keeps_the_answers_again(visitor, ended_page, slot):
    later = visitor.clinic.slot(soon(hour=15))
    held_at_desk(visitor.clinic, slot)
    page = visitor.submit(ended_page, "/instead", slot_id=str(slot))
    assert (page.status, page.heading) == (409, "This time is gone")
    assert "What you typed is kept." in page.text
    assert page.soup.select_one("button.choice")["value"] == str(later)


def test_the_page_has_an_address_that_opens_it_again(visitor, ended_page, slot):
    visitor.clinic.slot(soon(hour=15))
    held_at_desk(visitor.clinic, slot)
    page = visitor.submit(ended_page, "/instead", slot_id=str(slot))
    again = visitor.get(page.response.request.full_path)
    assert (again.status, again.heading) == (409, "This time is gone")
    assert "What you typed is kept." in again.text
    for link in again.soup.select(".languages a"):
        assert visitor.get(link["href"]).path == page.path


def test_bad_input_is_400(visitor, ended_page):
    assert visitor.submit(ended_page, "/instead", slot_id="nonsense").status == 400


def test_another_clinics_slot_is_not_taken(visitor, ended_page, other_clinic, records):
    slot = other_clinic.slot(soon())
    assert visitor.submit(ended_page, "/instead", slot_id=str(slot)).status == 409
    assert records.live(slot) == []


def test_wrong_method(visitor, details_page):
    assert visitor.get(f"{details_page.path}/instead").status == 405


def test_when_the_clinic_stops_booking_meanwhile_it_says_so_and_holds_nothing(visitor, ended_page, slot, records):
    set_rule(records, visitor, public_booking=False, closed_message="We move house.", phone="+49 30 1")
    before = records.live(slot)
    page = visitor.submit(ended_page, "/instead", slot_id=str(slot))
    assert (page.status, page.heading) == (403, "Harbour")
    assert "We move house." in page.text
    assert "+49 30 1" in page.text
    assert records.live(slot) == before  # the one that ran out


def test_and_offers_nothing_that_cannot_be_had(visitor, details_page, ended_page, records):
    set_rule(records, visitor, public_booking=False)
    page = visitor.submit(details_page, details_page.path, **PAT)
    assert (page.status, page.heading) == (403, "Harbour")
    assert page.soup.select("button.choice") == []


def test_a_time_that_was_held_before_is_booked_all_the_same(visitor, details_page, records):
    set_rule(records, visitor, public_booking=False)
    assert finish(visitor, details_page, **PAT).heading == "Your visit is booked"
