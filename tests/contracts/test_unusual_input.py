"""Whatever is sent, the answer is a refusal in JSON: never a fault of ours, never a page."""

import json
from uuid import uuid4

import pytest

from tests.conftest import Clinic
from webapp.blueprints.api.access import make_token

#: path -> the members it knows
POSTS = {
    "/bookings": "start_time_utc user_id date time tenant_id idempotency_key",
    "/api/admin/doctors": "name specialization tenant_id",
    "/api/admin/doctors/{doctor}/slots": "start_time end_time capacity tenant_id",
    "/api/admin/appointment-types": "name minutes buffer_before buffer_after doctor_ids is_group",
    "/api/slots/{slot}/book": "patient_name patient_contact appointment_type_id priority idempotency_key",
    "/api/patients": "full_name email phone date_of_birth reference",
    "/api/bookings/{booking}/confirm": "tenant_id",
    "/api/bookings/{booking}/extend": "tenant_id",
    "/api/bookings/{booking}/release": "tenant_id",
    "/api/bookings/{booking}/cancel": "reason tenant_id",
    "/api/bookings/{booking}/reschedule": "slot_id version tenant_id",
    "/api/bookings/{booking}/arrive": "tenant_id",
    "/api/bookings/{booking}/complete": "tenant_id",
    "/api/bookings/{booking}/no-show": "tenant_id",
}
BODIES = {
    "nothing": b"",
    "null": b"null",
    "an array": b"[]",
    "an array of objects": b'[{"name": "x"}]',
    "a string": b'"x"',
    "a number": b"1",
    "true": b"true",
    "half an object": b'{"name": ',
    "two objects": b"{}{}",
    "a comma too many": b'{"name": "x",}',
    "bytes that are no text": b"\xff\xfe\x00",
    "text in another encoding": '{"name": "é"}'.encode("utf-16"),
    "a mark before it": b"\xef\xbb\xbf{}",
    "not a number": b'{"minutes": NaN, "capacity": Infinity, "version": -Infinity}',
    "a number without end": b'{"minutes": 1e999, "capacity": ' + b"9" * 4000 + b"}",
    "arrays in arrays": b"[" * 5000 + b"]" * 5000,
    "objects in objects": b'{"a":' * 2000 + b"1" + b"}" * 2000,
    "a member twice": b'{"name": "x", "name": null}',
    "members nobody knows": b'{"__proto__": {"x": 1}, "constructor": 1, "": ""}',
}
#: What stands in place of each member's value.
VALUES = {
    "null": None,
    "NUL": "a\0b",
    "a lone surrogate": "\ud800",
    "a line break": "a\nb",
    "an array": ["x"],
    "an object": {"x": 1},
    "a number": 7,
    "a huge number": 10**400,
    "a fraction": 0.1,
    "true": True,
    "the empty string": "",
    "a long string": "x" * 10_000,
    "markup": "<script>alert(1)</script>",
    "a statement": "'; DROP TABLE tenants; --",
    "a format": "%s%n{0}{{}}",
    "right to left": "\u202eabc",
}


@pytest.fixture
def target(api, clinic: Clinic):
    """Paths with things of the clinic's in them."""
    slot = clinic.slot(capacity=1000)
    held = api.post(f"/api/slots/{slot}/book", json={"patient_name": "Ines"}).json["id"]
    return {"doctor": clinic.specialist_id, "slot": slot, "booking": held}


def sound(clinic: Clinic, target) -> dict[str, object]:
    """A body with every member that any route knows, each as it should be."""
    key = uuid4().hex
    return {
        "start_time_utc": None, "user_id": "user_pat", "date": "2031-03-03", "time": "10:00", "idempotency_key": key,
        "name": "Name", "specialization": "x", "start_time": "2032-01-01T10:00:00Z", "end_time": "2032-01-01T11:00:00Z",
        "capacity": 2, "patient_name": "Name", "patient_contact": "x", "priority": "VIP", "reason": "x",
        "slot_id": str(target["slot"]), "version": 1, "full_name": "Name", "email": "a@mail.example", "phone": "+49",
        "date_of_birth": "2000-01-01", "reference": key, "minutes": 30, "buffer_before": 0, "buffer_after": 0,
        "doctor_ids": [str(clinic.specialist_id)], "is_group": True,
    }  # fmt: skip


def fault(answer, what: str) -> list[str]:
    """What is wrong with an answer, if something is."""
    kind = "application/problem+json" if answer.status_code >= 400 else "application/json"
    if answer.status_code >= 500 or answer.content_type != kind or answer.json is None:
        return [f"{what}: {answer.status_code} {answer.content_type} {answer.text[:200]}"]
    return []


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", None])
def test_bodies_of_every_kind(api, target, body, kind):
    found = []
    for path in POSTS:
        answer = api.post(path.format(**target), data=BODIES[body], content_type=kind)
        found += fault(answer, f"{path} with {body} as {kind}")
    assert found == []


@pytest.mark.parametrize("value", VALUES)
def test_each_member_with_each_value(api, clinic, target, value):
    found = []
    for path, members in POSTS.items():
        for member in members.split():
            body = sound(clinic, target) | {member: VALUES[value]}
            if path == "/bookings" and member in ("start_time_utc", "idempotency_key", "tenant_id"):
                body |= {"start_time_utc": "2033-01-01T00:00:00Z"} if member != "start_time_utc" else {}
            content = json.dumps(body).encode()
            answer = api.post(path.format(**target), data=content, content_type="application/json")
            found += fault(answer, f"{path} with {value} as {member}")
    assert found == []


ODD_KINDS = ["multipart/form-data; boundary=x", "multipart/form-data", "application/json; charset=x", "/", ";", "é"]


@pytest.mark.parametrize("kind", ODD_KINDS)
def test_content_types_of_every_kind(api, target, kind):
    found = []
    for path in POSTS:
        answer = api.post(path.format(**target), data=b"--x\r\n\r\n{}\r\n--x--", content_type=kind)
        found += fault(answer, f"{path} as {kind}")
    assert found == []


@pytest.mark.isolation
@pytest.mark.parametrize("tenant", [[], {}, ["a"], {"a": 1}, 7, 0, True, 1.5, "", "a\0b", "\ud800", "x" * 256, "a\nb"])
def test_clinics_that_are_none(client, tenant):
    body = json.dumps({"start_time_utc": "2030-01-01T00:00:00Z", "idempotency_key": "k", "tenant_id": tenant})
    answer = client.post("/bookings", data=body, content_type="application/json")
    assert fault(answer, repr(tenant)) == []
    assert answer.status_code == 400


@pytest.mark.parametrize("header", ["X-Tenant-ID", "X-Idempotency-Key", "Idempotency-Key", "Authorization", "Accept"])
@pytest.mark.parametrize("value", ["", " ", '"', '""', "é", "\xff\xfe", "x" * 5000, "%00", "a,b", "a, a", "\x7f"])
def test_headers_of_every_kind(api, header, value):
    body = {"start_time_utc": "2030-01-01T00:00:00Z", "idempotency_key": "k"}
    assert fault(api.post("/bookings", json=body, headers={header: value}), f"{header}: {value!r}") == []
    assert fault(api.get("/bookings", headers={header: value}), f"{header}: {value!r}") == []


QUERIES = [
    ("/bookings", "limit=0"),
    ("/bookings", "limit=1001"),
    ("/bookings", "limit=1e3"),
    ("/bookings", "limit=" + "9" * 400),
    ("/bookings", "limit=%00"),
    ("/bookings", "after="),
    ("/bookings", "after=~"),
    ("/bookings", "after=2030-01-01T00:00:00Z~"),
    ("/bookings", "after=2030-01-01T00:00:00Z~x"),
    ("/bookings", "after=0001-01-01T00:00:00Z~00000000-0000-0000-0000-000000000000"),
    ("/bookings", "after=9999-12-31T23:59:59.999999Z~ffffffff-ffff-ffff-ffff-ffffffffffff"),
    ("/bookings", "after=%00"),
    ("/bookings", "after=%ff%fe"),
    ("/bookings", "tenant_id=%00"),
    ("/bookings", "tenant_id=%ff"),
    ("/api/slots", "since=now"),
    ("/api/slots", "since=0001-01-01T00:00:00Z"),
    ("/api/slots", "since=9999-12-31T23:59:59Z"),
    ("/api/slots", "since=2030-01-01T00:00:00%2B99:99"),
    ("/api/slots", "until=1e999"),
    ("/api/slots", "limit=-1"),
    ("/api/slots", "after=x"),
    ("/api/patients", "q=%00"),
    ("/api/patients", "q=%25"),
    ("/api/patients", "q=" + "x" * 2000),
    ("/api/patients", "q=%ED%A0%80"),
    ("/api/patients", "q=\\"),
    ("/api/availability", "appointment_type_id=x&since=x&until=x"),
    ("/api/availability", "appointment_type_id={type}&since=1900-01-01T00:00:00Z&until=1900-01-02T00:00:00Z"),
    ("/api/availability", "appointment_type_id={type}&since=2199-12-30T00:00:00Z&until=2199-12-31T00:00:00Z"),
    ("/api/availability", "appointment_type_id={type}&since=2031-03-04T00:00:00Z&until=2031-03-03T00:00:00Z"),
    ("/slots", "date=%00"),
    ("/slots", "date=0001-01-01"),
    ("/slots", "date=9999-12-31"),
    ("/slots", "date=%D9%A2%D9%A0%D9%A3%D9%A1-03-03"),
    ("/slots", "date=2031-03-03&date=2031-03-04"),
]


@pytest.mark.parametrize(("path", "query"), QUERIES)
def test_queries_of_every_kind(api, clinic, path, query):
    assert fault(api.get(f"{path}?{query.replace('{type}', str(clinic.type_id))}"), f"{path}?{query}") == []


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:01+00:01", "9999-12-31T23:59:59.999999Z"])
def test_the_ends_of_time(api, clinic, start, records):
    records.rows("UPDATE specialists SET is_active = false WHERE id = :id", id=clinic.specialist_id)
    body = {"start_time_utc": start, "idempotency_key": "k"}
    assert fault(api.post("/bookings", json=body), start) == []
    assert fault(api.post("/bookings", json=body), start) == []
    assert fault(api.get("/bookings"), start) == []


@pytest.mark.isolation
@pytest.mark.parametrize("tenant", ["\0", "a\0b", "\ud800", "a\nb", "x" * 400, "", "\x7f", "💥"])
def test_tokens_that_name_odd_clinics(app, tenant, monkeypatch):
    """A token names its clinic before anybody has looked whether it is right."""
    settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update={"api_access": "token"}))
    secret = make_token(tenant) if tenant != "\ud800" else "hf_7aCA.x"
    answer = app.test_client().get("/bookings", headers={"Authorization": f"Bearer {secret}"})
    assert fault(answer, repr(tenant)) == []
    assert answer.status_code == 401
