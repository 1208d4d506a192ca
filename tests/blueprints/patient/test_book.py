"""Saying who comes books the held time, once."""

import pytest

from tests.blueprints.patient.conftest import PAT, finish


def patient_of(records, held):
    return records.one("SELECT * FROM patients WHERE id = :id", id=records.appointment(held).patient_id)


def test_it_is_booked_and_the_receipt_says_so(visitor, details_page, held, records):
    page = finish(visitor, details_page, **PAT)
    assert page.heading == "Your visit is booked"
    assert records.appointment(held).status == "CONFIRMED"
    assert patient_of(records, held).full_name == "Pat Doe"


def test_a_double_click_books_once_and_makes_one_patient(visitor, details_page, clinic, records):
    first = finish(visitor, details_page, **PAT)
    patients = records.count("patients", clinic)
    second = finish(visitor, details_page, **PAT)
    assert first.path == second.path
    assert records.count("patients", clinic) == patients
    assert records.count("appointments", clinic) == 1


@pytest.mark.parametrize("name", ["Ольга Петренко", "فاطمة حداد", "山田 太郎", "O'Brien-Żółć", "नोआ"])
def test_names_in_any_script(visitor, details_page, held, records, name):
    finish(visitor, details_page, **PAT | {"full_name": f"  {name} "})
    assert patient_of(records, held).full_name == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+49 (0)30 / 123 45-67", "+49301234567"),
        ("030 1234567", "+49301234567"),
        ("call my sister: 12345", "call my sister: 12345"),
        ("٠٣٠١٢٣٤٥٦٧", "+49301234567"),
    ],
)
def test_phone_numbers_in_any_format(visitor, details_page, held, records, typed, kept):
    records.rows("UPDATE tenants SET timezone = 'Europe/Berlin' WHERE id = :id", id=visitor.clinic.id)
    finish(visitor, details_page, full_name="Pat", email="", phone=typed)
    assert patient_of(records, held).phone == kept


def test_the_date_of_birth_is_read_from_three_texts(visitor, details_page, held, records):
    born = {"date_of_birth-day": "7", "date_of_birth-month": "03", "date_of_birth-year": "1984"}
    finish(visitor, details_page, **PAT | born)
    assert str(patient_of(records, held).date_of_birth) == "1984-03-07"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"full_name": ""}, "Enter the full name of the patient."),
        ({"full_name": "x" * 201}, "This is longer than 200 characters. Shorten it."),
        ({"email": ""}, "Enter an e-mail address or a phone number, so that the clinic can reach you."),
        ({"email": "pat@"}, "Enter an e-mail address in the form name@example.com."),
        ({"phone": "none"}, "Enter a phone number with its digits, such as 030 1234567."),
        (
            {"phone": "+12345"},
            "This number cannot be called from elsewhere. Enter it with its area code, such as 030 1234567, or with +"
            " and the code of its country.",
        ),
        ({"date_of_birth-day": "3"}, "Enter day, month and year of birth in numbers, such as 27 3 1984."),
        (
            {"date_of_birth-day": "31", "date_of_birth-month": "2", "date_of_birth-year": "1984"},
            "This day does not exist in the calendar. Check day and month of birth.",
        ),
        (
            {"date_of_birth-day": "3", "date_of_birth-month": "2", "date_of_birth-year": "84"},
            "Enter the year of birth with four digits, such as 1984.",
        ),
        (
            {"date_of_birth-day": "3", "date_of_birth-month": "2", "date_of_birth-year": "2999"},
            "The date of birth is in the future. Check the year.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(visitor, details_page, held, records, fields, problem):
    page = finish(visitor, details_page, **PAT | fields)
    assert page.status == 400
    assert page.title.startswith("Error: ")
    assert page.problems == [problem]
    link = page.one(".problem a")["href"]
    assert page.soup.select_one(link)["aria-invalid"] == "true"
    for name, value in (PAT | fields).items():
        assert page.value(name) == value
    assert records.appointment(held).status == "HOLD"


def test_when_the_hold_ran_out_the_answers_are_kept(visitor, details_page, held, slot, records):
    records.run_out(held)
    page = finish(visitor, details_page, **PAT)
    assert (page.status, page.heading) == (409, "Your hold has ended")
    assert "What you typed is kept." in page.text
    assert records.appointment(held).patient_id is None


def test_markup_in_a_name_stays_text(visitor, details_page):
    page = finish(visitor, details_page, **PAT | {"full_name": '<img src=x onerror="x">', "email": ""})
    assert page.value("full_name") == '<img src=x onerror="x">'
    assert not page.soup.select('img[src="x"]')


def test_after_giving_it_back_the_same_form_offers_the_time_again_and_keeps_what_was_typed(
    visitor, details_page, slot, records
):
    visitor.submit(details_page, "/give-back")
    page = finish(visitor, details_page, **PAT)
    assert (page.status, page.heading) == (409, "You do not hold this time any more")
    page = visitor.submit(page, "/instead", slot_id=str(slot))
    assert "Pat Doe" in page.text
    assert len(records.live(slot)) == 1


def test_without_a_token_nothing_is_booked(visitor, details_page, held, records):
    assert visitor.client.post(details_page.path, data=PAT, follow_redirects=True).status_code == 400
    assert records.appointment(held).status == "HOLD"


def test_wrong_method(visitor, details_page):
    assert visitor.client.put(details_page.path, data={"csrf_token": visitor.csrf()}).status_code == 405
