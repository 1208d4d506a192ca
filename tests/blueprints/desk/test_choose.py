"""Choosing a patient the clinic knows books the held time."""

from uuid import uuid4

from tests.blueprints.desk.conftest import DAY
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book
from webapp.services.specialists import add_type


def choose(olga, page, patient, **fields):
    return olga.post(f"{page.path}/patient", {"patient_id": str(patient), "type_id": "", **fields})


def test_the_caller_is_booked_and_the_day_points_it_out(olga, hold_page, held, clinic, records):
    page = choose(olga, hold_page, clinic.pat, type_id=str(clinic.type_id))
    row = records.appointment(held)
    assert (row.status, row.patient_id, row.appointment_type_id) == ("CONFIRMED", clinic.pat, clinic.type_id)
    assert page.path.endswith(f"/desk/{DAY}")
    assert "marked" in page.one(".cell.confirmed")["class"]
    assert "Booked." in page.text


def test_a_patient_who_is_elsewhere_then_is_refused_and_the_hold_stays(olga, hold_page, held, clinic, records):
    from tests.conftest import colleague

    with tenant_scope(clinic.id):
        other = colleague(clinic).slot()
        book(slot_id=other, patient_id=clinic.pat, actor="test", source="DESK")
    page = choose(olga, hold_page, clinic.pat)
    assert page.status == 409
    assert page.problems == ["The patient has another appointment at this time."]
    assert records.appointment(held).status == "HOLD"


def test_a_visit_longer_than_the_time_is_refused(olga, hold_page, held, clinic, records):
    with tenant_scope(clinic.id):
        long = add_type(name="Long visit", minutes=60, specialist_ids=[clinic.specialist_id])
    page = choose(olga, hold_page, clinic.pat, type_id=str(long))
    assert page.status == 409
    assert "Free only until 12:30 AM." in page.text
    assert records.appointment(held).status == "HOLD"


def test_too_late(olga, hold_page, held, clinic, records):
    records.run_out(held)
    page = choose(olga, hold_page, clinic.pat)
    assert page.status == 409
    assert "The hold on this time has ended." in page.text
    assert records.appointment(held).patient_id is None


def test_bad_input(olga, hold_page, held, clinic, other_clinic, records):
    assert choose(olga, hold_page, "nonsense").status == 400
    assert choose(olga, hold_page, clinic.pat, type_id="nonsense").status == 400
    assert choose(olga, hold_page, clinic.pat, type_id=str(other_clinic.type_id)).status == 400
    assert choose(olga, hold_page, uuid4()).status == 404
    assert choose(olga, hold_page, other_clinic.pat).status == 404
    assert records.appointment(held).status == "HOLD"


def test_another_clinics_hold_is_404(mallory, other_clinic, held):
    mallory.clinic = other_clinic
    page = mallory.post(f"/desk/holds/{held}/patient", {"patient_id": str(other_clinic.pat), "type_id": ""})
    assert page.status == 404


def test_a_double_click_says_booked_twice(olga, hold_page, held, clinic, records):
    for _click in range(2):
        page = choose(olga, hold_page, clinic.pat, type_id=str(clinic.type_id))
        assert page.path.endswith(f"/desk/{DAY}")
        assert "Booked." in page.text
    assert records.events(held).count("CONFIRMED") == 1
