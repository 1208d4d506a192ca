"""Times that are held together: taken, kept longer, changed and given back."""

import pytest

from tests.blueprints.conftest import soon
from tests.blueprints.patient.conftest import THREE, choose_together, of_status, offered, times_together
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book


def test_all_are_held_and_told(visitor, party_page, halves, records):
    assert party_page.heading == "Who comes?"
    assert [len(records.live(slot)) for slot in halves] == [1, 1, 1, 0, 0, 0]
    assert "3 visits" in party_page.text
    assert "9:00 AM – 10:30 AM" in party_page.text
    assert [item.get_text(" ", strip=True) for item in party_page.soup.select(".members span")] == [
        f"Person {number} – with Dr. Sam Weiss" for number in (1, 2, 3)
    ]


def test_a_double_click_holds_once(visitor, halves, records):
    page = times_together(visitor)
    first, second = choose_together(visitor, page), choose_together(visitor, page)
    assert first.path == second.path
    assert len(of_status(records, visitor, "HOLD")) == 3


def test_a_double_click_with_nothing_else_free(visitor, clinic, records):
    for number in range(3):
        clinic.slot(soon(), after=30 * number)
    page = times_together(visitor)
    assert choose_together(visitor, page).path == choose_together(visitor, page).path
    assert len(of_status(records, visitor, "HOLD")) == 3


def test_a_lost_race_holds_nothing_and_offers_three(visitor, halves, records):
    page = times_together(visitor, people=2)
    with tenant_scope(visitor.clinic.id):
        book(slot_id=halves[1], actor="another", source="DESK")
    lost = choose_together(visitor, page, number=1)
    assert (lost.status, lost.heading) == (409, "These times are gone")
    assert of_status(records, visitor, "HOLD") == []
    assert len(offered(lost)) == 3
    assert choose_together(visitor, lost).heading == "Who comes?"


def test_other_times_take_their_place(visitor, party_page, halves, records):
    page = times_together(visitor)
    assert "You are holding times for all from 9:00 AM" in page.text
    choose_together(visitor, page)
    held = of_status(records, visitor, "HOLD")
    assert [row.time_slot_id for row in held] == halves[3:]


def test_at_most_so_many(visitor, records):
    for number in range(16):
        visitor.clinic.slot(soon(), after=30 * number)
    for _time in range(2):
        visitor.client.delete_cookie("party")
        with visitor.client.session_transaction() as session:
            session.pop("party", None)
        choose_together(visitor, times_together(visitor, people=4))
    with visitor.client.session_transaction() as session:
        session.pop("party", None)
    page = choose_together(visitor, times_together(visitor, people=4))
    assert (page.status, page.heading, page.response.request.method) == (429, "Too many times held", "GET")
    assert int(page.response.headers["Retry-After"]) > 0
    assert len(of_status(records, visitor, "HOLD")) == 8


@pytest.mark.parametrize("time", ["", "x/y", "2031-03-03T09:00:00Z"])
def test_a_button_there_is_not(visitor, halves, time):
    page = times_together(visitor)
    sent = {"key": page.value("key"), "time": time}
    assert visitor.post(f"/together/{visitor.clinic.type_id}/{soon().date()}?people=3", sent).status == 400


def test_more_time_for_all(visitor, party_page, records):
    page = visitor.post(f"{party_page.path}/more-time", {**THREE, "p1_date_of_birth-day": "7"})
    assert page.value("p2_full_name") == "Ben Doe"
    assert [row.extensions for row in of_status(records, visitor, "HOLD")] == [1, 1, 1]
    piece = visitor.post(f"{party_page.path}/more-time", headers={"X-Fragment": "1"})
    assert piece.soup.select_one("[data-countdown] button")["formaction"].endswith("/more-time")


def test_with_whom_they_were_to_be_is_not_forgotten(visitor, halves, records):
    """Neither when the hold has ended nor when other times are looked for."""
    ruth = colleague(visitor.clinic)
    for number in range(6):
        ruth.slot(soon(), after=30 * number)
    asked = f"with={ruth.specialist_id}"
    page = choose_together(visitor, visitor.get(f"{times_together(visitor).path}?people=3&{asked}"))
    assert asked in visitor.post(f"{page.path}/another", THREE).response.request.full_path
    records.run_out(*[row.id for row in of_status(records, visitor, "HOLD")])
    ended = visitor.get(page.path)
    assert (ended.status, ended.heading) == (409, "Your hold has ended")
    assert asked in ended.one(".actions a")["href"]
    choose_together(visitor, ended)
    assert {row.specialist_id for row in of_status(records, visitor, "HOLD")} == {ruth.specialist_id}


def test_given_back(visitor, party_page, records):
    page = visitor.submit(party_page, "/give-back")
    assert page.heading == "Choose a day"
    assert "The times were given back." in page.text
    assert of_status(records, visitor, "HOLD") == []


def test_another_time_keeps_what_was_typed(visitor, party_page, records):
    page = visitor.post(f"{party_page.path}/another", THREE)
    page = visitor.get(page.soup.select_one("a.choice")["href"])
    page = choose_together(visitor, page)
    assert page.heading == "Check your answers"
    assert "Cleo Doe" in page.text
    assert len(of_status(records, visitor, "HOLD")) == 3


def test_a_link_that_is_none(visitor, party_page, clinic):
    assert visitor.get("/party/x").status == 404
    assert visitor.get(party_page.path.replace("/party/", "/hold/")).status == 404
