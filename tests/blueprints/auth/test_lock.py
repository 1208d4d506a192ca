"""The lock: by time, by button; what it shows, who opens it, and that looking for changes is not being there."""

import pytest

from tests.blueprints.desk.conftest import DAY
from tests.conftest import PASSWORD
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book

DAY_PAGE = f"/desk/{DAY}"
BACKGROUND = {"X-Background": "1", "X-Fragment": "1"}


@pytest.fixture
def booked(clinic):
    """Pat's appointment."""
    slot = clinic.slot()
    with tenant_scope(clinic.id):
        return book(slot_id=slot, patient_id=clinic.pat, actor="test", source="DESK").id


@pytest.fixture
def left_alone(records, clinic):
    """Let minutes pass in which nobody touched anything."""

    def passed(minutes: float) -> None:
        records.rows(
            """UPDATE user_sessions SET last_seen_at = clock_timestamp() - make_interval(secs => :seconds)
               WHERE tenant_id = :tenant""",
            seconds=minutes * 60,
            tenant=clinic.id,
        )

    return passed


def is_locked(records, clinic) -> bool:
    return records.one("SELECT locked_at FROM user_sessions WHERE tenant_id = :t", t=clinic.id).locked_at is not None


@pytest.mark.parametrize(("minutes", "locked"), [(14.5, False), (15.1, True), (600, True)])
def test_after_fifteen_minutes(olga, left_alone, records, clinic, minutes, locked):
    left_alone(minutes)
    assert olga.get(DAY_PAGE).path.endswith("/locked") is locked
    assert is_locked(records, clinic) is locked


def test_the_lock_is_never_early(olga, left_alone, records, clinic):
    """What is done a moment after something that was noted is not noted itself, so the time is counted from later."""
    query = "SELECT clock_timestamp() - last_seen_at AS idle FROM user_sessions WHERE tenant_id = :t"
    left_alone(6 / 60)
    olga.get(DAY_PAGE)
    assert records.one(query, t=clinic.id).idle.total_seconds() < 5
    left_alone(15.05)
    assert olga.get(DAY_PAGE).path.endswith(DAY)


def test_each_page_starts_the_time_anew(olga, left_alone):
    for _page in range(3):
        left_alone(14)
        assert olga.get(DAY_PAGE).path.endswith(DAY)


def test_looking_for_changes_does_not(olga, left_alone, records, clinic):
    left_alone(14)
    assert olga.get(DAY_PAGE, headers=BACKGROUND).status == 200
    left_alone(15.1)
    assert olga.get(DAY_PAGE, headers=BACKGROUND).status == 423
    assert is_locked(records, clinic)


def test_background_requests_leave_the_time_as_it_is(olga, left_alone, records, clinic):
    left_alone(5)
    query = "SELECT last_seen_at FROM user_sessions WHERE tenant_id = :t"
    before = records.one(query, t=clinic.id)
    olga.get(DAY_PAGE, headers=BACKGROUND)
    assert records.one(query, t=clinic.id) == before
    olga.get(DAY_PAGE)
    assert records.one(query, t=clinic.id) > before


def test_zero_minutes_is_never(app, olga, left_alone, monkeypatch):
    monkeypatch.setattr(app.config["SETTINGS"], "idle_lock_minutes", 0)
    left_alone(600)
    assert olga.get(DAY_PAGE).path.endswith(DAY)
    olga.post("/lock")
    assert olga.get(DAY_PAGE).path.endswith("/locked"), "the button still locks"


def test_nothing_of_the_clinics_is_on_the_screen(olga, booked):
    assert "Pat Doe" in olga.get(DAY_PAGE).text
    olga.post("/lock")
    page = olga.get(DAY_PAGE)
    assert page.heading == "Locked"
    assert "Olga" in page.text
    assert "Pat" not in page.response.text
    assert "Weiss" not in page.response.text


def test_every_page_and_no_change_behind_it(olga, alice, booked, records):
    for person, path in ((olga, DAY_PAGE), (olga, f"/desk/appointments/{booked}"), (alice, "/admin/")):
        person.post("/lock")
        assert person.get(path).path.endswith("/locked"), path
    olga.post(f"/desk/appointments/{booked}/arrived", {"version": "1"})
    assert records.appointment(booked).status == "CONFIRMED"


def test_a_script_is_told(olga):
    olga.post("/lock")
    answer = olga.get(DAY_PAGE, headers={"X-Fragment": "1"})
    assert (answer.status, answer.response.text) == (423, "")


def test_the_password_leads_back_to_the_page(olga):
    olga.post("/lock", headers={"Referer": f"http://localhost{olga.url(DAY_PAGE)}/list?x=1"})
    page = olga.get(f"{DAY_PAGE}/list?x=1")
    back = olga.post(page.one("form[data-unlock]")["action"], {"password": PASSWORD})
    assert back.status == 200
    assert back.response.request.full_path.endswith(f"{DAY}/list?x=1")


def test_the_button_leads_back_too(olga):
    answer = olga.post("/lock", headers={"Referer": f"http://localhost{olga.url(DAY_PAGE)}"})
    page = olga.post(answer.one("form[data-unlock]")["action"], {"password": PASSWORD})
    assert page.path.endswith(DAY)


def test_a_form_sent_to_a_locked_desk_leads_back_to_its_page(olga, booked):
    olga.post("/lock")
    page = olga.post(
        f"/desk/appointments/{booked}/arrived",
        {"version": "1"},
        headers={"Referer": f"http://localhost{olga.url(DAY_PAGE)}"},
    )
    assert page.path.endswith("/locked")
    assert olga.post(page.one("form[data-unlock]")["action"], {"password": PASSWORD}).path.endswith(DAY)


@pytest.mark.parametrize("wrong", ["wrong password", ""])
def test_a_wrong_password(olga, wrong):
    olga.post("/lock")
    page = olga.post("/unlock", {"password": wrong})
    assert page.status == 403
    assert page.title.startswith("Error: ")
    assert page.one("#lock-error").get_text(strip=True) == "The password is not right."
    assert olga.get(DAY_PAGE).path.endswith("/locked")


def test_a_script_unlocks_without_a_page(olga):
    olga.post("/lock", headers={"X-Fragment": "1"})
    refused = olga.post("/unlock", {"password": "wrong password"}, headers={"X-Fragment": "1"})
    assert refused.status == 403
    assert refused.soup.html is None, "a piece, not a page"
    assert olga.post("/unlock", {"password": PASSWORD}, headers={"X-Fragment": "1"}).status == 204
    assert olga.get(DAY_PAGE).path.endswith(DAY)


def test_the_eleventh_try_is_refused_even_with_the_right_password(olga):
    olga.post("/lock")
    for _try in range(10):
        assert olga.post("/unlock", {"password": "wrong password"}).status == 403
    page = olga.post("/unlock", {"password": PASSWORD})
    assert page.status == 429
    assert 0 < int(page.response.headers["Retry-After"]) <= 900
    assert olga.get(DAY_PAGE).path.endswith("/locked")


def test_tries_here_and_at_sign_in_are_counted_together(olga, staff):
    olga.post("/lock")
    for _try in range(10):
        olga.post("/unlock", {"password": "wrong password"})
    assert olga.sign_in(staff["olga"]).status == 429


def test_another_tab_that_is_not_locked(olga):
    assert olga.get("/locked").path.startswith(f"/c/{olga.clinic.id}/desk/")


def test_the_pages_clock_is_told(olga, left_alone):
    left_alone(10)
    state = olga.get("/lock/state", headers=BACKGROUND).response.json
    assert state["locked"] is False
    assert 295 < state["seconds"] <= 300
    left_alone(16)
    assert olga.get("/lock/state", headers=BACKGROUND).response.json["locked"] is True


def test_typing_is_being_there(olga, left_alone):
    left_alone(10)
    assert olga.post("/lock/active").status == 204
    assert olga.get("/lock/state", headers=BACKGROUND).response.json["seconds"] > 890
    left_alone(16)
    assert olga.post("/lock/active").status == 423


@pytest.mark.parametrize("path", ["/lock", "/unlock"])
def test_nobody_has_nothing_to_lock(visitor, path):
    assert visitor.post(path).path.endswith("/sign-in")


def test_nobody_is_told_nothing(visitor):
    assert visitor.get("/locked").path.endswith("/sign-in")
    assert visitor.get("/lock/state").status == 401
    visitor.csrf()
    assert visitor.post("/lock/active").status == 401


def test_staff_of_another_clinic(mallory, olga, records, clinic):
    mallory.csrf()
    mallory.post("/lock")
    assert not is_locked(records, clinic)


@pytest.mark.parametrize("path", ["/lock", "/unlock", "/lock/active"])
def test_wrong_method(olga, path):
    assert olga.get(path).status == 405


@pytest.fixture
def sent_to_the_lock(olga, clinic):
    """Olga changes Pat's phone number, and the desk is locked when she sends it."""
    form = olga.get(f"/desk/patients/{clinic.pat}")
    olga.post("/lock")
    return olga.submit(form, f"/patients/{clinic.pat}", phone="+4930555123")


def unlock(olga, page):
    return olga.submit(page, page.one("form[data-unlock]")["action"], password=PASSWORD)


def phone(records, clinic):
    return records.one("SELECT phone FROM patients WHERE id = :id", id=clinic.pat).phone


def test_what_was_typed_is_kept_through_the_lock(olga, sent_to_the_lock, clinic, records):
    assert sent_to_the_lock.heading == "Locked"
    assert "555123" not in sent_to_the_lock.response.text
    page = unlock(olga, sent_to_the_lock)
    assert "555123" not in page.response.text
    page = olga.get(page.one("#status a")["href"])
    assert (page.status, page.heading, phone(records, clinic)) == (200, "Not sent yet", "+4930901820")
    page = olga.submit(page, f"/patients/{clinic.pat}")
    assert "Saved." in page.text
    assert phone(records, clinic) == "+4930555123"


def test_what_was_kept_can_be_left(olga, sent_to_the_lock, clinic, records):
    unlock(olga, sent_to_the_lock)
    kept = olga.get("/kept")
    olga.submit(kept, kept.one("form[action*=forget]")["action"])
    assert not olga.get("/kept").path.endswith("/kept")
    assert records.one("SELECT kept_form FROM user_sessions WHERE tenant_id = :t", t=clinic.id).kept_form is None


def test_it_is_there_only_for_who_has_the_password(olga, sent_to_the_lock, app, alice, staff):
    assert olga.get("/kept").heading == "Locked"
    assert alice.get("/kept").heading != "Not sent yet"
    olga.sign_in(staff["alice"])
    assert "555123" not in olga.get("/kept").response.text


def test_the_next_lock_forgets_it(olga, sent_to_the_lock, clinic, records):
    unlock(olga, sent_to_the_lock)
    olga.post("/lock")
    assert records.one("SELECT kept_form FROM user_sessions WHERE tenant_id = :t", t=clinic.id).kept_form is None


def test_what_a_script_sends_or_is_too_long_is_not_kept(olga, clinic, records):
    olga.post("/lock")
    olga.post(f"/desk/patients/{clinic.pat}", {"version": "1"}, headers={"X-Fragment": "1"})
    olga.post(f"/desk/patients/{clinic.pat}", {"notes": "x" * 50_001})
    assert records.one("SELECT kept_form FROM user_sessions WHERE tenant_id = :t", t=clinic.id).kept_form is None
