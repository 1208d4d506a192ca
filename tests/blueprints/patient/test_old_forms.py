"""Forms that are sent after their session has ended, or by a browser without cookies: nothing typed is lost."""

import pytest

from tests.blueprints.conftest import Page, soon
from tests.blueprints.patient.conftest import PAT, THREE, finish

AGAIN = "This form was open too long, or your browser keeps no cookies. Look at it once more and send it again."


@pytest.fixture
def late(visitor):
    """Send the form of a page after the browser was closed and opened again."""

    def send(page: Page, action: str, **fields: str) -> Page:
        visitor.client.delete_cookie("holdfast")
        return visitor.submit(page, action, **fields)

    return send


def test_the_details_are_there_to_be_sent_again(visitor, late, details_page, held, records):
    page = late(details_page, details_page.path, **PAT)
    assert (page.status, page.path, page.problems) == (400, details_page.path, [AGAIN])
    assert page.value("full_name") == "Pat Doe"
    assert finish(visitor, page).heading == "Your visit is booked"
    assert records.appointment(held).status == "CONFIRMED"


def test_those_of_several_people_too(visitor, late, party_page):
    page = late(party_page, party_page.path, **THREE)
    assert page.problems == [AGAIN]
    assert page.value("p3_full_name") == "Cleo Doe"


def test_the_last_look_books_nothing_and_can_be_sent_again(visitor, late, details_page, held, records):
    check = visitor.submit(details_page, details_page.path, **PAT)
    page = late(check, "/check")
    assert (page.status, page.heading, page.problems) == (400, "Check your answers", [AGAIN])
    assert records.appointment(held).status == "HOLD"
    assert visitor.submit(page, "/check").heading == "Your visit is booked"


def test_nothing_else_is_done(late, details_page, held, records):
    assert late(details_page, "/give-back").problems == [AGAIN]
    assert records.appointment(held).status == "HOLD"


def test_once_the_hold_has_ended_too_others_are_offered(late, details_page, held, records):
    records.run_out(held)
    page = late(details_page, details_page.path, **PAT)
    assert (page.status, page.heading) == (409, "Your hold has ended")
    assert "What you typed is kept." in page.text


def test_looking_for_a_visit(visitor, late):
    page = late(visitor.get("/find"), "/find", reference="VWW-NXA-9CA")
    assert (page.status, page.problems) == (400, [AGAIN])
    assert page.value("reference") == "VWW-NXA-9CA"
    assert AGAIN not in visitor.submit(page, "/find").text


def test_joining_the_waiting_list(visitor, late):
    path = f"/wait/{visitor.clinic.type_id}"
    page = late(visitor.get(path), path, **PAT)
    assert (page.status, page.problems) == (400, [AGAIN])
    assert page.value("full_name") == "Pat Doe"


def test_without_any_cookies(app, visitor, details_page):
    client = app.test_client(use_cookies=False)
    sent = client.post(details_page.path, data=details_page.form(details_page.path) | PAT)
    page = Page(client.get(sent.location))
    assert (page.status, page.problems) == (400, [AGAIN])
    assert page.value("full_name") == "Pat Doe"


def test_what_holds_nothing_says_what_to_do(visitor, late, slot):
    day = str(soon().date())
    page = late(visitor.get(f"/book/{visitor.clinic.type_id}/{day}"), day, slot_id=str(slot))
    assert page.status == 400
    assert "Go back, reload the page and send it again." in page.text


def test_a_link_that_is_none(visitor, late, details_page):
    visitor.client.delete_cookie("holdfast")
    assert visitor.client.post(visitor.url("/hold/nonsense"), data=PAT).status_code == 400
