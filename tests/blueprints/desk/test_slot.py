"""The panel of a group: who has a seat, and one more."""

from uuid import uuid4

import pytest

from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book, hold


@pytest.fixture
def group(clinic):
    slot = clinic.slot(capacity=2)
    with tenant_scope(clinic.id):
        book(slot_id=slot, patient_id=clinic.pat, actor="test", source="DESK")
    return slot


def test_it_lists_who_comes_and_sells_another_seat(olga, group, records):
    page = olga.get(f"/desk/slots/{group}")
    assert "1 of 2 seats taken" in page.text
    assert "Pat Doe" in page.text
    held = olga.submit(page, "/desk/holds", slot_id=str(group))
    assert "Held until" in held.text
    assert len(records.live(group)) == 2


def test_a_full_group_sells_none(olga, group, clinic):
    with tenant_scope(clinic.id):
        hold(slot_id=group, actor="test", source="DESK")
    page = olga.get(f"/desk/slots/{group}")
    assert "2 of 2 seats taken" in page.text
    assert not page.soup.select("button[name=slot_id]")


def test_unknown_and_foreign_ones_are_404(olga, mallory, other_clinic, group):
    assert olga.get(f"/desk/slots/{uuid4()}").status == 404
    mallory.clinic = other_clinic
    assert mallory.get(f"/desk/slots/{group}").status == 404


def test_nobody_arrives_for_a_group_of_another_day(olga, group):
    assert not olga.get(f"/desk/slots/{group}").soup.select("form[action$='/arrived']")


@pytest.mark.begun
def test_arriving_stays_in_the_group(olga, group, records):
    page = olga.submit(olga.get(f"/desk/slots/{group}"), "/arrived")
    assert page.path.endswith(f"/desk/slots/{group}")
    assert "1 here" in page.text
    assert records.appointment(records.live(group)[0]).status == "ARRIVED"


def test_the_list_to_print(olga, group):
    page = olga.get(f"/desk/slots/{group}/roster")
    assert page.status == 200
    assert "Pat Doe" in page.one("tbody tr").text
    assert olga.get(f"/desk/slots/{uuid4()}/roster").status == 404


@pytest.mark.begun
def test_a_way_back_that_is_none_leads_to_the_day(olga, group):
    page = olga.get(f"/desk/slots/{group}")
    assert f"/desk/{olga.clinic.day.date()}" in olga.submit(page, "/arrived", back="https://elsewhere.example/").path
