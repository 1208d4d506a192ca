"""A patient's details are kept up to date, and two desks do not overwrite each other."""

from uuid import uuid4

import pytest

from webapp.core.tenancy import tenant_scope
from webapp.services.patients import change_patient

NEW = {
    "full_name": "Patricia Doe", "phone": "030 1234567", "email": "Pat@New.example",
    "notes": "Hard of hearing\nring twice",
    "date_of_birth-day": "27", "date_of_birth-month": "3", "date_of_birth-year": "1984",
}  # fmt: skip


@pytest.fixture
def form_page(olga, clinic):
    return olga.get(f"/desk/patients/{clinic.pat}")


def row_of(records, clinic):
    return records.one("SELECT * FROM patients WHERE id = :id", id=clinic.pat)


def meanwhile(clinic, **changes):
    kept = {"full_name": "Pat Doe", "email": "pat@mail.example", "phone": "+4930901820", "date_of_birth": None}
    with tenant_scope(clinic.id):
        change_patient(patient_id=clinic.pat, version=1, actor="test", **kept | {"notes": None} | changes)


def test_what_is_saved_is_shown(olga, form_page, clinic, records):
    records.rows("UPDATE tenants SET timezone = 'Europe/Berlin' WHERE id = :id", id=clinic.id)
    page = olga.submit(form_page, f"/patients/{clinic.pat}", **NEW)
    row = row_of(records, clinic)
    assert (row.full_name, row.phone, row.email) == ("Patricia Doe", "+49301234567", "Pat@new.example")
    assert (str(row.date_of_birth), row.notes, row.version) == ("1984-03-27", "Hard of hearing\nring twice", 2)
    assert (page.heading, page.value("date_of_birth-day")) == ("Patricia Doe", "27")
    assert "Saved." in page.text
    assert "ring twice" in page.one(".note-text").get_text()


def test_the_card_tells_who_changed_what(olga, form_page, clinic, records):
    page = olga.submit(form_page, f"/patients/{clinic.pat}", **NEW)
    line = page.one(".history li").get_text(" ", strip=True)
    assert line.startswith("Changed: Full name, Phone number, E-mail address, Date of birth, Note for the desk")
    assert line.endswith("you")
    assert "Patricia" not in line
    assert olga.get(f"/desk/patients/{clinic.pat}").soup.select(".history li")


def test_a_stale_form_shows_both_and_overwrites_only_when_told_to(olga, form_page, clinic, records):
    meanwhile(clinic, phone="+4930555555")
    page = olga.submit(form_page, f"/patients/{clinic.pat}", phone="+4930444444")
    assert page.status == 409
    cells = [cell.get_text() for cell in page.soup.select(".versions tbody th, .versions tbody td")]
    assert cells == ["Phone number", "+4930555555", "+4930444444"]
    assert page.value("phone") == "+4930444444"
    assert row_of(records, clinic).phone == "+4930555555"
    assert olga.submit(page, f"/patients/{clinic.pat}").status == 200
    assert row_of(records, clinic).phone == "+4930444444"


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(olga, form_page, clinic, records):
    wrong = NEW | {"full_name": " ", "email": "x@", "phone": "ab", "date_of_birth-year": "2999"}
    page = olga.submit(form_page, f"/patients/{clinic.pat}", **wrong)
    assert page.status == 400
    assert page.title.startswith("Error: ")
    assert page.problems == [
        "Enter the patient's name.",
        "Enter a phone number with its digits, such as 030 1234567.",
        "Enter an e-mail address in the form name@example.com.",
        "The date of birth is in the future. Check the year.",
    ]
    assert page.value("date_of_birth-year") == "2999"
    assert page.one("details.edit").has_attr("open")
    assert row_of(records, clinic).version == 1


def test_a_form_without_its_version_is_refused(olga, form_page, clinic, records):
    assert olga.submit(form_page, f"/patients/{clinic.pat}", version="").status == 400
    assert olga.submit(form_page, f"/patients/{clinic.pat}", version="x").status == 400
    assert row_of(records, clinic).version == 1


def test_unknown_and_foreign_ones_are_404(olga, form_page, other_clinic, records):
    fields = form_page.form("/" + form_page.path.rpartition("/")[2])
    assert olga.post(f"/desk/patients/{uuid4()}", fields).status == 404
    assert olga.post(f"/desk/patients/{other_clinic.pat}", fields).status == 404
    assert row_of(records, other_clinic).version == 1
