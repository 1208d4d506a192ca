"""Receptionists at their desks over HTTP, each with a browser without scripting, and how to set one behind another."""

import http.client
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from bs4 import BeautifulSoup
from sqlalchemy import text

from tests.conftest import DAY, PASSWORD, Clinic, Records, Server
from webapp.core.tenancy import tenant_scope
from webapp.services.signin import add_user


class Desk:
    """A browser without scripting, signed in."""

    def __init__(self, server: Server, clinic: Clinic, name: str) -> None:
        email = f"{name}-{secrets.token_hex(4)}@clinic.example"
        with tenant_scope(clinic.id):
            add_user(email=email, full_name=name.title(), password=PASSWORD, role="OPERATOR")
        self.connection, self.home, self.cookies = server.connect(), f"/c/{clinic.id}", {}
        page = self.send("GET", "/sign-in")[1]
        self.token = page.select_one("[name=csrf_token]")["value"]
        self.post("/sign-in", email=email, password=PASSWORD)
        self.token = self.send("GET", f"/desk/{DAY.date()}")[1].select_one("[name=csrf_token]")["value"]

    def post(self, path: str, **fields: object) -> tuple[int, BeautifulSoup]:
        return self.send("POST", path, urlencode({"csrf_token": self.token, **fields}))

    def send(self, method: str, path: str, body: str | None = None) -> tuple[int, BeautifulSoup]:
        """Send it, and follow where it leads."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path if path.startswith("/c/") else self.home + path, body, headers)
        response = self.connection.getresponse()
        self._remember(response)
        content = response.read()
        if response.status in (302, 303):
            return self.send("GET", response.headers["Location"])
        return response.status, BeautifulSoup(content, "html.parser")

    def close(self) -> None:
        self.connection.close()

    def _remember(self, response: http.client.HTTPResponse) -> None:
        for header in response.headers.get_all("Set-Cookie") or []:
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value


def one_behind_the_other(records: Records, table: str, row_id: UUID, *acts: Callable[[], Any]) -> list[Any]:
    """Let each act come to wait for a row, in this order and all of them before the first goes on; their answers."""
    with ThreadPoolExecutor(len(acts)) as pool:
        running = in_line(records, table, row_id, *(partial(pool.submit, act) for act in acts))
        return [one.result() for one in running]


def in_line(records: Records, table: str, row_id: UUID, *acts: Callable[[], Any]) -> list[Any]:
    """Begin acts that go on by themselves, as a page in a browser does: each comes to wait for a row, in this order
    and all of them before the first goes on."""
    begun = []
    with records.engine.begin() as connection:
        connection.execute(text(f"SELECT 1 FROM {table} WHERE id = :id FOR UPDATE"), {"id": row_id})
        for act in acts:
            begun.append(act())
            records.wait_for_lock(sessions=len(begun))
    return begun


def at_once(*acts):
    barrier = threading.Barrier(len(acts))

    def run(act):
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
