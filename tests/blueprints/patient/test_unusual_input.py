"""What no browser of a patient in their right mind sends: each is answered with a sentence, and nothing is lost."""

from datetime import UTC, datetime
from io import BytesIO

import pytest

from tests.blueprints.conftest import Page, Visitor, soon
from tests.blueprints.patient.conftest import PAT, finish, set_rule
from webapp.web import forms

BORN = {"date_of_birth-day": "29", "date_of_birth-month": "2", "date_of_birth-year": "2000"}
NUMBERS = "Enter day, month and year of birth in numbers, such as 27 3 1984."


def say(visitor: Visitor, details_page: Page, **fields: str) -> Page:
    return visitor.post(details_page.path, PAT | fields)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"date_of_birth-month": "9" * 20}, NUMBERS),
        ({"date_of_birth-day": "9" * 5000}, NUMBERS),
        ({"date_of_birth-day": "1_0"}, NUMBERS),
        ({"date_of_birth-day": "+1"}, NUMBERS),
        ({"date_of_birth-year": "84"}, "Enter the year of birth with four digits, such as 1984."),
        ({"date_of_birth-year": "1804"}, "The date of birth must be in 1900 or later. Check the year."),
        ({"date_of_birth-year": "2001"}, "This day does not exist in the calendar. Check day and month of birth."),
    ],
)
def test_a_birth_date_that_is_none_is_explained(visitor, details_page, wrong, problem):
    page = say(visitor, details_page, **BORN | wrong)
    assert (page.status, page.problems) == (400, [problem])
    assert visitor.get(details_page.path).heading == "Your details"


@pytest.mark.parametrize("digits", ["29", "٢٩", "２９"])
def test_a_birth_date_may_be_written_in_any_digits(visitor, details_page, digits):
    page = say(visitor, details_page, **BORN | {"date_of_birth-day": digits})
    assert "February 29, 2000" in page.text


def test_a_newborn_where_the_day_has_begun_already(visitor, details_page, records, monkeypatch):
    """Noon in London: in Kiritimati it is tomorrow."""
    set_rule(records, visitor, timezone="Pacific/Kiritimati")
    monkeypatch.setattr(forms.clock, "now", lambda: datetime(2026, 6, 14, 12, tzinfo=UTC))
    born = {"date_of_birth-day": "15", "date_of_birth-month": "6", "date_of_birth-year": "2026"}
    assert say(visitor, details_page, **born).problems == []
    born["date_of_birth-day"] = "16"
    assert say(visitor, details_page, **born).problems == ["The date of birth is in the future. Check the year."]


@pytest.mark.parametrize("name", ["   ", "\u00a0", "\u200b\u200d", "\u202e"])
def test_a_name_needs_something_to_read(visitor, details_page, name):
    page = say(visitor, details_page, full_name=name)
    assert (page.status, page.problems) == (400, ["Enter the full name of the patient."])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202egnp.eniL\u202c", "gnp.eniL"),
        ("A\0\x1b[31mB", "A[31mB"),
        ("نرگس می\u200cرود", "نرگس می\u200cرود"),
        ("👩\u200d👧 Zoë", "👩\u200d👧 Zoë"),
        ("李", "李"),
        ("क्\u200dष", "क्\u200dष"),
        ("<b>Bo</b> {{ 7*7 }} %s", "<b>Bo</b> {{ 7*7 }} %s"),
        ("Z" * 200, "Z" * 200),
    ],
)
def test_a_name_is_kept_in_any_script_but_turns_no_line_around(visitor, details_page, slot, records, typed, kept):
    page = finish(visitor, details_page, **PAT | {"full_name": typed})
    assert page.heading == "Your visit is booked"
    (booked,) = records.live(slot)
    row = records.rows("SELECT full_name FROM patients WHERE id = :id", id=records.appointment(booked).patient_id)
    assert row == [(kept,)]


def test_fields_that_no_page_has_are_not_kept(visitor, details_page):
    page = visitor.post(details_page.path, PAT | {"full_name-\0": "x", "date_of_birth-hour": "x", "question-x": "x"})
    assert page.heading == "Check your answers"


def test_a_file_is_no_answer(visitor, details_page):
    sent = {"csrf_token": visitor.csrf(), "email": "pat@mail.example", "full_name": (BytesIO(b"x"), "name.txt")}
    page = Page(visitor.client.post(details_page.path, data=sent, follow_redirects=True))
    assert (page.status, page.problems) == (400, ["Enter the full name of the patient."])


def test_a_field_that_comes_twice_counts_once(visitor, details_page, slot, records):
    page = visitor.post(details_page.path, PAT | {"full_name": ["Pat Doe", "Mallory"]})
    assert visitor.submit(page, "/check").heading == "Your visit is booked"
    (booked,) = records.live(slot)
    row = records.rows("SELECT full_name FROM patients WHERE id = :id", id=records.appointment(booked).patient_id)
    assert row == [("Pat Doe",)]


@pytest.mark.parametrize("start", ["1900-01-01T00:00:00+23:59", "2199-12-31T23:59:59-23:59", "2026-W50-1T10:00:00Z"])
def test_a_time_nobody_offered_leads_to_times_that_are(visitor, slot, start):
    day = f"/book/{visitor.clinic.type_id}/{soon().date()}"
    visitor.get(day)
    assert visitor.post(day, {"start": start, "key": "0" * 32}).status == 409


def test_no_secret_of_an_address_reaches_the_log(app, visitor, details_page, monkeypatch, caplog):
    def fail() -> None:
        raise RuntimeError("noted")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("webapp.blueprints.patient.details.check_trap", fail)
    assert say(visitor, details_page).status == 500
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "/c/<clinic>/hold/<token> [POST]" in logged
    assert details_page.path.rpartition("/")[2] not in logged
