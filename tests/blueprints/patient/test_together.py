"""Several visits at once: from the types of visit to the times at which all of them fit."""

import pytest

from tests.blueprints.conftest import soon
from tests.blueprints.patient.conftest import choose_together, describe_all, offered, set_rule, times_together
from tests.conftest import colleague, statements_read
from webapp.core.tenancy import tenant_scope
from webapp.services.specialists import add_type


def test_from_the_types_of_visit(visitor, halves):
    with tenant_scope(visitor.clinic.id):
        add_type(name="Other", minutes=30)
    page = visitor.get("/book")
    (three,) = [link for link in page.soup.select(".people a") if link.get_text().startswith("3")]
    page = visitor.get(three["href"])
    assert "For 3 people" in page.text
    page = visitor.get(page.soup.select_one("a.choice")["href"])
    assert page.heading == "Choose a day"
    assert "3 people" in page.text
    assert "4 times free" in page.text
    page = visitor.get(page.soup.select_one("a.choice")["href"])
    assert len(offered(page)) == 4
    assert "one after the other, until 10:30 AM" in page.text


def test_at_the_same_time_where_it_can_be(visitor, halves):
    colleague(visitor.clinic).slot(soon())
    assert "all at the same time, until 9:30 AM" in times_together(visitor, people=2).text


def test_two_visits_in_a_row(visitor, halves):
    with tenant_scope(visitor.clinic.id):
        add_type(name="Vaccination", minutes=15, specialist_ids=[visitor.clinic.specialist_id])
    page = visitor.get("/book")
    page = visitor.get(page.soup.select_one(".together p a")["href"])
    assert page.heading == "What is the first visit for?"
    page = visitor.get(page.soup.select_one("a.choice")["href"])
    assert page.heading == "What is the second visit for?"
    (second,) = page.soup.select("a.choice")
    page = visitor.get(visitor.get(second["href"]).soup.select_one("a.choice")["href"])
    assert "both, until 9:45 AM" in page.text
    page = choose_together(visitor, page)
    assert page.heading == "Who comes?"
    assert not page.soup.select("fieldset.person")


def test_nothing_for_so_many_leads_on(visitor, clinic):
    clinic.slot(soon())
    page = visitor.get(f"/together/{clinic.type_id}?people=4")
    assert "No time for all of this together is free" in page.text
    assert page.soup.select_one(f'main a[href$="/book/{clinic.type_id}"]')
    assert "Nothing is free for all" in times_together(visitor, people=4).text


@pytest.mark.parametrize("asked", ["", "?people=1", "?people=5", "?people=x", "?then=x"])
def test_too_few_too_many_or_none(visitor, asked):
    assert visitor.get(f"/together/{visitor.clinic.type_id}{asked}").status == 404


def test_of_another_clinic(visitor, other_clinic):
    assert visitor.get(f"/together/{other_clinic.type_id}?people=2").status == 404


def test_where_nothing_is_booked_online(visitor, records):
    set_rule(records, visitor, public_booking=False)
    assert visitor.get(f"/together/{visitor.clinic.type_id}?people=2").status == 403


def test_the_page_of_types_asks_the_database_nothing_more(visitor):
    with statements_read() as alone:
        visitor.get("/book")
    with statements_read() as together:
        visitor.get("/book?people=3")
    assert len(together) == len(alone)


def test_the_journey_asks_little(visitor, halves):
    """Statements of the days, the times and the details: none for each time, specialist or person."""
    for path in (
        f"/together/{visitor.clinic.type_id}?people=3",
        f"/together/{visitor.clinic.type_id}/{soon().date()}?people=3",
        choose_together(visitor, times_together(visitor)).path,
    ):
        with statements_read() as sent:
            visitor.get(path)
        assert len([one for one in sent if "SELECT" in one]) <= 8


def test_the_wait_in_between_is_said_before_the_choice_and_after(visitor, clinic):
    for after in (0, 30, 90):  # somebody waits from ten to half past
        clinic.slot(soon(), after=after)
    page = times_together(visitor)
    assert "one after the other, 30 minutes to wait in between, until 11:00 AM" in page.text
    page = choose_together(visitor, page)
    assert "In between there are 30 minutes to wait." in page.text
    page = describe_all(visitor, page)
    assert "In between there are 30 minutes to wait." in page.text
    page = visitor.submit(page, "/check")
    assert page.heading == "Your visits are booked"
    assert "In between there are 30 minutes to wait." in page.text


def test_without_a_wait_nothing_is_said_of_one(visitor, party_page):
    assert "to wait" not in party_page.text


def test_with_one_specialist_alone(visitor, halves):
    ruth = colleague(visitor.clinic)
    for after in (0, 30):
        ruth.slot(soon(), after=after)
    page = visitor.get("/book?type=consultation&specialist=dr-ruth-adler&people=2")
    assert page.heading == "Choose a day"
    assert "Dr. Ruth Adler" in page.one(".chosen").get_text()
    assert page.one("option[selected]").get_text() == "Dr. Ruth Adler"
    assert page.one("form.who input[name=people]")["value"] == "2"
    page = visitor.get(page.soup.select_one("a.choice")["href"])
    assert "one after the other, until 10:00 AM" in page.text
    assert len(offered(page)) == 1
    page = choose_together(visitor, page)
    assert page.text.count("with Dr. Ruth Adler") == 2


def test_a_specialist_without_time_for_all_leads_to_the_others(visitor, halves):
    ruth = colleague(visitor.clinic)
    page = visitor.get(f"/together/{visitor.clinic.type_id}?people=2&with={ruth.specialist_id}")
    assert "Dr. Ruth Adler has no time for all of this together" in page.text
    (link,) = [link for link in page.soup.select("main a.button") if link.get_text() == "Look with any specialist"]
    assert "times free" in visitor.get(link["href"]).text


def test_no_more_are_offered_than_the_clinic_lets_a_person_have(visitor, halves, records):
    set_rule(records, visitor, bookings_a_person=2)
    page = visitor.get("/book")
    assert [link.get_text()[:1] for link in page.soup.select(".people a")] == ["1", "2"]
    assert "At most 2 visits can be booked together here." in visitor.get("/book?people=3").text
    page = visitor.get(f"/together/{visitor.clinic.type_id}?people=3")
    assert (page.status, "At most 2 visits can be booked together here." in page.text) == (404, True)
    assert visitor.get(f"/together/{visitor.clinic.type_id}?people=2").status == 200
    set_rule(records, visitor, bookings_a_person=1)
    assert not visitor.get("/book").soup.select(".together")
    assert "Visits are booked one at a time here." in visitor.get("/book?people=2").text
    assert visitor.get(f"/together/{visitor.clinic.type_id}?people=2").status == 404
