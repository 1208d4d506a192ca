"""Somebody who calls for the first time is written down and booked in one step."""

from uuid import uuid4

import pytest

from tests.blueprints.desk.conftest import DAY, hits

NEW = {"full_name": "Renée O'Hara", "phone": "+44 20 7946 0000", "email": "", "type_id": ""}


def test_the_new_patient_is_booked(olga, hold_page, held, records):
    page = olga.submit(hold_page, "/new-patient", **NEW)
    assert page.path.endswith(f"/desk/{DAY}")
    assert "Renée O'Hara" in page.one(".cell.confirmed").get_text()
    patient = records.one("SELECT * FROM patients WHERE id = :id", id=records.appointment(held).patient_id)
    assert (patient.full_name, patient.phone, patient.email) == ("Renée O'Hara", "+442079460000", None)


def test_twice_books_once(olga, hold_page, clinic, records):
    for _time in range(2):
        olga.submit(hold_page, "/new-patient", **NEW)
    assert records.count("patients", clinic) == 2  # Pat, and the new one
    assert records.count("appointments", clinic) == 1


def test_what_is_missing_is_said_and_what_was_typed_is_kept(olga, hold_page, held, records):
    page = olga.submit(hold_page, "/new-patient", **NEW | {"full_name": "", "email": "x@"})
    assert page.status == 400
    assert page.title.startswith("Error: ")
    assert page.problems == ["Enter the patient's name.", "Enter an e-mail address in the form name@example.com."]
    assert page.value("phone") == NEW["phone"]
    assert page.one("details.new-patient").has_attr("open")
    assert records.appointment(held).status == "HOLD"


def test_too_late_keeps_what_was_typed(olga, hold_page, held, clinic, records):
    records.run_out(held)
    page = olga.submit(hold_page, "/new-patient", **NEW)
    assert page.status == 409
    assert page.value("full_name") == NEW["full_name"]
    assert records.count("patients", clinic) == 1


def test_another_clinics_hold_is_404(mallory, other_clinic, held):
    mallory.clinic = other_clinic
    assert mallory.post(f"/desk/holds/{held}/new-patient", NEW).status == 404


KNOWN = NEW | {"full_name": "pát  doe", "phone": "030 90 18 20"}


@pytest.fixture
def warned(olga, hold_page, clinic, records):
    records.rows("UPDATE tenants SET timezone = 'Europe/Berlin' WHERE id = :id", id=clinic.id)
    return olga.submit(hold_page, "/new-patient", **KNOWN)


def test_somebody_known_is_asked_about_first(warned, held, clinic, records):
    assert warned.status == 409
    assert "This may be somebody you know." in warned.text
    assert hits(warned) == ["Pat Doe"]
    assert warned.value("full_name") == "pát  doe"
    assert records.appointment(held).status == "HOLD"
    assert records.count("patients", clinic) == 1


def test_they_can_be_chosen(olga, warned, held, clinic, records):
    form = warned.soup.select_one(".known form")
    fields = {i["name"]: i["value"] for i in form.select("input")} | {"patient_id": str(clinic.pat)}
    olga.post(form["action"], fields)
    row = records.appointment(held)
    assert (row.status, row.patient_id) == ("CONFIRMED", clinic.pat)


def test_or_the_new_one_added_anyway(olga, warned, held, clinic, records):
    button = warned.one("button[name=anyway]")
    assert button.get_text() == "Add anyway"
    olga.submit(warned, "/new-patient", anyway=button["value"])
    row = records.appointment(held)
    assert (row.status, row.patient_id != clinic.pat) == ("CONFIRMED", True)
    assert records.count("patients", clinic) == 2


def test_a_yes_to_one_is_no_yes_to_another(olga, hold_page, held, clinic, records):
    page = olga.submit(hold_page, "/new-patient", **KNOWN, anyway=str(uuid4()))
    assert page.status == 409
    assert records.appointment(held).status == "HOLD"
