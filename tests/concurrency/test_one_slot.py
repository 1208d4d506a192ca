"""32 clients race for one slot, round after round: one gets it, 31 are told so, and the database agrees."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from tests.concurrency.crowd import Ask, Crowd, Told
from tests.conftest import Clinic, Records, Server

CLIENTS = 32

pytestmark = pytest.mark.concurrency


@dataclass
class Race:
    """Rounds on fresh slots, and those in which not exactly one client won."""

    crowd: Crowd
    won: dict[UUID, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def run(
        self, slots: list[UUID], chance: random.Random, *, seconds: float | None = None, at_least: int = 20
    ) -> None:
        """One round a slot; with ``seconds``, no more once these are over and enough rounds were run."""
        deadline = time.monotonic() + seconds if seconds else None
        for number, slot in enumerate(slots):
            if deadline and number >= at_least and time.monotonic() > deadline:
                break
            self.judge(number, slot, self.crowd.ask([self.ask(slot, client, chance) for client in range(CLIENTS)]))

    def ask(self, slot: UUID, client: int, chance: random.Random) -> Ask:
        body = {"patient_name": f"Client {client}", "priority": chance.choice(["NORMAL", "VIP", "URGENT"])}
        return Ask("POST", f"/api/slots/{slot}/book", body)

    def judge(self, number: int, slot: UUID, told: list[Told]) -> None:
        winners = [one for one in told if one.status == 201]
        statuses = Counter(one.status for one in told)
        if statuses != {201: 1, 409: CLIENTS - 1}:
            self.wrong.append(f"round {number}, slot {slot}: {dict(statuses)}")
        self.won[slot] = winners[0].body["id"] if winners else ""

    def report(self, seed: str) -> None:
        rounds = len(self.won)
        print(f"{rounds} rounds, seed {seed}, {len(self.wrong)} wrong, p99 {self.crowd.p99() * 1000:.0f} ms")
        print(f"answers: {dict(self.crowd.statuses())}")


def live_seats(records: Records, clinic: Clinic) -> dict[UUID, list[str]]:
    seats: dict[UUID, list[str]] = {}
    for row in records.rows(
        """SELECT time_slot_id, id FROM appointments WHERE tenant_id = :tenant
           AND status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED')""",
        tenant=clinic.id,
    ):
        seats.setdefault(row.time_slot_id, []).append(str(row.id))
    return seats


def check(race: Race, records: Records, clinic: Clinic, seed: str) -> None:
    race.report(seed)
    assert race.wrong == []
    assert live_seats(records, clinic) == {slot: [winner] for slot, winner in race.won.items()}
    assert records.count("appointment_events", clinic) == len(race.won)
    assert records.count("patients", clinic) == len(race.won) + 1  # and Pat


@pytest.fixture
def race(server: Server, place: Clinic) -> Iterator[Race]:
    with Crowd(server, place.id, size=CLIENTS) as crowd:
        yield Race(crowd)


@pytest.fixture
def settling_race(settling_server: Server, place: Clinic) -> Iterator[Race]:
    with Crowd(settling_server, place.id, size=CLIENTS) as crowd:
        yield Race(crowd)


@pytest.mark.race
def test_one_slot_is_sold_once(race, place, slots, records, chance, seed, no_deadlock):
    race.run(slots(500), chance, seconds=10)
    check(race, records, place, seed)


@pytest.mark.race
def test_also_at_read_committed(settling_race, place, slots, records, chance, seed, no_deadlock):
    settling_race.run(slots(500), chance, seconds=4)
    check(settling_race, records, place, seed)


@pytest.mark.chaos
def test_one_slot_is_sold_once_500_times(race, place, slots, records, chance, seed, no_deadlock):
    race.run(slots(500), chance)
    check(race, records, place, seed)


@pytest.mark.chaos
def test_500_times_at_read_committed(settling_race, place, slots, records, chance, seed, no_deadlock):
    settling_race.run(slots(500), chance)
    check(settling_race, records, place, seed)
