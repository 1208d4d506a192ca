"""The page behind the link in each reminder."""

import pytest

from webapp.core.tenancy import tenant_scope
from webapp.web.links import seal


@pytest.fixture
def path(app, clinic):
    with app.app_context(), tenant_scope(clinic.id):
        return f"/reminders/{seal('reminders', clinic.pat)}"


def opted_out(records, clinic) -> bool:
    row = records.one("SELECT reminders_opt_out_at FROM patients WHERE id = :id", id=clinic.pat)
    return row.reminders_opt_out_at is not None


def test_looking_changes_nothing(visitor, path, clinic, records):
    page = visitor.get(path)
    assert page.heading == "Reminders of your visits"
    assert not opted_out(records, clinic)


def test_no_more_and_again(visitor, path, clinic, records):
    visitor.get(path)
    page = visitor.post(path, {"wanted": "no"})
    assert page.heading == "You get no more reminders"
    assert opted_out(records, clinic)
    page = visitor.post(path, {"wanted": "yes"})
    assert page.heading == "Reminders of your visits"
    assert not opted_out(records, clinic)


def test_a_mail_program_may_press_the_button(app, path, clinic, records):
    answer = app.test_client().post(f"/c/{clinic.id}{path}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 303
    assert opted_out(records, clinic)


def test_any_other_form_needs_its_token(app, path, clinic, records):
    assert app.test_client().post(f"/c/{clinic.id}{path}", data={"wanted": "no"}).status_code == 400
    assert not opted_out(records, clinic)


def test_a_link_that_opens_nothing(visitor, path, other_clinic):
    assert visitor.get("/reminders/nonsense").status == 404
    visitor.clinic = other_clinic
    assert visitor.get(path).status == 404
