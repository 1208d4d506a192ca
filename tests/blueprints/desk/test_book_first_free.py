"""The next free time, held for a patient the desk has found."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.blueprints.conftest import soon
from tests.blueprints.desk.conftest import hits
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import utc_now
from webapp.services.booking import book


@pytest.fixture
def page(olga, clinic):
    return olga.get(f"/desk/patients/{clinic.pat}")


def book_first(olga, page):
    return olga.submit(page, "/book")


def test_it_is_held_and_the_patient_is_offered(olga, page, clinic, records):
    clinic.slot(utc_now() - timedelta(hours=3))
    later, first = clinic.slot(soon(days=2)), clinic.slot(soon())
    clinic.slot(soon() - timedelta(minutes=30), capacity=5)
    held = book_first(olga, page)
    assert hits(held) == ["Pat Doe"]
    (row,) = [records.appointment(one) for one in records.live(first)]
    assert (row.status, row.patient_id, row.source) == ("HOLD", clinic.pat, "DESK")
    assert records.live(later) == []
    assert olga.submit(held, "/patient", patient_id=str(clinic.pat)).status == 200
    assert records.appointment(row.id).status == "CONFIRMED"


def test_a_time_at_which_they_are_elsewhere_is_passed_over(olga, page, clinic, records):
    other = colleague(clinic)
    with tenant_scope(clinic.id):
        book(slot_id=other.slot(soon()), patient_id=clinic.pat, actor="test", source="DESK")
    same, next_one = clinic.slot(soon()), clinic.slot(soon(), after=30)
    book_first(olga, page)
    assert records.live(same) == []
    assert len(records.live(next_one)) == 1


def test_without_a_free_time_it_says_so(olga, page):
    answer = book_first(olga, page)
    assert answer.heading == "Pat Doe"
    assert "No free time was found." in answer.text


def test_unknown_and_foreign_ones_are_404(olga, page, other_clinic):
    assert olga.post(f"/desk/patients/{uuid4()}/book").status == 404
    assert olga.post(f"/desk/patients/{other_clinic.pat}/book").status == 404
