"""Desks and patients press the button for one time at the same moment, in the pages' own forms: one of them has it."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.concurrency.crowd import Ask, Crowd
from tests.concurrency.test_one_slot import live_seats
from tests.conftest import PASSWORD, Clinic, Server
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import utc_now
from webapp.services.signin import add_user

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

DESKS, PATIENTS, ROUNDS = 16, 16, 40
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


class Person:
    """Somebody at a browser without scripting: a cookie, and the token of the last page seen."""

    def __init__(self, crowd: Crowd, number: int, clinic: Clinic) -> None:
        self.crowd, self.number, self.root = crowd, number, f"/c/{clinic.id}"
        self.cookie = self.token = ""

    def open(self, path: str) -> bytes:
        told = self.crowd.one(self.number, Ask("GET", self.root + path, headers={"Cookie": self.cookie}))
        self._remember(told)
        found = TOKEN.search(told.body)
        assert found, f"{path} answers {told.status} without a form"
        self.token = found[1].decode()
        return told.body

    def sign_in(self, email: str) -> None:
        self.open("/sign-in")
        self._remember(self.crowd.one(self.number, self.press("/sign-in", email=email, password=PASSWORD)))

    def press(self, path: str, **fields: str) -> Ask:
        form = {"csrf_token": self.token, "key": uuid4().hex} | fields
        return Ask("POST", self.root + path, headers={"Cookie": self.cookie}, form=form)

    def _remember(self, told) -> None:
        for cookie in told.headers.get_all("Set-Cookie") or []:
            self.cookie = cookie.partition(";")[0]


@pytest.fixture
def crowd(server: Server, place: Clinic) -> Iterator[Crowd]:
    with Crowd(server, place.id, size=DESKS + PATIENTS) as crowd:
        yield crowd


@pytest.fixture
def times(place: Clinic) -> list[UUID]:
    """Half hours of the next two days."""
    start = utc_now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return [place.slot(start, after=30 * number) for number in range(ROUNDS)]


def test_one_button_wins(server, place, crowd, times, records, no_deadlock):
    with tenant_scope(place.id):
        add_user(email="olga@race.example", full_name="Olga", password=PASSWORD, role="OPERATOR")
    day = (utc_now() + timedelta(days=1)).date()
    book = f"/book/{place.type_id}/{day}"
    people = [Person(crowd, number, place) for number in range(DESKS + PATIENTS)]
    for desk in people[:DESKS]:
        desk.sign_in("olga@race.example")
        desk.open(f"/desk/{day}")
    for patient in people[DESKS:]:
        patient.open(book)

    wrong = []
    for number, slot in enumerate(times):
        asks = [one.press("/desk/holds", slot_id=str(slot)) for one in people[:DESKS]]
        asks += [one.press(book, slot_id=str(slot)) for one in people[DESKS:]]
        told = crowd.ask(asks)
        won = [one for one in told if one.status == 303 and "/hold" in one.headers["Location"]]
        lost = Counter("day" if one.status == 303 else one.status for one in told if one not in won)
        if len(won) != 1 or set(lost) - {"day", 409} or lost.total() != DESKS + PATIENTS - 1:
            wrong.append(f"round {number}: {len(won)} won, {dict(lost)}")
        winner = next((n for n, one in enumerate(told) if one in won and n >= DESKS), None)
        if winner is not None:  # somebody else comes: one browser may not hold every time of the day
            people[winner] = Person(crowd, winner, place)
            people[winner].open(book)
    print(f"{ROUNDS} rounds, {len(wrong)} wrong, p99 {crowd.p99() * 1000:.0f} ms, {dict(crowd.statuses())}")
    assert wrong == []
    assert {slot: len(seats) for slot, seats in live_seats(records, place).items()} == dict.fromkeys(times, 1)
