"""Every route there is, called with another clinic's ids: no byte of that clinic comes out, and none of it changes."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.conftest import PASSWORD, Clinic, Records
from tests.tenancy.conftest import CALLER, PATIENT, PHONE, Guarded, contents
from webapp.core.tenancy import tenant_scope
from webapp.web.clock import now
from webapp.web.links import seal

pytestmark = pytest.mark.isolation

#: The links to the same page in another language, which repeat what was asked for.
OWN_ADDRESS = re.compile(r'href="[^"]*[?&;]lang=[a-z]+"')
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    named: UUID | None  # the other clinic's id that stands in it
    guard: str

    def fields(self) -> dict[str, Any]:
        """Every member and field that a route might read, each with the other clinic's id where it takes one."""
        names = (
            "slot_id slot patient_id patient type_id type appointment_type_id specialist_id specialist doctor_id "
            "appointment_id booking_id user_id room_id id"
        )
        today = now().date().isoformat()
        return dict.fromkeys(names.split(), str(self.named)) | {
            "doctor_ids": [str(self.named)], "specialist_ids": [str(self.named)], "type_ids": [str(self.named)],
            "name": "Name", "full_name": "Name", "patient_name": "Name", "minutes": 30, "q": PATIENT[:7], "version": 1,
            "start_time": f"{today}T22:00:00Z", "end_time": f"{today}T22:20:00Z", "date": today, "time": "22:00",
            "since": f"{today}T00:00:00Z", "until": f"{today}T23:59:59Z", "start": f"{today}T23:00:00+00:00",
            "email": "", "phone": "+493099", "reference": "mine", "day": today, "opens": "22:00",
            "closes": "22:20", "capacity": 1,
        }  # fmt: skip


def values_of(app: Flask, rule: Rule, clinic_id: str, named: UUID, token: str) -> Iterator[dict[str, Any]]:
    """URL values for a rule, with one id in each place that takes one."""
    choices: dict[str, list[Any]] = {}
    for name in rule.arguments:
        kind = type(rule._converters[name]).__name__
        known = {"UUIDConverter": [named], "DayConverter": [now().date()], "IntegerConverter": [1]}
        if kind == "AnyConverter":
            choices[name] = [item for item in ("arrived", "completed", "no-show", "cancel") if f"'{item}'" in rule.rule]
        else:
            choices[name] = known.get(kind, [clinic_id if name == "clinic" else token if name == "token" else "x"])
    for values in product(*choices.values()):
        yield dict(zip(choices, values, strict=True))


def calls(app: Flask, clinic_id: str, named: UUID, *, sealed_in: str, manage: str = "x") -> Iterator[Call]:
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        guard = getattr(app.view_functions[rule.endpoint], "guard", "")
        with tenant_scope(sealed_in), app.app_context():
            token = manage if guard == "patient:manage" else seal(guard.partition(":")[2], named)
        for values in values_of(app, rule, clinic_id, named, token):
            path = adapter.build(rule.endpoint, values, force_external=False)
            for method in sorted(rule.methods & set(METHODS)):
                yield Call(method, path, named, guard)


def of_programs(call: Call) -> bool:
    return not call.path.startswith("/c/") and call.path != "/"


def send(client: FlaskClient, call: Call, **options: Any) -> TestResponse:
    fields = call.fields()
    single = {name: value for name, value in fields.items() if not isinstance(value, list)}
    if call.method == "GET":
        return client.get(call.path, query_string=single, **options)
    if of_programs(call):
        return client.open(call.path, method=call.method, json=fields, **options)
    return client.open(call.path, method=call.method, data=fields, query_string=single, **options)


def browser(app: Flask, clinic: Clinic, email: str, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Somebody signed in; forms need no token here, so that refusals are the clinic's and not the form's."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = ".".join(str(secrets.randbelow(256)) for _ in range(4))
    answer = client.post(f"/c/{clinic.id}/sign-in", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


def leaks(response: TestResponse, call: Call, guarded: Guarded, *, public_too: bool = True) -> list[str]:
    """What came out that must not; a refusal may repeat the id that was asked for, a success may not."""
    if response.status_code >= 500:
        return [f"{call.method} {call.path}: {response.status_code}"]
    succeeded = 200 <= response.status_code < 300
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers)
    page = OWN_ADDRESS.sub("", response.text)
    told = guarded.told_in(page, besides=None if succeeded else call.named, public_too=public_too)
    told += guarded.told_in(headers, besides=call.named, public_too=public_too)
    if guarded.id in page and guarded.id not in call.path and call.path != "/":  # where every clinic is listed
        told.append("clinic")
    return [f"{call.method} {call.path} {response.status_code}: {told}"] if told else []


def test_the_api_of_another_clinic(app, guarded: Guarded, mallory: Clinic, records: Records):
    client, before, found, made = app.test_client(), contents(records, guarded.id), [], 0
    for named in guarded.ids.values():
        for call in calls(app, mallory.id, named, sealed_in=guarded.id, manage=guarded.manage):
            if of_programs(call):
                made += 1
                found += leaks(send(client, call, headers={"X-Tenant-ID": mallory.id}), call, guarded)
    assert found == []
    assert made > 150
    assert contents(records, guarded.id) == before


def test_the_pages_of_another_clinic(app, guarded: Guarded, mallory: Clinic, records: Records, monkeypatch):
    """Mallory at her own desk, with ids and secret links of the other clinic."""
    client = browser(app, mallory, "mallory@mallory.example", monkeypatch)
    before, found, made = contents(records, guarded.id), [], 0
    for named in guarded.ids.values():
        for call in calls(app, mallory.id, named, sealed_in=guarded.id, manage=guarded.manage):
            if of_programs(call) or call.path.endswith(("/sign-out", "/lock")):
                continue
            made += 1
            found += leaks(send(client, call), call, guarded)
    assert found == []
    assert made > 150
    assert client.get(f"/c/{mallory.id}/admin/").status_code == 200, "she was signed in all the time"
    assert contents(records, guarded.id) == before


def test_at_the_other_clinics_own_addresses(app, guarded: Guarded, mallory: Clinic, records: Records, monkeypatch):
    """Mallory knocks next door. What anybody may see and do there is left out: free times, and booking one."""
    client = browser(app, mallory, "mallory@mallory.example", monkeypatch)
    before, found, made = contents(records, guarded.id), [], 0
    for named in guarded.ids.values():
        for call in calls(app, guarded.id, named, sealed_in=mallory.id):
            if of_programs(call) or (call.guard == "public" and call.method != "GET"):
                continue
            made += 1
            response = send(client, call)
            found += leaks(response, call, guarded, public_too=call.guard != "public")
            if call.guard != "public":
                assert not 200 <= response.status_code < 300, f"{call.method} {call.path}: {response.status_code}"
    assert found == []
    assert made > 150
    assert contents(records, guarded.id) == before


def test_the_search_finds_what_the_clinic_itself_is_told(app, guarded: Guarded, monkeypatch):
    """Would the tests above notice? The same calls by the clinic's own people must be full of what they look for."""
    desk = browser(app, guarded.clinic, "ottoline@harbour.example", monkeypatch)
    program = app.test_client()
    told, kinds = set(), set()
    for named in guarded.ids.values():
        for call in calls(app, guarded.id, named, sealed_in=guarded.id, manage=guarded.manage):
            if call.method != "GET":
                continue
            client, headers = (program, {"X-Tenant-ID": guarded.id}) if of_programs(call) else (desk, {})
            response = send(client, call, headers=headers)
            found = guarded.told_in(response.text) if response.status_code == 200 else []
            kinds |= set(found)
            if found:
                told.add(call.path.replace(str(named), "<id>"))
    assert len(told) >= 12, told
    assert kinds >= {PATIENT, PHONE, CALLER, "booking", "hold", "slot", "specialist", "type", "patient"}
