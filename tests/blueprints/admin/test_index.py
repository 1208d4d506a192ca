"""The admin's overview."""

from webapp.core.tenancy import tenant_scope
from webapp.services.specialists import add_specialist


def test_specialists_and_types_are_listed(alice):
    page = alice.get("/admin/")
    for words in ("Dr. Sam Weiss", "General practice", "1 type of visit", "Consultation", "Patients and desk"):
        assert words in page.text


def test_another_clinics_people_are_not_listed(alice, other_clinic):
    with tenant_scope(other_clinic.id):
        add_specialist(full_name="Dr. Mallory")
    assert "Dr. Mallory" not in alice.get("/admin/").text


def test_an_empty_clinic_says_how_to_begin(alice, records):
    for table in ("appointment_type_specialists", "specialists", "appointment_types"):
        records.rows(f"DELETE FROM {table} WHERE tenant_id = :id", id=alice.clinic.id)
    page = alice.get("/admin/")
    assert "Add the first specialist below" in page.text
    assert "as soon as there is one that a specialist offers" in page.text
