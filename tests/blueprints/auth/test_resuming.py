"""A form that is sent after its session has ended waits for the same person's password."""

import pytest

from tests.blueprints.conftest import Visitor
from tests.conftest import PASSWORD


@pytest.fixture
def olga(app, clinic, staff):
    """Signed in by the form, which remembers who was here last."""
    visitor = Visitor(app.test_client(), clinic)
    visitor.sign_in(staff["olga"])
    return visitor


@pytest.fixture
def ended(olga, records, clinic):
    def expired():
        records.rows("UPDATE user_sessions SET expires_at = now() WHERE tenant_id = :t", t=clinic.id)

    return {
        "expired": expired,
        "signed out elsewhere": lambda: olga.client.post(olga.url("/sign-out"), data={"csrf_token": olga.token}),
    }


def send(olga, clinic, form, **options):
    fields = form.form(f"/patients/{clinic.pat}") | {"phone": "+4930555123"}
    return olga.client.post(olga.url(f"/desk/patients/{clinic.pat}"), data=fields, **options)


def phone(records, clinic):
    return records.one("SELECT phone FROM patients WHERE id = :id", id=clinic.pat).phone


@pytest.mark.parametrize("how", ["expired", "signed out elsewhere"])
def test_what_was_typed_waits_for_the_password(olga, ended, clinic, records, how):
    form = olga.get(f"/desk/patients/{clinic.pat}")
    ended[how]()
    answer = send(olga, clinic, form)
    assert (answer.status_code, "555123" in answer.location) == (303, False)
    page = olga.get(answer.location)
    assert (page.heading, phone(records, clinic)) == ("Locked", "+4930901820")
    assert "555123" not in page.response.text
    assert olga.get("/kept").heading == "Locked"
    olga.submit(page, page.one("form[data-unlock]")["action"], password=PASSWORD)
    olga.submit(olga.get("/kept"), f"/patients/{clinic.pat}")
    assert phone(records, clinic) == "+4930555123"


@pytest.mark.parametrize("how", ["expired", "signed out elsewhere"])
def test_a_script_is_told_and_gets_a_token_for_the_form_it_keeps(olga, ended, clinic, records, how):
    form = olga.get(f"/desk/patients/{clinic.pat}")
    ended[how]()
    answer = send(olga, clinic, form, headers={"X-Fragment": "1"})
    assert (answer.status_code, answer.text) == (423, "")
    token = {"csrf_token": answer.headers["X-CSRF-Token"]}
    unlocked = olga.client.post(olga.url("/unlock"), data={"password": PASSWORD, **token}, headers={"X-Fragment": "1"})
    assert unlocked.status_code == 204
    fields = form.form(f"/patients/{clinic.pat}") | {"phone": "+4930555123"} | token
    olga.client.post(olga.url(f"/desk/patients/{clinic.pat}"), data=fields)
    assert phone(records, clinic) == "+4930555123"


def test_nobody_else_gets_it(olga, ended, clinic, records, staff):
    form = olga.get(f"/desk/patients/{clinic.pat}")
    ended["signed out elsewhere"]()
    send(olga, clinic, form)
    olga.token = ""
    page = olga.get("/sign-in?another=1")
    olga.submit(page, page.one("main form")["action"], email=staff["alice"], password=PASSWORD)
    assert "555123" not in olga.get("/kept").response.text
    assert records.one("SELECT count(*) FROM user_sessions WHERE tenant_id = :t", t=clinic.id)[0] == 1


def test_not_without_the_cookie_nor_from_another_site_nor_for_who_left_the_clinic(olga, ended, clinic, records):
    form = olga.get(f"/desk/patients/{clinic.pat}")
    ended["signed out elsewhere"]()
    assert send(olga, clinic, form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    records.rows("UPDATE users SET is_active = false WHERE tenant_id = :t", t=clinic.id)
    assert send(olga, clinic, form).status_code == 400
    records.rows("UPDATE users SET is_active = true WHERE tenant_id = :t", t=clinic.id)
    olga.client.delete_cookie("holdfast-last", path=olga.url("/"))
    assert send(olga, clinic, form).status_code == 400


def test_a_wrong_token_of_somebody_signed_in_is_refused_as_ever(olga, clinic):
    form = olga.get(f"/desk/patients/{clinic.pat}")
    fields = form.form(f"/patients/{clinic.pat}") | {"csrf_token": "wrong"}
    assert olga.client.post(olga.url(f"/desk/patients/{clinic.pat}"), data=fields).status_code == 400
