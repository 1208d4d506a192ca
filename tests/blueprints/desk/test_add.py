"""Somebody who calls for the first time is written down and booked in one step."""

from tests.blueprints.desk.conftest import DAY

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
