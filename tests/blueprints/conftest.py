"""Somebody at a browser without scripting, and times that patients can still book."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from tests.conftest import PASSWORD, Clinic, add_person
from tests.mail_sink import sink
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import utc_now
from webapp.services import signin
from webapp.services.booking import hold

__all__ = ["sink"]

TOKEN = re.compile(r'<input\b[^>]*\bname="csrf_token"[^>]*\bvalue="([^"]+)"')


@dataclass
class Page:
    """An answer, read as a person would."""

    response: TestResponse

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.response.text, "html.parser")

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def path(self) -> str:
        """Where it came from, without the query."""
        return self.response.request.path

    @property
    def title(self) -> str:
        return self.soup.title.get_text() if self.soup.title else ""

    @property
    def heading(self) -> str:
        return self.soup.h1.get_text(" ", strip=True) if self.soup.h1 else ""

    @property
    def text(self) -> str:
        """The words on the page, narrow spaces made plain ones."""
        main = self.soup.body or self.soup
        return " ".join(main.get_text(" ", strip=True).replace("\u202f", " ").split())

    @property
    def problems(self) -> list[str]:
        """What the summary above the form complains about."""
        return [item.get_text(strip=True) for item in self.soup.select(".problem li")]

    def one(self, selector: str) -> Tag:
        (found,) = self.soup.select(selector)
        return found

    def value(self, name: str) -> str:
        """What stands in an input."""
        return str(self.soup.select_one(f'[name="{name}"]')["value"])

    def form(self, action: str) -> dict[str, str]:
        """The fields of the form whose address ends so, as a browser would send them."""
        form = self.soup.select_one(f'form[action$="{action}"]')
        assert form is not None, f"no form to {action}: {[f.get('action') for f in self.soup.select('form')]}"
        inputs = [
            i for i in form.select("input[name]") if i.get("type") not in ("checkbox", "radio") or "checked" in i.attrs
        ]
        fields = {i["name"]: i.get("value", "on" if i.get("type") == "checkbox" else "") for i in inputs}
        fields |= {area["name"]: area.get_text().lstrip("\r\n") for area in form.select("textarea[name]")}
        for select in form.select("select[name]"):
            chosen = select.select_one("option[selected]") or select.select_one("option")
            fields[select["name"]] = chosen["value"] if chosen else ""
        return fields


class Visitor:
    """Opens pages of one clinic and sends their forms; redirects are followed."""

    def __init__(self, client: FlaskClient, clinic: Clinic) -> None:
        self.client, self.clinic = client, clinic
        self.token = ""
        # An address of their own, so that nobody's tries to sign in count against another test's.
        client.environ_base["REMOTE_ADDR"] = (
            f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
        )

    def url(self, path: str) -> str:
        return path if path.startswith("/c/") else f"/c/{self.clinic.id}{path}"

    def get(self, path: str, **options: Any) -> Page:
        return self._read(self.client.get(self.url(path), follow_redirects=True, **options))

    def post(self, path: str, fields: dict[str, Any] | None = None, **options: Any) -> Page:
        """Send fields with the token of the page seen last."""
        data = {"csrf_token": self.csrf(), **(fields or {})}
        options.setdefault("follow_redirects", True)
        return self._read(self.client.post(self.url(path), data=data, **options))

    def submit(self, page: Page, action: str, **fields: Any) -> Page:
        """Fill in the form of a page whose address ends so and send it."""
        form = page.soup.select_one(f'form[action$="{action}"]')
        return self.post(form["action"], page.form(action) | fields)

    def csrf(self) -> str:
        if not self.token:
            self.get("/sign-in")
        return self.token

    def sign_in(self, email: str, password: str = PASSWORD) -> Page:
        self.token = ""
        return self.post("/sign-in", {"email": email, "password": password})

    def _read(self, response: TestResponse) -> Page:
        found = TOKEN.search(response.text)
        self.token = found[1] if found else self.token
        return Page(response)


def soon(*, days: int = 1, hour: int = 9, minute: int = 0) -> datetime:
    """A time on one of the next days, by the clocks of a clinic in UTC."""
    start = utc_now().replace(hour=hour, minute=minute, second=0, microsecond=0)
    return start + timedelta(days=days)


@pytest.fixture
def visitor(app: Flask, clinic: Clinic) -> Visitor:
    """Anybody, at no account."""
    return Visitor(app.test_client(), clinic)


@pytest.fixture
def alice(app: Flask, clinic: Clinic, staff: dict[str, str]) -> Visitor:
    return signed_in(app, clinic, staff["alice"])


@pytest.fixture
def olga(app: Flask, clinic: Clinic, staff: dict[str, str]) -> Visitor:
    return signed_in(app, clinic, staff["olga"])


@pytest.fixture
def mallory(app: Flask, clinic: Clinic, other_clinic: Clinic) -> Visitor:
    """Signed in at her own clinic, and now looking at the other one."""
    add_person(other_clinic, "Mallory", "ADMIN", email="mallory@clinic.example")
    visitor = signed_in(app, other_clinic, "mallory@clinic.example")
    visitor.clinic = clinic
    return visitor


@pytest.fixture
def pat(app: Flask, clinic: Clinic) -> Visitor:
    """A patient with an account: signed in, but not staff."""
    add_person(clinic, "Pat Doe", "CLIENT", email="pat@mail.example")
    clinic.slot(soon())
    visitor = signed_in(app, clinic, "pat@mail.example")
    visitor.get(f"/book/{clinic.type_id}/{soon().date()}")  # a page with a form, for its token
    return visitor


def signed_in(app: Flask, clinic: Clinic, email: str) -> Visitor:
    """With the session that the form opens, but without the form: test_sign_in.py and others go through it."""
    visitor = Visitor(app.test_client(), clinic)
    with tenant_scope(clinic.id):
        user_id, _password_hash = signin._credentials(email=email)
        token = signin._open_session(user_id=user_id)
    with app.test_request_context():
        visitor.token, secret = generate_csrf(), session["csrf_token"]
    with visitor.client.session_transaction() as kept:
        kept.update({"_user_id": f"{clinic.id}:{token}", "_fresh": True, "csrf_token": secret})
    return visitor


def held_by_patient(clinic: Clinic, slot_id: UUID) -> UUID:
    """A hold of the public form."""
    with tenant_scope(clinic.id):
        return hold(slot_id=slot_id, type_id=clinic.type_id, actor="patient", source="PATIENT").id


def held_at_desk(clinic: Clinic, slot_id: UUID) -> UUID:
    with tenant_scope(clinic.id):
        return hold(slot_id=slot_id, actor="user:olga", source="DESK").id
