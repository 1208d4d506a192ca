"""A page is answered 304 while nothing it shows has changed: for the same person, in the same words."""

from datetime import timedelta

import pytest

from tests.blueprints.conftest import signed_in
from tests.conftest import DAY as START
from tests.conftest import statements_read
from webapp.core import tickets
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import cancel
from webapp.services.booking import book, hold
from webapp.services.hours import add_closure

DAY = "2031-03-03"
VIEWS = tuple(f"/desk/{DAY}{view}" for view in ("", "/list", "/rooms", "/week", "/agenda"))
PIECE = {"X-Fragment": "1"}


@pytest.fixture
def slot(clinic):
    return clinic.slot()


@pytest.fixture
def booked(clinic, slot):
    with tenant_scope(clinic.id):
        return book(slot_id=slot, patient_id=clinic.pat, actor="test", source="DESK").id


def tag_of(visitor, path, **headers):
    """The tag of the page, once nothing is left to be said on it."""
    visitor.get(path)
    return visitor.get(path, headers=headers).response.headers["ETag"]


def again(visitor, path, tag, **headers):
    return visitor.get(path, headers={"If-None-Match": tag, **headers}).status


@pytest.mark.parametrize("path", VIEWS)
@pytest.mark.parametrize("headers", [{}, PIECE])
def test_nothing_new(olga, booked, path, headers):
    tag = tag_of(olga, path, **headers)
    answer = olga.get(path, headers={"If-None-Match": tag, **headers}).response
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == tag
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Accept-Language", "X-Fragment"} <= set(answer.headers["Vary"].split(", "))


CHANGES = {
    "booked": lambda c, s, b, r: book(slot_id=c.slot(after=60), patient_id=c.pat, actor="test", source="DESK"),
    "held": lambda c, s, b, r: hold(slot_id=c.slot(after=60), actor="test", source="DESK"),
    "cancelled": lambda c, s, b, r: cancel(appointment_id=b, actor="test"),
    "a slot added": lambda c, s, b, r: c.slot(after=90),
    "closed": lambda c, s, b, r: add_closure(
        specialist_id=None, start=START + timedelta(hours=9), end=START + timedelta(hours=10)
    ),
    "renamed": lambda c, s, b, r: r.rows("UPDATE patients SET full_name = 'New' WHERE id = :id", id=c.pat),
    "by hand": lambda c, s, b, r: r.rows("UPDATE appointments SET priority = 'VIP' WHERE id = :id", id=b),
}


@pytest.mark.parametrize("path", VIEWS)
@pytest.mark.parametrize("change", CHANGES)
def test_something_new(olga, clinic, slot, booked, records, path, change):
    tag = tag_of(olga, path)
    with tenant_scope(clinic.id):
        CHANGES[change](clinic, slot, booked, records)
    assert again(olga, path, tag) == 200


def test_a_hold_that_runs_out(olga, clinic, records):
    with tenant_scope(clinic.id):
        found = hold(slot_id=clinic.slot(), actor="test", source="DESK", hold_seconds=1)
    tag = tag_of(olga, VIEWS[0])
    assert "Held" in olga.get(VIEWS[0]).text
    records.rows("SELECT pg_sleep_until(expires_at) FROM appointments WHERE id = :id", id=found.id)
    assert again(olga, VIEWS[0], tag) == 200


def test_not_for_another_person_session_language_or_address(app, clinic, olga, alice, staff, booked):
    tag = tag_of(olga, VIEWS[0])
    assert again(alice, VIEWS[0], tag) == 200
    assert again(signed_in(app, clinic, staff["olga"]), VIEWS[0], tag) == 200
    assert again(olga, VIEWS[0], tag, **PIECE) == 200
    assert again(olga, f"{VIEWS[0]}?at={booked}", tag) == 200
    assert again(olga, "/desk/2031-03-04", tag) == 200
    german = olga.get(VIEWS[0], headers={"Accept-Language": "de-DE"}).response.headers["ETag"]
    assert again(olga, VIEWS[0], german, **{"Accept-Language": "de-DE"}) == 304


def test_the_language_is_part_of_it(app, olga, clinic, records):
    tag = tag_of(olga, VIEWS[0])
    records.rows("UPDATE tenants SET locale = 'en-GB' WHERE id = :id", id=clinic.id)
    assert again(olga, VIEWS[0], tag) == 200


def test_a_tag_opens_nothing(olga, visitor, mallory, records, booked):
    tag = tag_of(olga, VIEWS[0])
    for stranger in (visitor, mallory):
        page = stranger.get(VIEWS[0], headers={"If-None-Match": tag})
        assert page.path.endswith("/sign-in")
    records.rows("UPDATE users SET is_active = false WHERE tenant_id = :id", id=olga.clinic.id)
    assert olga.get(VIEWS[0], headers={"If-None-Match": tag}).path.endswith("/sign-in")


def test_what_is_said_once_is_never_kept(olga, slot):
    """A refusal is flashed: the page that says it has no tag, and a script that asks by itself leaves it to be said."""
    page = olga.get(VIEWS[0])
    tag = page.response.headers["ETag"]
    olga.post("/desk/walk-in", follow_redirects=False)
    by_itself = olga.get(VIEWS[0], headers={"X-Live": "1", "If-None-Match": tag, **PIECE})
    assert "Nobody is free for this today" not in by_itself.text
    assert by_itself.response.headers["ETag"]
    told = olga.get(VIEWS[0])
    assert "Nobody is free for this today" in told.text
    assert "ETag" not in told.response.headers
    assert told.response.headers["Cache-Control"] == "no-store"
    assert "Nobody is free for this today" not in olga.get(VIEWS[0]).text


def test_the_day_is_not_read_for_a_304(olga, booked):
    tag = tag_of(olga, VIEWS[0])
    with statements_read() as statements:
        assert again(olga, VIEWS[0], tag) == 304
    assert not [one for one in statements if "SELECT * FROM time_slots" in one]
    assert len([one for one in statements if "time_slots" in one]) == 1


def test_forms_of_a_kept_page_still_work(olga, clinic, slot):
    """The tag is bound to the secret that the page's forms are: a kept page can be sent."""
    page = olga.get(VIEWS[0])
    assert again(olga, VIEWS[0], page.response.headers["ETag"]) == 304
    assert olga.submit(page, "/desk/holds", slot_id=str(slot)).heading


def test_the_ticket_names_the_clinic_and_the_days_alone(app, olga, slot):
    region = olga.get(VIEWS[0]).one("[data-region=day]")
    base, _, ticket = region["data-stream"].partition("?ticket=")
    assert base == "http://localhost:3001/days"
    names, _until = tickets.honour(app.config["SECRET_KEY"], purpose="days", ticket=ticket)
    assert names == [olga.clinic.id, DAY, DAY]


def test_the_page_may_listen_to_the_stream_and_to_nobody_else(olga, visitor):
    policy = olga.get(VIEWS[0]).response.headers["Content-Security-Policy"]
    assert policy.endswith("connect-src 'self' http://localhost:3001")
    assert "connect-src" not in visitor.get("/").response.headers["Content-Security-Policy"]
