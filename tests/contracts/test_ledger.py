"""The ledger: one start time once a clinic, and a key that makes a retry harmless."""

from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from tests.conftest import make_clinic

NOON = "2030-06-15T12:00:00Z"


class Ledger:
    """A clinic that is nothing but its own chair, spoken to as the source document does."""

    def __init__(self, client: FlaskClient, tenant: str) -> None:
        self.client, self.tenant = client, tenant

    def post(self, start: str | None = NOON, key: str | None = None, *, body=None, **headers: str):
        given = {"X-Tenant-ID": self.tenant, "X-Idempotency-Key": key or uuid4().hex} | headers
        return self.client.post(
            "/bookings",
            json=({"start_time_utc": start} if start is not None else {}) | (body or {}),
            headers={name: value for name, value in given.items() if value},
        )

    def get(self, path: str = "/bookings", **headers: str):
        return self.client.get(path, headers={"X-Tenant-ID": self.tenant} | headers)


@pytest.fixture
def ledger(app) -> Ledger:
    return Ledger(app.test_client(), f"clinic-{uuid4().hex[:8]}")


@pytest.fixture
def other(app) -> Ledger:
    return Ledger(app.test_client(), f"clinic-{uuid4().hex[:8]}")


def test_a_booking_is_made(ledger):
    answer = ledger.post(NOON, "key-1")
    assert answer.status_code == 201
    assert answer.content_type == "application/json"
    assert answer.json.keys() == {"id", "tenant_id", "start_time_utc", "idempotency_key", "created_at"}
    assert (answer.json["tenant_id"], answer.json["start_time_utc"]) == (ledger.tenant, NOON)
    assert (answer.json["idempotency_key"], str(UUID(answer.json["id"]))) == ("key-1", answer.json["id"])


@pytest.mark.idempotency
def test_again_with_the_same_key_it_is_the_same(ledger):
    first, again = ledger.post(NOON, "key-1"), ledger.post(NOON, "key-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert len(ledger.get().json) == 1


@pytest.mark.idempotency
def test_the_same_instant_is_the_same_request_however_it_is_written(ledger):
    first = ledger.post(NOON, "key-1")
    for spelling in ("2030-06-15T12:00:00+00:00", "2030-06-15T14:00:00+02:00", "2030-06-15T12:00:00.000Z"):
        again = ledger.post(spelling, "key-1")
        assert (again.status_code, again.json) == (200, first.json)


@pytest.mark.idempotency
def test_the_same_key_for_another_time_is_refused(ledger):
    ledger.post(NOON, "key-1")
    answer = ledger.post("2030-06-15T13:00:00Z", "key-1")
    assert answer.status_code == 422
    assert len(ledger.get().json) == 1


@pytest.mark.concurrency
def test_a_taken_time_is_refused(ledger):
    ledger.post(NOON, "key-1")
    for spelling in (NOON, "2030-06-15T14:00:00+02:00"):
        assert ledger.post(spelling, uuid4().hex).status_code == 409
    assert len(ledger.get().json) == 1


@pytest.mark.isolation
def test_clinics_do_not_see_each_other(ledger, other):
    mine, theirs = ledger.post(NOON, "key-1"), other.post(NOON, "key-1")
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json["id"] != theirs.json["id"]
    assert [booking["id"] for booking in ledger.get().json] == [mine.json["id"]]
    assert ledger.get(f"/bookings/{theirs.json['id']}").status_code == 404
    assert other.get(f"/bookings/{theirs.json['id']}").json == theirs.json


def test_the_list_is_ordered_by_start(ledger):
    for hour in (15, 9, 12):
        ledger.post(f"2030-06-15T{hour:02d}:00:00Z")
    assert [row["start_time_utc"][11:13] for row in ledger.get().json] == ["09", "12", "15"]


def test_page_by_page(ledger):
    made = [ledger.post(f"2030-06-15T{hour:02d}:00:00Z").json["id"] for hour in range(5)]
    seen, path = [], "/bookings?limit=2"
    while path:
        answer = ledger.get(path)
        seen += [row["id"] for row in answer.json]
        link = answer.headers.get("Link", "")
        path = link.partition(">")[0].removeprefix("<")
        assert not link or link.endswith('rel="next"')
    assert seen == made


def test_past_times_are_taken_too(ledger):
    """It is a record."""
    assert ledger.post("1999-12-31T23:59:59Z").status_code == 201


@pytest.mark.parametrize(
    "start",
    ["", "tomorrow", "2030-06-15", "2030-06-15T12:00:00", "2030-02-30T12:00:00Z", "1893456000", "2030-06-15T25:00:00Z"],
)
def test_a_start_that_is_none(ledger, start):
    answer = ledger.post(start)
    assert (answer.status_code, answer.json["field"]) == (400, "start_time_utc")


def test_no_start_at_all(ledger):
    assert ledger.post(None).status_code == 400


def test_no_key(ledger):
    answer = ledger.client.post("/bookings", json={"start_time_utc": NOON}, headers={"X-Tenant-ID": ledger.tenant})
    assert (answer.status_code, answer.json["field"]) == (400, "idempotency_key")
    assert ledger.get().json == []


def test_no_clinic(ledger):
    for answer in (
        ledger.client.post("/bookings", json={"start_time_utc": NOON}, headers={"X-Idempotency-Key": "k"}),
        ledger.client.get("/bookings"),
        ledger.client.get(f"/bookings/{uuid4()}"),
    ):
        assert (answer.status_code, answer.json["field"]) == (400, "tenant_id")


@pytest.mark.parametrize("header", ["X-Idempotency-Key", "Idempotency-Key"])
@pytest.mark.parametrize("key", ["plain-key", '"quoted-key"', "k" * 255, "with space", '"'])
def test_keys_by_either_header(ledger, header, key):
    answer = ledger.post(NOON, **{"X-Idempotency-Key": "", header: key})
    expected = key.strip('"') if len(key) > 1 else key
    assert (answer.status_code, answer.json["idempotency_key"]) == (201, expected)


def test_a_key_in_the_body(ledger):
    answer = ledger.post(NOON, body={"idempotency_key": "in-body"}, **{"X-Idempotency-Key": ""})
    assert (answer.status_code, answer.json["idempotency_key"]) == (201, "in-body")


def test_a_quoted_key_is_the_same_key(ledger):
    first = ledger.post(NOON, '"key-1"')
    assert ledger.post(NOON, "key-1").json == first.json


@pytest.mark.parametrize("key", ["k" * 256, '""', '"' + "k" * 256 + '"'])
def test_a_key_that_is_none(ledger, key):
    answer = ledger.post(NOON, key)
    assert (answer.status_code, answer.json["field"]) == (400, "idempotency_key")


def test_two_keys_that_differ(ledger):
    assert ledger.post(NOON, "one", body={"idempotency_key": "two"}).status_code == 400
    assert ledger.post(NOON, "one", **{"Idempotency-Key": "two"}).status_code == 400
    assert ledger.post(NOON, "one", body={"idempotency_key": "one"}).status_code == 201


@pytest.mark.isolation
@pytest.mark.parametrize("where", ["query", "body", "header"])
def test_the_clinic_by_each_way(ledger, where):
    given = {"query": {}, "body": {}, "header": {}} | {where: {"tenant_id": ledger.tenant}}
    headers = {"X-Idempotency-Key": "k"} | ({"X-Tenant-ID": ledger.tenant} if where == "header" else {})
    answer = ledger.client.post(
        "/bookings", json={"start_time_utc": NOON} | given["body"], query_string=given["query"], headers=headers
    )
    assert (answer.status_code, answer.json["tenant_id"]) == (201, ledger.tenant)


@pytest.mark.isolation
@pytest.mark.parametrize(
    ("path", "body", "header"),
    [
        ("/bookings?tenant_id=a", {}, "b"),
        ("/bookings?tenant_id=a", {"tenant_id": "b"}, None),
        ("/bookings", {"tenant_id": "a"}, "b"),
        ("/bookings?tenant_id=a&tenant_id=b", {}, None),
        ("/bookings?tenant_id=a&tenant_id=b", {}, "a"),
    ],
)
def test_two_clinics_that_differ(ledger, path, body, header):
    headers = {"X-Idempotency-Key": "k"} | ({"X-Tenant-ID": header} if header else {})
    answer = ledger.client.post(path, json={"start_time_utc": NOON} | body, headers=headers)
    assert (answer.status_code, answer.json.get("field")) == (400, "tenant_id")


def test_one_clinic_named_three_times(ledger):
    answer = ledger.client.post(
        f"/bookings?tenant_id={ledger.tenant}",
        json={"start_time_utc": NOON, "tenant_id": ledger.tenant},
        headers={"X-Tenant-ID": ledger.tenant, "X-Idempotency-Key": "k"},
    )
    assert answer.status_code == 201


@pytest.mark.parametrize("path", [f"/bookings/{UUID(int=0)}", "/bookings/1", "/bookings/not-a-uuid"])
def test_a_booking_there_is_not(ledger, path):
    answer = ledger.get(path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_a_clinic_with_specialists_gives_the_time_to_one_who_is_free(app):
    clinic = make_clinic("harbour")
    clinic.slot()
    ledger = Ledger(app.test_client(), clinic.id)
    assert ledger.post("2031-03-03T00:00:00Z").status_code == 201
    assert ledger.post("2031-03-03T00:00:00Z").status_code == 409
    assert ledger.post("2031-03-03T00:05:00Z").status_code == 409
