"""Several people at one desk: who is offered, whose password is asked, and that nothing of the one before stays."""

import pytest

from tests.blueprints.conftest import Page, Visitor
from tests.conftest import PASSWORD
from webapp.core.tenancy import tenant_scope
from webapp.services.signin import add_user


def enter(visitor: Visitor, email: str, **more: str) -> Page:
    visitor.token = ""
    page = visitor.get("/sign-in?another=1")
    return visitor.submit(page, "/sign-in", email=email, password=PASSWORD, **more)


def names(page: Page) -> list[str]:
    return [one.get_text(strip=True) for one in page.soup.select("fieldset .check span")]


def choose(page: Page, name: str) -> str:
    label = next(one for one in page.soup.select("fieldset .check") if name in one.get_text())
    return label.input["value"]


@pytest.fixture
def both(visitor, staff) -> Visitor:
    """A browser at which Alice, and then Olga, signed in."""
    enter(visitor, staff["alice"], remembered="y")
    enter(visitor, staff["olga"], remembered="y")
    return visitor


def test_those_who_signed_in_here(both):
    assert names(both.get("/switch")) == ["Alice", "Olga"]


def test_one_password_and_the_desk_is_the_others(both, records, clinic):
    page = both.get("/switch")
    assert page.one("fieldset input[checked]")["value"] == choose(page, "Alice"), "Olga is there already"
    after = both.submit(page, "/switch", who=choose(page, "Alice"), password=PASSWORD)
    assert after.path.startswith(f"/c/{clinic.id}/desk/")
    assert after.one("form[action$='/sign-out'] button")["title"] == "Alice"
    assert records.count("user_sessions", clinic) == 1, "the session before has ended"


def test_the_token_and_the_form_secret_are_new(both):
    with both.client.session_transaction() as session:
        before = dict(session)
    page = both.get("/switch")
    both.submit(page, "/switch", who=choose(page, "Olga"), password=PASSWORD)
    with both.client.session_transaction() as session:
        assert session["_user_id"] != before["_user_id"]
        assert session.get("csrf_token") != before["csrf_token"]


def test_it_leads_back_to_the_page(both, clinic):
    page = both.get(f"/switch?next=/c/{clinic.id}/desk/2031-03-03/list")
    form = page.soup.select_one('form[action*="/switch?next="]')
    after = both.post(form["action"], {"who": choose(page, "Alice"), "password": PASSWORD})
    assert after.path.endswith("/desk/2031-03-03/list")


def test_from_a_locked_desk(both):
    both.post("/lock")
    page = both.get("/switch")
    after = both.submit(page, "/switch", who=choose(page, "Alice"), password=PASSWORD)
    assert "/desk/" in after.path


def test_after_signing_out(both):
    both.post("/sign-out")
    page = both.get("/sign-in")
    assert page.soup.find("a", string="Choose your name instead")
    assert names(both.get("/switch")) == ["Alice", "Olga"]


@pytest.mark.parametrize(("field", "value"), [("password", "wrong password"), ("password", "")])
def test_a_wrong_password_changes_nothing(both, field, value):
    page = both.get("/switch")
    refused = both.submit(page, "/switch", **{"who": choose(page, "Alice"), field: value})
    assert refused.status in (400, 403)
    assert refused.title.startswith("Error: ")
    assert refused.one("fieldset input[checked]")["value"] == choose(page, "Alice")
    assert both.get("/desk/").one("form[action$='/sign-out'] button")["title"] == "Olga"


def test_tries_are_counted(both):
    page = both.get("/switch")
    for _try in range(10):
        assert both.submit(page, "/switch", who=choose(page, "Alice"), password="wrong password").status == 403
    refused = both.submit(page, "/switch", who=choose(page, "Alice"), password=PASSWORD)
    assert refused.status == 429
    assert int(refused.response.headers["Retry-After"]) > 0


def test_whoever_is_not_on_the_list_cannot_be_chosen(both, clinic):
    with tenant_scope(clinic.id):
        eve = add_user(email="eve@clinic.example", full_name="Eve", password=PASSWORD, role="ADMIN")
    both.get("/switch")
    assert both.post("/switch", {"who": str(eve), "password": PASSWORD}).status == 400


def test_without_the_tick_one_is_not_kept(visitor, staff):
    enter(visitor, staff["alice"], remembered="y")
    visitor.token = ""
    visitor.post("/sign-in", {"email": staff["olga"], "password": PASSWORD})
    assert names(visitor.get("/switch")) == ["Alice"]


def test_unticking_takes_one_off_the_list(both, staff):
    both.post("/sign-in", {"email": staff["alice"], "password": PASSWORD})
    assert names(both.get("/switch")) == ["Olga"]


def test_all_names_can_be_forgotten(both):
    page = both.submit(both.get("/switch"), "/switch/forget")
    assert "The names are no longer kept on this browser." in page.response.text or "/desk/" in page.path
    assert both.get("/switch").path.endswith("/sign-in")


def test_who_was_disabled_is_not_offered(both, records, clinic):
    records.rows("UPDATE users SET is_active = false WHERE full_name = 'Alice' AND tenant_id = :t", t=clinic.id)
    assert names(both.get("/switch")) == ["Olga"]


def test_another_clinics_pages_do_not_see_the_names(both, other_clinic):
    cookie = both.client.get_cookie("holdfast-known", path=f"/c/{both.clinic.id}/")
    assert cookie.path == f"/c/{both.clinic.id}/"
    there = f"/c/{other_clinic.id}/"
    both.client.set_cookie("holdfast-known", cookie.value, path=there)
    page = both.get(f"{there}switch")
    assert page.path == f"{there}sign-in"
    assert "Olga" not in page.text


def test_the_cookie_holds_no_names_and_is_not_for_scripts(visitor, staff):
    visitor.csrf()
    data = {"email": staff["olga"], "password": PASSWORD, "csrf_token": visitor.token, "remembered": "y"}
    answer = visitor.client.post(visitor.url("/sign-in"), data=data)
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("holdfast-known")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "olga" not in cookie.lower()


def test_a_forged_cookie_is_nothing(visitor):
    visitor.client.set_cookie("holdfast-known", '["00000000000000000000000000000000"]')
    assert visitor.get("/switch").path.endswith("/sign-in")


def test_a_form_without_its_token(both):
    assert both.client.post(both.url("/switch"), data={"password": PASSWORD}).status_code == 400


def test_wrong_method(both):
    assert both.get("/switch/forget").status == 405
