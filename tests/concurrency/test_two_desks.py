"""Two receptionists, one time: one drags a visit there while the other books it. Over HTTP, a hundred times."""

import http.client
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlencode
from uuid import UUID

import pytest
from bs4 import BeautifulSoup

from tests.conftest import DAY, PASSWORD, Clinic, Records, Server
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


@pytest.mark.parametrize("which", ["server", "settling_server"])
def test_a_drag_and_a_booking_of_one_time(
    request: pytest.FixtureRequest, which: str, place: Clinic, slots, records: Records, no_deadlock
):
    server = request.getfixturevalue(which)
    every = slots(PLACES)
    with closing(Desk(server, place, "olga")) as mover, closing(Desk(server, place, "alice")) as booker:
        race(mover, booker, place, every, records)


def race(mover: Desk, booker: Desk, place: Clinic, every: list[UUID], records: Records) -> None:
    with tenant_scope(place.id):
        visit = book(slot_id=every[0], patient_id=place.pat, type_id=None, actor="test", source="DESK").id
    won = {"drag": 0, "booking": 0}
    head_start = 0.0  # seconds for the drag, which has more to read: leaned on until the two are level
    for number in range(ROUNDS):
        before = records.appointment(visit)
        goal = next(slot for slot in every if not records.live(slot))
        drag, booking = at_once(
            lambda goal=goal, version=before.version: mover.post(
                f"/desk/appointments/{visit}/place", slot_id=goal, version=version
            ),
            lambda goal=goal, number=number, wait=head_start: (
                time.sleep(wait) or booker.post("/desk/holds", slot_id=goal, key=f"round-{number}")
            ),
        )
        after, (winner,) = records.appointment(visit), records.live(goal)
        if winner == visit:
            won["drag"] += 1
            head_start = max(0.0, head_start - 0.003)
            assert (drag[0], after.time_slot_id) == (200, goal)
            told_and_offered(booking)
        else:
            won["booking"] += 1
            head_start += 0.002
            assert (after.time_slot_id, after.version) == (before.time_slot_id, before.version)
            told_and_offered(drag)
            let_go(records, winner)
    print(won)
    assert sum(won.values()) == ROUNDS
    assert all(won.values()), f"one side always won, so this was no race: {won}"


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
