"""The panel of a held time: who is it for?"""

from uuid import uuid4

from tests.blueprints.desk.conftest import hits
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import hold


def test_before_a_search_nobody_is_listed(hold_page):
    assert hits(hold_page) == []
    assert not hold_page.one("details.new-patient").has_attr("open")


def test_whoever_the_time_was_taken_for_is_offered(olga, clinic, slot, records):
    (me,) = records.one("SELECT id FROM users WHERE full_name = 'Olga' AND tenant_id = :id", id=clinic.id)
    with tenant_scope(clinic.id):
        held = hold(slot_id=slot, patient_id=clinic.pat, actor="user:olga", source="DESK", created_by=me).id
    assert hits(olga.get(f"/desk/holds/{held}")) == ["Pat Doe"]


def test_only_visits_this_specialist_offers(hold_page):
    options = [option.get_text() for option in hold_page.soup.select("#visit option")]
    assert options == ["Not said", "Consultation, 30 minutes"]


def test_what_is_no_hold_any_more_is_shown_as_it_is(olga, hold_page, held, records):
    records.run_out(held)
    page = olga.get(hold_page.path)
    assert page.path.endswith(f"/desk/appointments/{held}")
    assert "Hold ran out" in page.text


def test_unknown_and_foreign_ones_are_404(olga, mallory, held, other_clinic):
    assert olga.get(f"/desk/holds/{uuid4()}").status == 404
    mallory.clinic = other_clinic
    assert mallory.get(f"/desk/holds/{held}").status == 404
