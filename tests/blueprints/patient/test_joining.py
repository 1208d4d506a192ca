"""Joining the waiting list without the desk."""

from datetime import timedelta

import pytest

from tests.blueprints.conftest import Visitor, soon
from tests.blueprints.patient.conftest import set_rule

ME = {"full_name": "Nora Ek", "email": "nora@mail.example"}


@pytest.fixture
def path(visitor):
    return f"/wait/{visitor.clinic.type_id}"


@pytest.fixture
def form(visitor, path):
    return visitor.get(path)


def fill(visitor, page, path, **fields):
    chosen = {"weekdays": ["0", "1", "2", "3", "4", "5", "6"], "parts": ["morning"]} | ME | fields
    return visitor.submit(page, path, **chosen)


def entries(records, visitor):
    return records.rows(
        "SELECT e.*, c.full_name, c.email, c.phone FROM waitlist_entries e"
        " JOIN patients c ON c.tenant_id = e.tenant_id AND c.id = e.patient_id"
        " WHERE e.tenant_id = :t ORDER BY e.created_at",
        t=visitor.clinic.id,
    )


def letters(records, visitor):
    rows = records.rows("SELECT kind FROM messages WHERE tenant_id = :t ORDER BY created_at", t=visitor.clinic.id)
    return [row.kind for row in rows]


def test_somebody_joins_and_is_told(visitor, form, path, records):
    page = fill(visitor, form, path)
    assert page.heading == "You are on the waiting list"
    assert "You are on the waiting list." in page.text
    assert "Morning" in page.text
    (entry,) = entries(records, visitor)
    assert (entry.full_name, entry.email, entry.parts, entry.online) == (*ME.values(), ["morning"], True)
    assert (entry.first_day, entry.last_day) == (soon(days=0).date(), (soon(days=28)).date())
    assert letters(records, visitor) == ["WAITING"]
    assert ME["email"] not in page.response.request.path


def test_the_way_there(visitor, clinic):
    empty = visitor.get(f"/book/{clinic.type_id}")
    assert empty.one(f'a[href$="/wait/{clinic.type_id}"]').get_text() == "Join the waiting list"
    clinic.slot(soon())
    assert visitor.get(f"/book/{clinic.type_id}").soup.select_one(f'a[href$="/wait/{clinic.type_id}"]')
    day = visitor.get(f"/book/{clinic.type_id}/{soon(days=5).date()}")
    assert day.soup.select_one(f'a[href$="/wait/{clinic.type_id}"]')


def test_with_the_specialist_that_was_chosen(visitor, clinic, path):
    page = visitor.get(f"/book/{clinic.type_id}?with={clinic.specialist_id}")
    link = page.one("a[href*='/wait/']")["href"]
    assert f"with={clinic.specialist_id}" in link
    assert visitor.get(link).status == 200


def test_a_double_click_joins_once(visitor, form, path, records):
    for _ in range(2):
        fill(visitor, form, path)
    assert len(entries(records, visitor)) == 1
    assert letters(records, visitor) == ["WAITING"]


def test_the_same_browser_again_changes_its_wish(visitor, form, path, records):
    fill(visitor, form, path)
    fill(visitor, visitor.get(path), path, parts=["evening"])
    (entry,) = entries(records, visitor)
    assert entry.parts == ["evening"]


def test_another_browser_is_somebody_else_where_no_letter_goes_out(app, visitor, form, path, records):
    """Whoever knows somebody's name and address gets neither their link nor their place."""
    fill(visitor, form, path)
    stranger = Visitor(app.test_client(), visitor.clinic)
    fill(stranger, stranger.get(path), path, parts=["evening"])
    assert [entry.parts for entry in entries(records, visitor)] == [["morning"], ["evening"]]


def test_where_mail_is_set_up_the_link_goes_to_the_address_alone(app, visitor, form, path, records, mailing):
    page = fill(visitor, form, path)
    assert page.path.endswith("/wait")
    assert "/waiting/" not in page.response.text
    stranger = Visitor(app.test_client(), visitor.clinic)
    again = fill(stranger, stranger.get(path), path, parts=["evening"])
    assert (again.status, again.path, again.heading) == (page.status, page.path, page.heading)
    (entry,) = entries(records, visitor)
    assert entry.parts == ["evening"]
    assert letters(records, visitor) == ["WAITING", "WAITING"]


def test_whom_no_message_reaches_is_called(visitor, path, mailing):
    form = visitor.get(path)
    assert "we tell you and keep it" in form.one(".lead").text
    assert "With a phone number alone, the clinic calls you." in form.text
    page = fill(visitor, form, path, email="", phone="+49 30 901820")
    assert page.path.startswith(visitor.url("/waiting/"))
    assert "When a time comes free that suits you, the clinic calls you." in page.text
    assert "we tell you" not in page.text


def test_where_no_message_goes_out_nothing_else_is_promised(visitor, form, path):
    assert "the clinic calls you. Nothing is booked until you say yes." in form.one(".lead").text
    assert "the clinic calls you." in fill(visitor, form, path).text


def test_another_person_at_the_same_address_waits_too(app, visitor, form, path, records, mailing):
    fill(visitor, form, path)
    fill(visitor, visitor.get(path), path, full_name="Ole Ek")
    assert len(entries(records, visitor)) == 2


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"full_name": ""}, "Enter the full name of the patient."),
        ({"email": ""}, "Enter an e-mail address or a phone number, so that the clinic can reach you."),
        ({"email": "nora"}, "Enter an e-mail address in the form name@example.com."),
        (
            {"phone": "+12345"},
            "This number cannot be called from elsewhere. Enter it with its area code, such as 030 1234567, or with +"
            " and the code of its country.",
        ),
        ({"weekdays": []}, "Choose at least one day of the week."),
        ({"parts": []}, "Choose at least one part of the day."),
        ({"last_day": "2001-01-01"}, "The last day must not be before the first day."),
        ({"first_day": "2001-01-01", "last_day": "2001-01-09"}, "This day is over. Enter a later one."),
        ({"first_day": ""}, "Enter the first day."),
    ],
)
def test_bad_input_is_named_and_nothing_is_lost(visitor, form, path, records, fields, problem):
    page = fill(visitor, form, path, **fields)
    assert page.status == 400
    assert problem in page.problems
    assert page.title.startswith("Error: ")
    if "full_name" not in fields:
        assert page.value("full_name") == "Nora Ek"
    assert entries(records, visitor) == []


def test_a_weekday_that_does_not_come(visitor, form, path, records):
    day = soon(days=2).date()
    other = str((day + timedelta(days=1)).weekday())
    page = fill(visitor, form, path, first_day=str(day), last_day=str(day), weekdays=[other])
    assert page.problems == ["None of these days lies between the first and the last day."]


def test_beyond_the_clinics_horizon(visitor, form, path):
    page = fill(visitor, form, path, first_day=str(soon(days=90).date()), last_day=str(soon(days=99).date()))
    assert page.problems == ["Online booking here goes 56 days ahead. Enter an earlier day."]


def test_what_the_clinic_needs_is_needed_here_too(visitor, path, records):
    set_rule(records, visitor, required_fields=["date_of_birth"])
    page = fill(visitor, visitor.get(path), path)
    assert page.problems == ["Enter the date of birth. This clinic needs it."]


def test_not_more_than_ten_times_a_day(visitor, path, records):
    page = None
    for n in range(11):
        page = fill(visitor, visitor.get(path), path, full_name=f"Nora {n}")
    assert (page.status, page.response.request.method) == (429, "GET")
    assert int(page.response.headers["Retry-After"]) > 0
    assert page.value("full_name") == "Nora 10"
    assert len(entries(records, visitor)) == 10


def test_only_types_that_can_be_booked(visitor, clinic, other_clinic, records):
    assert visitor.get(f"/wait/{other_clinic.type_id}").status == 404
    records.rows("UPDATE appointment_types SET is_public = false WHERE id = :id", id=clinic.type_id)
    assert visitor.get(f"/wait/{clinic.type_id}").status == 404
    set_rule(records, visitor, public_booking=False)
    assert visitor.get(f"/wait/{clinic.type_id}").status == 403


def test_a_form_of_nobody(visitor, path, records):
    assert visitor.client.post(visitor.url(path), data=ME).status_code == 400
    assert visitor.client.put(visitor.url(path)).status_code == 405
    assert entries(records, visitor) == []


def test_a_program_that_fills_in_everything_is_stopped(visitor, form, path, records):
    page = fill(visitor, form, path, website="https://spam.example")
    assert page.status >= 400
    assert page.problems
    assert entries(records, visitor) == []


def test_what_was_wrong_has_a_page_to_go_back_to_and_can_be_sent(visitor, form, path, records):
    page = fill(visitor, form, path, email="nora", parts=["evening", "morning"])
    again = visitor.get(page.response.request.full_path)
    assert (again.status, again.value("email"), again.value("full_name")) == (400, "nora", "Nora Ek")
    assert again.problems == ["Enter an e-mail address in the form name@example.com."]
    assert {box["value"] for box in again.soup.select("[name=parts][checked]")} == {"morning", "evening"}
    fill(visitor, again, path)
    assert len(entries(records, visitor)) == 1


def test_the_language_changes_and_what_was_typed_stays(visitor, form, path):
    page = fill(visitor, form, path, email="nora", lang="ar")
    assert (page.status, page.one("html")["dir"], page.problems) == (200, "rtl", [])
    assert (page.value("email"), page.value("full_name")) == ("nora", "Nora Ek")
