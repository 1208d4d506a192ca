"""The receipt: reference, what, when, where."""

import pytest

from tests.blueprints.conftest import Visitor
from tests.blueprints.patient.conftest import PAT
from webapp.core.tenancy import tenant_scope
from webapp.rules import references
from webapp.services.appointments import cancel


@pytest.fixture
def receipt(visitor, details_page):
    return visitor.submit(details_page, details_page.path, **PAT)


def test_it_says_everything_and_nothing_of_the_patient(receipt, held):
    for words in ("Consultation", "Dr. Sam Weiss", "9:00 AM – 9:30 AM", "Harbour", references.reference(held)):
        assert words in receipt.text
    assert "Pat Doe" not in receipt.text


def test_the_reference_has_no_letters_that_look_alike(held):
    letters = set(references.reference(held)) - {"-"}
    assert letters <= set(references.LETTERS)
    assert not letters & set("01ILOU")


def test_the_link_works_in_another_browser(app, clinic, receipt):
    assert Visitor(app.test_client(), clinic).get(receipt.path).status == 200


def test_a_cancelled_visit_says_so(visitor, receipt, held):
    with tenant_scope(visitor.clinic.id):
        cancel(appointment_id=held, actor="user:olga")
    assert visitor.get(receipt.path).heading == "This visit was cancelled"


def test_it_opens_nothing_at_another_clinic(app, other_clinic, receipt):
    token = receipt.path.rsplit("/", 1)[1]
    assert Visitor(app.test_client(), other_clinic).get(f"/receipt/{token}").status == 404


def test_wrong_method(visitor, receipt):
    assert visitor.post(receipt.path).status == 405
