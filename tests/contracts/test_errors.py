"""Refusals are problem documents, RFC 9457, never pages; and each says the same sentence in `error`."""

from http import HTTPStatus
from uuid import uuid4

import pytest

from tests.conftest import DAY, serving, settings_for
from webapp import create_app
from webapp.core import database
from webapp.core.database import engines
from webapp.core.timezones import iso

NOON = {"start_time_utc": "2030-06-15T12:00:00Z"}
NOBODYS = "5cc5fb79-63a2-4312-a912-6100f6c0e629"  # the id of nothing


def check(answer, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    body = answer.json
    assert (body["type"], body["title"], body["status"]) == ("about:blank", HTTPStatus(status).phrase, status)
    assert body["error"] == body["detail"]
    assert body["detail"].strip()
    assert "<" not in body["detail"], "a sentence, not a page"
    return body


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/nope",
        "/api/%00",
        "/api/slots/nope",
        "/api/slots/" + "x" * 500,
        "/api/bookings/1/confirm",
        "/bookings/",
        "/bookings/1",
        "/bookings/%F0%9F%A6%86",
        "/slots/x",
        "/health/x",
        "/ready/x",
    ],
)
def test_there_is_nothing_here(client, path):
    check(client.get(path), 404)


def test_a_prefix_is_a_whole_word(client):
    """/bookingsomething is no address of the API; people get a page."""
    answer = client.get("/bookings-of-mine")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/bookings", {"GET", "POST"}),
        ("PUT", "/bookings", {"GET", "POST"}),
        ("POST", "/slots", {"GET"}),
        ("POST", "/health", {"GET"}),
        ("GET", f"/api/bookings/{NOBODYS}/confirm", {"POST"}),
        ("PATCH", f"/api/slots/{NOBODYS}", {"GET"}),
    ],
)
def test_another_method(client, method, path, allowed):
    answer = client.open(path, method=method)
    check(answer, 405)
    assert {name.strip() for name in answer.headers["Allow"].split(",")} >= allowed


def test_what_is_not_right(api):
    assert check(api.post("/bookings", json={}, headers={"X-Idempotency-Key": "k"}), 400)["field"] == "start_time_utc"


def test_a_shape_that_is_not_right_names_its_members(api, clinic):
    body = check(api.post(f"/api/slots/{clinic.slot()}/book", json={"patient_name": 7, "priority": "HIGH"}), 400)
    assert "patient_name" in body["detail"]
    assert "priority" in body["detail"]


def test_json_that_is_none(api):
    check(api.post("/bookings", data="{", content_type="application/json"), 400)


def test_what_does_not_exist_here(api):
    check(api.get(f"/api/bookings/{uuid4()}"), 404)


def test_what_is_taken(api, clinic):
    slot = clinic.slot()
    api.post(f"/api/slots/{slot}/book", json={"patient_name": "Ines"})
    check(api.post(f"/api/slots/{slot}/book", json={"patient_name": "Ines"}), 409)


def test_what_failed_says_so_beside_the_sentence(api, clinic, records):
    held = api.post(f"/api/slots/{clinic.slot()}/book", json={"patient_name": "Ines"}).json["id"]
    records.run_out(held)
    answer = api.post(f"/api/bookings/{held}/confirm")
    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    assert (answer.json["id"], answer.json["status"]) == (held, "FAILED")  # the source's own, in place of the number


def test_a_key_used_for_something_else(api, clinic):
    slots = [clinic.slot(), clinic.slot(after=30)]
    answers = [
        api.post(f"/api/slots/{slot}/book", json={"patient_name": "Ines"}, headers={"X-Idempotency-Key": "k"})
        for slot in slots
    ]
    check(answers[1], 422)


@pytest.mark.parametrize("path", ["/bookings", "/api/patients", "/api/admin/doctors"])
def test_too_much_at_once(api, path):
    check(api.post(path, json={"name": "x" * 70_000}), 413)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
def test_not_json(api, kind):
    answer = api.post("/api/admin/doctors", data='{"name": "Dr. Ada"}', content_type=kind)
    if answer.status_code != 201:  # JSON under another name may be read, or refused
        assert answer.status_code in (400, 415)
        check(answer, answer.status_code)


def test_nobody_is_told_what_went_wrong_inside(app, api, records, clinic, monkeypatch):
    """A row that no code of ours could write: the clinic's zone does not exist."""
    records.rows("UPDATE tenants SET timezone = 'Mars/Olympus' WHERE id = :id", id=clinic.id)
    answer = api.get("/slots", query_string={"date": "2031-03-03"})
    body = check(answer, answer.status_code)
    assert answer.status_code in (400, 500)
    assert "Traceback" not in answer.text
    assert body["detail"]


@pytest.fixture
def without_a_database(app, settings):
    """The application in front of a database that is not there."""
    nowhere = settings.admin_url.set(database="holdfast_gone")
    before = engines.writer, engines.reader
    own = create_app(settings_for(nowhere, api_access="open"))
    database.bind(*before)
    with serving(own):
        yield own.test_client()


def test_when_the_database_is_gone(without_a_database):
    client = without_a_database
    tenant = {"X-Tenant-ID": "clinic-1"}
    assert client.get("/health").status_code == 200
    for answer in (
        client.get("/ready"),
        client.get("/bookings", headers=tenant),
        client.post("/bookings", json=NOON, headers=tenant | {"X-Idempotency-Key": "k"}),
        client.get("/api/slots", headers=tenant),
        client.get("/slots", query_string={"date": iso(DAY)[:10]}, headers=tenant),
    ):
        check(answer, 503)
        assert int(answer.headers["Retry-After"]) >= 1
