"""The last look: every answer with a way back, one button, and never other answers than the ones that are shown."""

import pytest

from tests.blueprints.conftest import Visitor, soon
from tests.blueprints.patient.conftest import PAT, finish, set_rule
from webapp.core.tenancy import tenant_scope
from webapp.services.patient_holds import forget_answers

BORN = {"date_of_birth-day": "7", "date_of_birth-month": "3", "date_of_birth-year": "1984"}


@pytest.fixture
def check_page(visitor, details_page):
    return visitor.submit(details_page, details_page.path, **PAT | BORN)


def kept(records, held):
    """What the database still knows of what was typed."""
    return [row.answers for row in records.rows("SELECT * FROM patient_holds WHERE appointment_id = :id", id=held)]


def test_everything_is_read_back(check_page):
    for words in ("Consultation", "Dr. Sam Weiss", "Pat Doe", "pat@mail.example", "March 7, 1984", "Not given"):
        assert words in check_page.text
    assert len(check_page.soup.select("main button.primary")) == 1


def test_a_phone_number_is_read_back_as_it_will_be_dialled(visitor, details_page, records):
    """By the clinic's country, which its locale does not tell."""
    set_rule(records, visitor, timezone="Europe/Berlin", locale="en-GB")
    page = visitor.submit(details_page, details_page.path, full_name="Pat Doe", phone="0301234567")
    assert "+49 30 1234567" in page.text


def test_every_answer_can_be_changed_and_the_rest_stays(visitor, check_page):
    links = {a.get_text(" ", strip=True): a["href"] for a in check_page.soup.select(".answers a")}
    assert {"Change the time", "Change the type of visit", "Change the specialist", "Change Full name"} <= set(links)
    page = visitor.get(links["Change Full name"].partition("#")[0])
    assert page.soup.select_one("#" + links["Change Full name"].partition("#")[2])["value"] == "Pat Doe"
    assert [page.value(name) for name in BORN] == list(BORN.values())
    page = visitor.submit(page, page.path, full_name="Pat Smith")
    assert page.heading == "Check your answers"
    for words in ("Pat Smith", "pat@mail.example", "March 7, 1984"):
        assert words in page.text


def test_another_time_takes_the_answers_along_and_gives_the_first_back(visitor, check_page, slot, records):
    later = visitor.clinic.slot(soon(hour=15))
    assert "Choose a day" in visitor.get(check_page.soup.select_one(".answers a")["href"]).heading
    page = visitor.get(f"/book/{visitor.clinic.type_id}/{soon().date()}")
    page = visitor.submit(page, str(soon().date()), start=page.one("button.time")["value"])
    assert page.heading == "Check your answers"
    assert "Pat Doe" in page.text
    assert records.live(slot) == []
    visitor.submit(page, "/check")
    assert [records.appointment(one).status for one in records.live(later)] == ["CONFIRMED"]


def test_looking_books_nothing(visitor, check_page, held, records):
    for _time in range(2):
        assert visitor.get(check_page.path).heading == "Check your answers"
    assert records.appointment(held).status == "HOLD"


def test_what_was_typed_is_forgotten_with_the_booking(visitor, check_page, held, records):
    assert "Pat Doe" in str(kept(records, held))
    visitor.submit(check_page, "/check")
    assert kept(records, held) == [None]


def test_and_when_the_time_is_given_back(visitor, check_page, held, records):
    visitor.submit(check_page, "/give-back")
    assert kept(records, held) == [None]


def test_and_an_hour_after_the_hold_ran_out(visitor, check_page, held, records):
    records.run_out(held)
    with tenant_scope(visitor.clinic.id):
        assert forget_answers() == 0
        records.rows(
            "UPDATE patient_holds SET taken_at = taken_at - interval '2 hours' WHERE appointment_id = :id", id=held
        )
        assert forget_answers() == 0, "it ran out a moment ago"
        records.rows("UPDATE appointments SET expires_at = expires_at - interval '2 hours' WHERE id = :id", id=held)
        assert forget_answers() == 1
    assert kept(records, held) == []


def test_no_answer_stands_in_an_address(visitor, check_page):
    seen = [check_page.path, *(a["href"] for a in check_page.soup.select("a[href]"))]
    assert not [address for address in seen if "pat" in address.lower().replace("patient", "") and "mail" in address]


def test_without_answers_it_leads_back_to_the_details(visitor, details_page, held, records):
    assert visitor.get(f"{details_page.path}/check").heading == "Your details"
    assert visitor.post(f"{details_page.path}/check").heading == "Your details"
    assert records.appointment(held).status == "HOLD"


def test_answers_that_another_window_changed_are_shown_before_they_are_booked(visitor, check_page, held, records):
    visitor.post(check_page.path.removesuffix("/check"), PAT | {"full_name": "Somebody Else"})
    page = visitor.submit(check_page, "/check")
    assert page.status == 409
    assert page.title.startswith("Error: ")
    assert "Somebody Else" in page.text
    assert records.appointment(held).status == "HOLD"
    assert visitor.submit(page, "/check").heading == "Your visit is booked"


def test_a_booking_with_other_answers_is_not_told_as_ones_own(visitor, details_page, check_page, held):
    changed = visitor.submit(details_page, details_page.path, **PAT | {"full_name": "Somebody Else"})
    visitor.submit(changed, "/check")
    page = visitor.submit(check_page, "/check")
    assert page.status == 409
    assert "booked with other details" in page.text


def test_a_double_click_books_once(visitor, check_page, clinic, records):
    first, second = (visitor.submit(check_page, "/check") for _click in range(2))
    assert first.path == second.path
    assert records.count("appointments", clinic) == 1


def test_when_the_hold_ran_out_three_times_near_it_keep_the_answers(visitor, check_page, held, slot, records):
    for hour in (10, 11, 15):
        visitor.clinic.slot(soon(hour=hour))
    records.run_out(held)
    page = visitor.submit(check_page, "/check")
    assert (page.status, page.heading) == (409, "Your hold has ended")
    offered = page.soup.select("button.choice")
    assert len(offered) == 3
    page = visitor.submit(page, "/instead", slot_id=offered[1]["value"])
    assert page.heading == "Check your answers"
    assert visitor.submit(page, "/check").heading == "Your visit is booked"


def test_more_time_from_here_leads_back_here(visitor, check_page, held, records):
    page = visitor.post(check_page.path.removesuffix("/check") + "/more-time", check_page.form("/check"))
    assert page.heading == "Check your answers"
    assert records.appointment(held).extensions == 1
    assert "Pat Doe" in page.text


def test_choosing_another_time_from_the_details_keeps_what_was_typed(visitor, details_page, held, records):
    page = visitor.post(f"{details_page.path}/another", PAT)
    assert page.heading == "Choose a day"
    assert records.appointment(held).status == "HOLD"
    assert visitor.get(details_page.path).value("full_name") == "Pat Doe"


def test_characters_that_no_table_keeps_do_no_harm(visitor, details_page):
    assert finish(visitor, details_page, **PAT | {"full_name": "Pat\0Doe"}).heading == "Your visit is booked"


def test_another_browser_with_the_link_may_go_on(app, clinic, check_page):
    assert "Pat Doe" in Visitor(app.test_client(), clinic).get(check_page.path).text


def test_without_a_token_nothing_is_booked(visitor, check_page, held, records):
    assert visitor.client.post(check_page.path, data={}, follow_redirects=True).status_code == 400
    assert records.appointment(held).status == "HOLD"


def test_wrong_method(visitor, check_page):
    assert visitor.client.put(check_page.path, data={"csrf_token": visitor.csrf()}).status_code == 405
