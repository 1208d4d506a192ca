"""Signing in: one sentence for every failure, a new session for every success, and a limit on tries."""

import pytest

from tests.blueprints.conftest import Visitor
from tests.conftest import PASSWORD
from webapp.core.tenancy import tenant_scope
from webapp.services.signin import add_user
from webapp.web.throttle import count_try, forget_tries

REFUSED = "The e-mail address or the password is not right."


def test_staff_come_to_the_desk(visitor, staff):
    page = visitor.sign_in(staff["olga"])
    assert page.status == 200
    assert page.path.startswith(f"/c/{visitor.clinic.id}/desk/")


def test_a_patient_with_an_account_comes_to_the_front_page(pat):
    assert pat.get("/sign-in").path == f"/c/{pat.clinic.id}/"


def test_the_page_asked_for_comes_back_after_signing_in(visitor, staff):
    page = visitor.get("/desk/2031-03-03/list")
    assert page.path.endswith("/sign-in")
    page = visitor.submit(page, "list", email=staff["olga"], password=PASSWORD)
    assert page.path.endswith("/desk/2031-03-03/list")


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "/c/another/desk/", "javascript:alert(1)"]
)
def test_no_other_site_or_clinic_is_gone_to(visitor, staff, wanted):
    visitor.get("/sign-in")
    page = visitor.post(f"/sign-in?next={wanted}", {"email": staff["olga"], "password": PASSWORD})
    assert page.path.startswith(f"/c/{visitor.clinic.id}/desk/")


@pytest.mark.parametrize(("email", "password"), [("olga", "wrong password"), ("nobody", PASSWORD)])
def test_one_sentence_for_a_wrong_password_and_an_unknown_address(visitor, staff, email, password):
    page = visitor.sign_in(staff.get(email, "nobody@clinic.example"), password)
    assert page.status == 403
    assert page.problems == [REFUSED]
    assert page.title.startswith("Error: ")
    assert visitor.get("/desk/").path.endswith("/sign-in")


def test_staff_of_another_clinic_are_not_known_here(visitor, staff, other_clinic):
    with tenant_scope(other_clinic.id):
        add_user(email="eve@clinic.example", full_name="Eve", password=PASSWORD, role="ADMIN")
    assert visitor.sign_in("eve@clinic.example").problems == [REFUSED]


def test_what_is_missing_is_named_beside_its_field(visitor):
    page = visitor.post("/sign-in", {"email": "", "password": ""})
    assert page.status == 400
    assert page.problems == ["Enter your e-mail address.", "Enter your password."]
    assert page.one("#email")["aria-invalid"] == "true"


def test_nothing_of_the_session_before_survives(app, clinic, staff):
    visitor = Visitor(app.test_client(), clinic)
    visitor.get("/sign-in")
    with visitor.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    visitor.sign_in(staff["olga"])
    with visitor.client.session_transaction() as session:
        assert "planted" not in session


def test_two_sign_ins_have_two_tokens(app, clinic, staff):
    tokens = set()
    for _time in range(2):
        visitor = Visitor(app.test_client(), clinic)
        visitor.sign_in(staff["olga"])
        with visitor.client.session_transaction() as session:
            tokens.add(session["_user_id"])
    assert len(tokens) == 2


def test_the_cookie_is_for_this_site_only(visitor, staff):
    visitor.get("/sign-in")
    data = {"email": staff["olga"], "password": PASSWORD, "csrf_token": visitor.token}
    response = visitor.client.post(visitor.url("/sign-in"), data=data)
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_eleventh_try_is_refused_even_with_the_right_password(visitor, staff):
    for _try in range(10):
        assert visitor.sign_in(staff["olga"], "wrong password").status == 403
    page = visitor.sign_in(staff["olga"])
    assert page.status == 429
    assert "Wait a few minutes" in page.text
    assert 0 < int(page.response.headers["Retry-After"]) <= 900


def test_others_at_the_same_address_may_sign_in_meanwhile(visitor, staff):
    for _try in range(11):
        visitor.sign_in(staff["olga"], "wrong password")
    assert visitor.sign_in(staff["alice"]).status == 200


def test_the_victim_may_sign_in_from_elsewhere(app, clinic, visitor, staff):
    for _try in range(11):
        visitor.sign_in(staff["olga"], "wrong password")
    assert Visitor(app.test_client(), clinic).sign_in(staff["olga"]).status == 200


def test_another_address_of_the_same_household_gains_nothing(visitor, staff):
    for number in range(11):
        visitor.client.environ_base["REMOTE_ADDR"] = f"2001:db8:{visitor.clinic.id[-4:]}:2::{number:x}"
        page = visitor.sign_in(staff["olga"], "wrong password")
    assert page.status == 429


def test_a_right_password_wipes_the_slate(visitor, staff):
    for _round in range(2):
        for _try in range(9):
            assert visitor.sign_in(staff["olga"], "wrong password").status == 403
        assert visitor.sign_in(staff["olga"]).status == 200
        visitor.post("/sign-out")


def test_an_address_is_refused_after_a_hundred_wrong_tries(app, visitor, staff):
    environ = {"REMOTE_ADDR": visitor.client.environ_base["REMOTE_ADDR"]}
    with app.test_request_context(environ_base=environ), tenant_scope(visitor.clinic.id):
        for number in range(100):
            count_try(email=f"guess-{number}@clinic.example")
    page = visitor.sign_in(staff["olga"])
    assert page.status == 429
    assert 0 < int(page.response.headers["Retry-After"]) <= 3600


def test_right_passwords_do_not_count_against_an_address(app, visitor, staff):
    environ = {"REMOTE_ADDR": visitor.client.environ_base["REMOTE_ADDR"]}
    with app.test_request_context(environ_base=environ), tenant_scope(visitor.clinic.id):
        for _number in range(101):
            count_try(email=staff["olga"])
            forget_tries(email=staff["olga"])
    assert visitor.sign_in(staff["olga"]).status == 200


def test_the_counters_do_not_say_who_it_was(visitor, staff, records):
    visitor.sign_in(staff["olga"], "wrong password")
    keys = " ".join(row.key for row in records.rows("SELECT key FROM rate_limits"))
    assert keys
    assert "olga" not in keys
    assert "127.0.0.1" not in keys


def test_a_form_from_elsewhere_is_refused(visitor, staff):
    data = {"email": staff["olga"], "password": PASSWORD}
    response = visitor.client.post(visitor.url("/sign-in"), data=data)
    assert response.status_code == 400
    assert "reload the page" in response.text


def test_wrong_method(visitor):
    assert visitor.client.put(visitor.url("/sign-in"), data={"csrf_token": visitor.csrf()}).status_code == 405
