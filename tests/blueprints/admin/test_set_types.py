"""What a specialist offers."""

from webapp.core.tenancy import tenant_scope
from webapp.queries.specialists import offered_types
from webapp.services.specialists import add_type


def offered(clinic):
    with tenant_scope(clinic.id):
        return offered_types().get(clinic.specialist_id, set())


def test_the_boxes_are_what_is_offered(alice, clinic):
    with tenant_scope(clinic.id):
        other = add_type(name="Other", minutes=10)
    page = alice.get(f"/admin/specialists/{clinic.specialist_id}")
    assert "The types of visit were saved." in alice.submit(page, "/types", **{"offer-type_ids": str(other)}).text
    assert offered(clinic) == {other}


def test_no_box_is_nothing_offered(alice, clinic):
    alice.csrf()
    alice.post(f"/admin/specialists/{clinic.specialist_id}/types")
    assert offered(clinic) == set()


def test_another_clinics_type_is_no_choice(alice, clinic, other_clinic):
    alice.csrf()
    page = alice.post(f"/admin/specialists/{clinic.specialist_id}/types", {"offer-type_ids": str(other_clinic.type_id)})
    assert page.status == 400
    assert offered(clinic) == {clinic.type_id}


def test_another_clinics_specialist_is_404(alice, clinic, other_clinic):
    alice.csrf()
    page = alice.post(f"/admin/specialists/{other_clinic.specialist_id}/types", {"offer-type_ids": str(clinic.type_id)})
    assert page.status == 404
    assert offered(other_clinic) == {other_clinic.type_id}
