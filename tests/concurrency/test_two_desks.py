"""Two receptionists, one time: one drags a visit there while the other books it. Over HTTP, a hundred times.

Both wait for the time before either has it, in turn the one and the other in front: no clock decides who wins.
"""

import http.client
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import text

from tests.conftest import DAY, PASSWORD, Clinic, Records, Server, running
from webapp.config import Settings
from webapp.core.roles import APP
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book
from webapp.services.signin import add_user

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

ROUNDS = 100
PLACES = 90  # quarters of an hour in the day of this clinic


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


@pytest.fixture
def patience(records: Records) -> Iterator[None]:
    """Whoever waits for a lock goes on waiting, however slowly the other comes: PostgreSQL's own limits are off."""
    (database,) = records.one("SELECT current_database()")
    for limit in ("lock_timeout", "statement_timeout"):
        records.rows(f'ALTER ROLE {APP} IN DATABASE "{database}" SET {limit} = 0')
    yield
    records.rows(f'ALTER ROLE {APP} IN DATABASE "{database}" RESET ALL')


@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "READ COMMITTED"])
def test_a_drag_and_a_booking_of_one_time(
    settings: Settings, patience, tmp_path: Path, isolation: str, place: Clinic, slots, records: Records, no_deadlock
):
    every = slots(PLACES)
    with (
        running(settings.admin_url, tmp_path / "log", BOOKING_ISOLATION=isolation) as server,
        closing(Desk(server, place, "olga")) as mover,
        closing(Desk(server, place, "alice")) as booker,
    ):
        race(mover, booker, place, every, records)


def race(mover: Desk, booker: Desk, place: Clinic, every: list[UUID], records: Records) -> None:
    with tenant_scope(place.id):
        visit = book(slot_id=every[0], patient_id=place.pat, type_id=None, actor="test", source="DESK").id
    won = {"drag": 0, "booking": 0}
    for number in range(ROUNDS):
        before = records.appointment(visit)
        goal = next(slot for slot in every if not records.live(slot))
        drag = partial(mover.post, f"/desk/appointments/{visit}/place", slot_id=goal, version=before.version)
        booking = partial(booker.post, "/desk/holds", slot_id=goal, key=f"round-{number}")
        drag_first = number % 2 == 0
        first, second = one_behind_the_other(records, goal, *((drag, booking) if drag_first else (booking, drag)))
        after, (winner,) = records.appointment(visit), records.live(goal)
        assert (winner == visit) == drag_first
        assert first[0] == 200
        told_and_offered(second)
        if drag_first:
            assert after.time_slot_id == goal
        else:
            assert (after.time_slot_id, after.version) == (before.time_slot_id, before.version)
            let_go(records, winner)
        won["drag" if winner == visit else "booking"] += 1
    assert won == {"drag": ROUNDS // 2, "booking": ROUNDS // 2}


def one_behind_the_other(records: Records, slot_id: UUID, *acts: Callable[[], Any]) -> list[Any]:
    """Let each act come to wait for the slot, in this order and all of them before the first goes on; their answers."""
    with ThreadPoolExecutor(len(acts)) as pool:
        with records.engine.begin() as connection:
            connection.execute(text("SELECT 1 FROM time_slots WHERE id = :id FOR UPDATE"), {"id": slot_id})
            running = []
            for act in acts:
                running.append(pool.submit(act))
                records.wait_for_lock(sessions=len(running))
        return [one.result() for one in running]


def at_once(*acts):
    barrier = threading.Barrier(len(acts))

    def run(act):
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def told_and_offered(answer: tuple[int, BeautifulSoup]) -> None:
    status, page = answer
    assert status == 409
    assert "This time has just been taken." in page.select_one(".panel .notice.bad").get_text()
    assert page.select(".near button[name=slot_id]"), "nothing else was offered"


def let_go(records: Records, appointment_id: UUID) -> None:
    """The other desk gives the time back, so that the clinic's day is not full before the last round."""
    records.rows("UPDATE appointments SET status = 'CANCELLED', expires_at = NULL WHERE id = :id", id=appointment_id)
    records.rows(
        "SELECT refresh_slots(tenant_id, specialist_id, start_time, end_time) FROM appointments WHERE id = :id",
        id=appointment_id,
    )
