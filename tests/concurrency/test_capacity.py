"""Groups of five seats while clients book, confirm, give back and forget, each at its own pace."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest

from tests.concurrency.crowd import Ask, Crowd
from tests.conftest import BEGUN, Clinic, Records, Server, make_clinic

pytestmark = pytest.mark.concurrency

CLIENTS, SEATS = 32, 5
FATES = ["confirm then cancel", "confirm then no-show", "release", "extend then release", "forget"]
STAYS = 0.01  # the share of visits that keep their seat: with more of them all seats would soon be gone for good
LIVE_NOW = """status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED')
              AND NOT (status = 'HOLD' AND expires_at <= clock_timestamp())"""


@pytest.fixture
def place(app) -> Clinic:
    """On a day gone by, so that visits can be missed."""
    return replace(make_clinic("race"), day=BEGUN)


@dataclass
class Life:
    """What one client did and was told; ``mine`` is the last status it was told of each booking of its own."""

    crowd: Crowd
    records: Records
    number: int
    chance: random.Random
    mine: dict[str, str] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def live(self, slots: list[UUID], until: float) -> None:
        while time.monotonic() < until:
            self._visit(self.chance.choice(slots))

    def _visit(self, slot: UUID) -> None:
        told = self._say("POST", f"/api/slots/{slot}/book", {201, 409}, {"patient_name": f"Client {self.number}"})
        if told.status != 201:
            return
        booking = told.body["id"]
        self.mine[booking] = "HOLD"
        fate = "confirm then arrive" if self.chance.random() < STAYS else self.chance.choice(FATES)
        if fate == "forget":
            self.records.run_out(UUID(booking))
            self.forgotten.add(booking)
            if self.chance.random() < 0.5:
                self._late(booking)
            return
        for step in fate.split(" then "):
            self._step(booking, step)

    def _late(self, booking: str) -> None:
        told = self._say("POST", f"/api/bookings/{booking}/confirm", {409})
        if told.status == 409 and told.body["status"] != "FAILED":
            self.faults.append(f"{booking} was confirmed too late: {told.body}")

    def _step(self, booking: str, step: str) -> None:
        told = self._say("POST", f"/api/bookings/{booking}/{step}", {200})
        if told.status == 200:
            self.mine[booking] = told.body["appointment_status"]

    def _say(self, method: str, path: str, expected: set[int], body: dict[str, str] | None = None):
        told = self.crowd.one(self.number, Ask(method, path, body if body is not None else {}))
        self.crowd.history.append(told)
        if told.status not in expected:
            self.faults.append(f"{path}: {told.status} {told.body}")
        return told


class Watch(threading.Thread):
    """Looks again and again whether a slot has more seats taken than it has."""

    def __init__(self, records: Records, clinic: Clinic) -> None:
        super().__init__()
        self.records, self.clinic = records, clinic
        self.stop, self.looks, self.faults = threading.Event(), 0, []

    def run(self) -> None:
        counted = f"""SELECT time_slot_id, count(*), count(DISTINCT seat) FROM appointments
                      WHERE tenant_id = :t AND {LIVE_NOW} GROUP BY time_slot_id"""
        while not self.stop.wait(0.01):
            self.looks += 1
            rows = self.records.rows(counted, t=self.clinic.id)
            self.faults += [tuple(row) for row in rows if row[1] > SEATS or row[2] != row[1]]


def race(
    server: Server, place: Clinic, records: Records, slots: list[UUID], seed: str, seconds: float
) -> tuple[list[Life], Watch]:
    with Crowd(server, place.id, size=CLIENTS) as crowd:
        lives = [Life(crowd, records, n, random.Random(f"{seed}-{n}")) for n in range(CLIENTS)]
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=life.live, args=(slots, until)) for life in lives]
        watch = Watch(records, place)
        for thread in (watch, *threads):
            thread.start()
        for thread in threads:
            thread.join()
        watch.stop.set()
        watch.join()
        print(f"seed {seed}, answers {dict(crowd.statuses())}, {watch.looks} looks")
    return lives, watch


def check(lives: list[Life], watch: Watch, records: Records, place: Clinic) -> None:
    assert [fault for life in lives for fault in life.faults] == []
    assert (watch.faults, watch.looks > 0) == ([], True)
    told = {booking: status for life in lives for booking, status in life.mine.items()}
    forgotten = set().union(*(life.forgotten for life in lives))
    rows = records.rows("SELECT id::text, status::text FROM appointments WHERE tenant_id = :t", t=place.id)
    written = {row.id: row.status for row in rows}
    assert written.keys() == told.keys()
    for booking, status in told.items():
        allowed = {"HOLD", "EXPIRED"} if booking in forgotten else {status}
        assert written[booking] in allowed, f"{booking}: told {status}, written {written[booking]}"


def check_what_is_left(server: Server, place: Clinic, records: Records, slots: list[UUID]) -> None:
    """As many seats as are not taken can still be had, and not one more."""
    standing = f"SELECT time_slot_id FROM appointments WHERE tenant_id = :t AND {LIVE_NOW}"
    taken = Counter(row.time_slot_id for row in records.rows(standing, t=place.id))
    for slot in slots:
        with Crowd(server, place.id, size=SEATS + 3) as crowd:
            told = crowd.ask([Ask("POST", f"/api/slots/{slot}/book", {"patient_name": "Late"})] * (SEATS + 3))
        assert sum(one.status == 201 for one in told) == SEATS - taken[slot]
        assert len(records.live(slot)) == SEATS


@pytest.mark.race
@pytest.mark.parametrize("which", ["server", "settling_server"])
def test_five_seats_are_five_seats(request, which, place, slots, records, seed, no_deadlock):
    groups = slots(3, capacity=SEATS)
    server = request.getfixturevalue(which)
    lives, watch = race(server, place, records, groups, seed, 3)
    check(lives, watch, records, place)
    check_what_is_left(server, place, records, groups)


@pytest.mark.chaos
def test_for_a_minute(server, place, slots: Callable[..., list[UUID]], records, seed, no_deadlock):
    groups = slots(3, capacity=SEATS)
    lives, watch = race(server, place, records, groups, seed, 60)
    check(lives, watch, records, place)
    check_what_is_left(server, place, records, groups)
