"""Step 1: what the visit is for."""

from webapp.core.tenancy import tenant_scope
from webapp.services.specialists import add_type


def test_public_types_are_offered(visitor):
    with tenant_scope(visitor.clinic.id):
        add_type(name="Only by the desk", minutes=30, is_public=False)
    page = visitor.get("/book")
    assert "Consultation" in page.text
    assert "30 minutes" in page.text
    assert "Only by the desk" not in page.text


def test_types_of_another_clinic_stay_there(visitor, other_clinic):
    with tenant_scope(other_clinic.id):
        add_type(name="Mallory's own", minutes=30)
    assert "Mallory's own" not in visitor.get("/book").text


def test_nothing_to_book_is_not_a_dead_end(visitor, records):
    records.rows("UPDATE appointment_types SET is_active = false WHERE tenant_id = :id", id=visitor.clinic.id)
    records.rows("UPDATE tenants SET phone = '+49 30 1' WHERE id = :id", id=visitor.clinic.id)
    assert "Please call the clinic." in visitor.get("/book").text


def test_by_phone_only_leads_to_the_front_page(visitor, records):
    records.rows("UPDATE tenants SET public_booking = false WHERE id = :id", id=visitor.clinic.id)
    assert visitor.get("/book").path == f"/c/{visitor.clinic.id}/"


def test_wrong_method(visitor):
    assert visitor.post("/book").status == 405


def test_a_link_to_somebody_who_is_not_there_says_so(visitor):
    page = visitor.get("/book?type=consultation&specialist=nobody")
    assert page.heading == "What is the visit for?"
    assert "cannot be booked here any more" in page.text
