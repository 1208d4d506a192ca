"""Whom is the held time for? Found without a word of it in an address."""

from uuid import uuid4

import pytest

from tests.blueprints.desk.conftest import hits
from webapp.core.tenancy import tenant_scope
from webapp.services.patients import add_patient


def look(olga, page, text):
    return olga.submit(page, "/search", q=text)


@pytest.mark.parametrize("text", ["pat", "DOE p", "901820", "user_pat", "Pta Doe"])
def test_patients_are_found(olga, hold_page, text):
    page = look(olga, hold_page, text)
    assert (page.status, hits(page), page.value("q")) == (200, ["Pat Doe"], text)


def test_a_script_gets_the_panel_only(olga, hold_page):
    form = hold_page.form("/search") | {"q": "pat"}
    page = olga.post(f"{hold_page.path}/search", form, headers={"X-Fragment": "1"})
    assert hits(page) == ["Pat Doe"]
    assert page.soup.html is None


def test_nobody_found_opens_the_form_for_somebody_new(olga, hold_page):
    page = look(olga, hold_page, "zzz")
    assert "0 patients found" in page.text
    assert page.one("details.new-patient").has_attr("open")


def test_whom_nobody_knows_is_written_down_under_the_name_that_was_looked_for(olga, hold_page):
    page = look(olga, hold_page, "nora ó new")
    assert page.value("full_name") == "Nora Ó New"
    assert look(olga, hold_page, "030 1234").value("full_name") == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [("pa", ""), ("Pat", ""), ("doe p", "Doe P"), ("pat doe", "Pat Doe"), ("xaver", "Xaver"), ("Paat", "Paat")],
)
def test_part_of_a_name_that_somebody_has_is_nobody_new(olga, hold_page, text, name):
    page = look(olga, hold_page, text)
    assert (page.value("full_name"), page.one("[data-region=hits]")["data-name"]) == (name, name)


def test_patients_of_another_clinic_are_not_found(olga, hold_page, other_clinic):
    with tenant_scope(other_clinic.id):
        add_patient(full_name="Mallory's patient")
    assert hits(look(olga, hold_page, "mallory")) == []


def test_what_is_typed_in_an_address_is_not_looked_for(olga, hold_page):
    assert hits(olga.get(f"{hold_page.path}?q=pat")) == []


def test_what_is_no_hold_any_more_leads_to_holding_it_again(olga, hold_page, held, records):
    records.run_out(held)
    page = look(olga, hold_page, "pat")
    assert hits(page) == []
    assert page.one("[data-ended] .primary").get_text() == "Hold it again"


def test_unknown_and_foreign_ones_are_404(olga, mallory, held, other_clinic):
    assert olga.post(f"/desk/holds/{uuid4()}/search", {"q": "pat"}).status == 404
    mallory.clinic = other_clinic
    assert mallory.post(f"/desk/holds/{held}/search", {"q": "pat"}).status == 404
