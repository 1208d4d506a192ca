"""Parties of three race for the same seats: each has all of its visits, or none."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from tests.conftest import Clinic, Records
from webapp.core.errors import SlotTaken
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import Key, hold
from webapp.services.parties import Visitor, hold_party
from webapp.services.party_rows import Seat
from webapp.services.specialists import add_type

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

PARTIES, SIZE, SEATS, ROUNDS = 16, 3, 12, 5


def race(place: Clinic, plans: Sequence[Sequence[Seat]], take: Callable[..., object] = hold_party) -> list[str]:
    """All at once; what each was told."""
    at_once = threading.Barrier(len(plans))

    def one(number: int) -> str:
        with tenant_scope(place.id):
            at_once.wait()
            try:
                key = Key(f"party:{plans[number][0].slot_id}:{number}", "asked")
                take(seats=plans[number], visitor=Visitor(str(number), "here"), key=key)
            except SlotTaken:
                return "taken"
            return "held"

    with ThreadPoolExecutor(len(plans)) as pool:
        return list(pool.map(one, range(len(plans))))


def sizes(records: Records, slots: Sequence[UUID]) -> Counter[UUID | None]:
    """How many seats of these slots each party has."""
    held = "SELECT party_id FROM appointments WHERE time_slot_id = ANY(:slots) AND status = 'HOLD'"
    return Counter(row.party_id for row in records.rows(held, slots=list(slots)))


def test_seats_of_a_group(place, slots, records, no_deadlock):
    with tenant_scope(place.id):
        course = add_type(name="Course", minutes=15, is_group=True, specialist_ids=[place.specialist_id])
    for number in range(ROUNDS):
        (slot,) = slots(1, first=number, capacity=SEATS)
        told = race(place, [[Seat(slot, course)] * SIZE] * PARTIES)
        assert Counter(told) == {"held": SEATS // SIZE, "taken": PARTIES - SEATS // SIZE}
        assert sorted(sizes(records, [slot]).values()) == [SIZE] * (SEATS // SIZE)


def test_times_of_their_own_choice(place, slots, records, chance: random.Random, seed: str, no_deadlock):
    """Each wants three of twelve times in any order: whole or absent, and whoever is absent lost to somebody."""
    with tenant_scope(place.id):
        short = add_type(name="Short", minutes=15, specialist_ids=[place.specialist_id])
    for number in range(ROUNDS):
        times = slots(SEATS, first=SEATS * number)
        plans = [[Seat(slot, short) for slot in chance.sample(times, SIZE)] for _party in range(PARTIES)]
        told = race(place, plans)
        held = sizes(records, times)
        assert set(held.values()) == {SIZE}
        assert len(held) == told.count("held") >= 1
        taken = {slot for slot in times if records.live(slot)}
        for plan, word in zip(plans, told, strict=True):
            assert word == "held" or taken & {seat.slot_id for seat in plan}


def test_seat_by_seat_parties_are_torn(place, slots, records, chance: random.Random, seed: str):
    """Would the tests above notice? The same race, each seat in a transaction of its own."""
    with tenant_scope(place.id):
        short = add_type(name="Short", minutes=15, specialist_ids=[place.specialist_id])
    torn = 0
    for number in range(ROUNDS):
        times = slots(SEATS, first=SEATS * number)
        plans = [[Seat(slot, short) for slot in chance.sample(times, SIZE)] for _party in range(PARTIES)]
        race(place, plans, seat_by_seat)
        held = "SELECT actor, count(*) FROM appointment_events WHERE tenant_id = :tenant GROUP BY actor"
        torn += any(row.count % SIZE for row in records.rows(held, tenant=place.id))
    assert torn


def seat_by_seat(*, seats: Sequence[Seat], visitor: Visitor, key: Key) -> None:
    for seat in seats:
        hold(slot_id=seat.slot_id, type_id=seat.type_id, actor=visitor.browser, source="PATIENT")
