"""Times that are held together: who comes, the last look, booked at once."""

from tests.blueprints.patient.conftest import (
    book_all,
    choose_together,
    describe_all,
    of_status,
    set_rule,
    times_together,
)
from webapp.core.tenancy import tenant_scope
from webapp.services.questions import add_question


def test_to_the_receipt(visitor, party_page, records):
    page = describe_all(visitor, party_page)
    assert page.heading == "Check your answers"
    assert [item.get_text(" ", strip=True) for item in page.soup.select(".members span")] == [
        f"{name} Doe – with Dr. Sam Weiss" for name in ("Anna", "Ben", "Cleo")
    ]
    page = visitor.submit(page, "/check")
    assert page.heading == "Your visits are booked"
    assert len(of_status(records, visitor, "CONFIRMED")) == 3


def test_twice_is_once(visitor, party_page, records):
    page = describe_all(visitor, party_page)
    first, second = visitor.submit(page, "/check"), visitor.submit(page, "/check")
    assert first.path == second.path
    assert visitor.get(party_page.path).path == first.path
    assert len(of_status(records, visitor, "CONFIRMED")) == 3
    assert records.count("patients", visitor.clinic) == 4  # with Pat


def test_what_is_missing_is_said_for_each(visitor, party_page):
    page = describe_all(visitor, party_page, p2_full_name="", email="")
    assert page.status == 400
    assert page.title.startswith("Error: ")
    assert "Enter the full name of person 2." in page.problems
    assert page.value("p3_full_name") == "Cleo Doe"


def test_the_clinics_own_questions_for_each(visitor, halves, records):
    with tenant_scope(visitor.clinic.id):
        add_question(label="Allergies?", kind="TEXT", required=True)
    details = choose_together(visitor, times_together(visitor, people=2))
    fields = [area["name"] for area in details.soup.select("textarea")]
    assert len(fields) == 2
    answered = {fields[0]: "nuts", fields[1]: "none"}
    two = {"p1_full_name": "Anna", "p2_full_name": "Ben", "email": "doe@mail.example"}
    page = visitor.submit(details, details.path, **two, **answered)
    visitor.submit(page, "/check")
    said = "SELECT answer FROM answers a JOIN appointments p ON p.id = a.appointment_id WHERE a.tenant_id = :id"
    told = [row.answer for row in records.rows(f"{said} ORDER BY p.start_time", id=visitor.clinic.id)]
    assert told == ["nuts", "none"]


def test_a_hold_that_ran_out_keeps_what_was_typed(visitor, party_page, records):
    page = describe_all(visitor, party_page)
    records.run_out(*[row.id for row in of_status(records, visitor, "HOLD")])
    gone = visitor.submit(page, "/check")
    assert (gone.status, gone.heading) == (409, "Your hold has ended")
    assert "What you typed is kept." in gone.text
    again = choose_together(visitor, gone)
    assert again.heading == "Check your answers"
    assert visitor.submit(again, "/check").heading == "Your visits are booked"


def test_the_clinics_cap(visitor, party_page, records):
    set_rule(records, visitor, bookings_a_person=2)
    page = book_all(visitor, party_page)
    assert page.status == 409
    assert "2 bookings to come" in page.problems[0]
    assert page.soup.select('main a[href$="/find"]'), "what is to be cancelled first is found from here"
    assert of_status(records, visitor, "CONFIRMED") == []


def test_changed_in_another_window(visitor, party_page, records):
    page = describe_all(visitor, party_page)
    describe_all(visitor, party_page, p3_full_name="Dora Doe")
    page = visitor.submit(page, "/check")
    assert page.status == 409
    assert of_status(records, visitor, "CONFIRMED") == []
