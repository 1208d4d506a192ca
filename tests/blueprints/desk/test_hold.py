"""The panel of a held time: who is it for?"""

from uuid import uuid4

import pytest

from webapp.core.tenancy import tenant_scope
from webapp.services.patients import add_patient


def hits(page):
    return [button.strong.get_text() for button in page.soup.select("button.hit")]


@pytest.mark.parametrize("text", ["pat", "DOE p", "901820", "user_pat"])
def test_patients_are_found(olga, hold_page, text):
    assert hits(olga.get(hold_page.path, query_string={"q": text})) == ["Pat Doe"]


def test_nobody_found_opens_the_form_for_somebody_new(olga, hold_page):
    page = olga.get(f"{hold_page.path}?q=zzz")
    assert "0 patients found" in page.text
    assert page.one("details.new-patient").has_attr("open")


def test_before_a_search_nobody_is_listed(hold_page):
    assert hits(hold_page) == []
    assert not hold_page.one("details.new-patient").has_attr("open")


def test_patients_of_another_clinic_are_not_found(olga, hold_page, other_clinic):
    with tenant_scope(other_clinic.id):
        add_patient(full_name="Mallory's patient")
    assert hits(olga.get(f"{hold_page.path}?q=mallory")) == []


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
