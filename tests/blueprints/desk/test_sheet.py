"""GET /desk/<day>/print: who is on paper, what is left off with initials, and one specialist alone."""

from datetime import date, timedelta

import pytest

from tests.blueprints.desk.conftest import DAY
from tests.conftest import DAY as START
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book
from webapp.services.hours import add_closure
from webapp.services.patients import add_patient

PRINT = f"/desk/{DAY}/print"


@pytest.fixture
def day(clinic):
    """Pat at nine o'clock with a birth date, a free half-hour after, and a second specialist."""
    first = clinic.slot()
    clinic.slot(after=30)
    other = colleague(clinic)
    other.slot()
    with tenant_scope(clinic.id):
        patient = add_patient(full_name="Zoë Ann Tóth", phone="+49301112233", date_of_birth=date(1984, 3, 27))
        book(slot_id=first, patient_id=patient, type_id=clinic.type_id, actor="test", source="DESK")
    return other


def sheets(page):
    return [" ".join(one.get_text(" ", strip=True).split()) for one in page.soup.select(".sheet-page")]


def test_everybody_a_page_each(olga, day):
    ruth, sam = sheets(olga.get(PRINT))
    assert "Dr. Ruth Adler" in ruth
    assert "Dr. Sam Weiss" in sam
    assert "Zoë Ann Tóth born March 27, 1984 +49301112233 Consultation Confirmed" in sam
    assert "Zoë" not in ruth
    assert sam.count("Free") == 1


def test_the_head_says_clinic_day_and_when(olga, day, clinic):
    head = olga.get(PRINT).soup.select_one(".sheet-head").get_text(" ", strip=True)
    assert "Monday, March 3, 2031" in head
    assert "Harbour" in head
    assert "printed " in head


def test_one_specialist(olga, day, clinic):
    (only,) = sheets(olga.get(f"{PRINT}?specialist={clinic.specialist_id}"))
    assert "Dr. Sam Weiss" in only


@pytest.mark.parametrize("wrong", ["not-an-id", "5cc5fb79-63a2-4312-a912-6100f6c0e629"])
def test_an_unknown_specialist(olga, day, wrong):
    assert olga.get(f"{PRINT}?specialist={wrong}").status == 404


def test_initials_only(olga, day):
    page = olga.get(f"{PRINT}?initials=1")
    assert "ZT born 1984 Consultation" in sheets(page)[1]
    assert "Tóth" not in page.response.text
    assert "111" not in sheets(page)[1]


def test_with_hidden_names_it_is_initials(olga, day):
    olga.post("/desk/settings", {"hide_names": "1"})
    assert "Tóth" not in olga.get(PRINT).response.text


def test_a_visit_without_a_specialist_is_not_lost(olga, day, clinic, records):
    records.rows(
        "INSERT INTO bookings (tenant_id, start_time_utc, idempotency_key) VALUES (:tenant, :start, 'by hand')",
        tenant=clinic.id,
        start=START + timedelta(hours=3),
    )
    last = sheets(olga.get(PRINT))[-1]
    assert "Without a specialist" in last
    assert "3:00" in last


def test_a_closure_says_why(olga, day, clinic):
    with tenant_scope(clinic.id):
        add_closure(
            specialist_id=clinic.specialist_id,
            start=START + timedelta(hours=5),
            end=START + timedelta(hours=6),
            reason="Training",
        )
    assert "Closed: Training" in sheets(olga.get(PRINT))[1]


def test_a_name_is_text(olga, clinic):
    slot = clinic.slot()
    with tenant_scope(clinic.id):
        patient = add_patient(full_name="<b>Bo</b>")
        book(slot_id=slot, patient_id=patient, actor="test", source="DESK")
    assert "&lt;b&gt;Bo" in olga.get(PRINT).response.text


def test_a_day_without_hours(olga, clinic):
    (only,) = sheets(olga.get(PRINT))
    assert "No hours on this day." in only


def test_another_clinic_sees_nothing(mallory, day):
    assert mallory.get(PRINT).path.endswith("/sign-in")


def test_wrong_method(olga):
    assert olga.post(PRINT).status == 405
