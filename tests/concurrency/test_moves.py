"""Appointments that move at the same moment: to one slot, into each other's places, or under a cancellation."""

import random
import time
from collections import Counter
from uuid import UUID

import pytest

from tests.concurrency.crowd import Ask, Crowd
from tests.conftest import Clinic, Records
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

BOTH = pytest.mark.parametrize("which", ["server", "settling_server"])
MOVERS = 8


def booked(clinic: Clinic, slots: list[UUID]) -> list[UUID]:
    with tenant_scope(clinic.id):
        return [book(slot_id=slot, actor="test", source="DESK").id for slot in slots]


def move(appointment: UUID, slot: UUID, version: int = 1) -> Ask:
    return Ask("POST", f"/api/bookings/{appointment}/reschedule", {"slot_id": str(slot), "version": version})


def where(records: Records, appointments: list[UUID]) -> list[UUID]:
    return [records.appointment(one).time_slot_id for one in appointments]


def statuses(told) -> Counter[int]:
    return Counter(one.status for one in told)


@BOTH
def test_many_to_one_slot_one_arrives(request, which, place, slots, records, no_deadlock):
    first, least = 0, 5 * (MOVERS + 1)
    with Crowd(request.getfixturevalue(which), place.id, size=MOVERS) as crowd:
        until = time.monotonic() + 2
        while first < least or time.monotonic() < until:
            *homes, goal = slots(MOVERS + 1, first=first)
            first += MOVERS + 1
            movers = booked(place, homes)
            told = crowd.ask([move(one, goal) for one in movers])
            assert statuses(told) == {200: 1, 409: MOVERS - 1}
            arrived = [one.status == 200 for one in told]
            expected = [goal if there else home for there, home in zip(arrived, homes, strict=True)]
            assert where(records, movers) == expected
            assert len(records.live(goal)) == 1
            open_homes = [records.slot(home).status == "AVAILABLE" for home in homes]
            assert open_homes == arrived


@BOTH
def test_who_wants_each_others_place_stays(request, which, place, slots, records, no_deadlock):
    """A to B's slot and B to A's: neither is free. Locked in one order, nobody waits for the other for ever."""
    with Crowd(request.getfixturevalue(which), place.id, size=2) as crowd:
        for number in range(25):
            homes = slots(2, first=2 * number)
            a, b = booked(place, homes)
            told = crowd.ask([move(a, homes[1]), move(b, homes[0])])
            assert statuses(told) == {409: 2}
            assert where(records, [a, b]) == homes


@BOTH
def test_movers_and_newcomers_share_one_slot_fairly(request, which, place, slots, records, no_deadlock):
    with Crowd(request.getfixturevalue(which), place.id, size=2 * MOVERS) as crowd:
        for number in range(10):
            *homes, goal = slots(MOVERS + 1, first=number * (MOVERS + 1))
            movers = booked(place, homes)
            newcomers = [Ask("POST", f"/api/slots/{goal}/book", {"patient_name": "New"})] * MOVERS
            told = crowd.ask([move(one, goal) for one in movers] + newcomers)
            assert sum(one.status in (200, 201) for one in told) == 1
            assert {one.status for one in told} <= {200, 201, 409}
            assert len(records.live(goal)) == 1


@BOTH
def test_a_move_and_a_cancellation_leave_one_truth(
    request, which, place, slots, records, chance: random.Random, seed: str, no_deadlock
):
    with Crowd(request.getfixturevalue(which), place.id, size=4) as crowd:
        for number in range(25):
            home, goal = slots(2, first=2 * number)
            (one,) = booked(place, [home])
            asks = [move(one, goal), Ask("POST", f"/api/bookings/{one}/cancel", {})]
            asks += [Ask("POST", f"/api/slots/{slot}/book", {"patient_name": "New"}) for slot in (home, goal)]
            chance.shuffle(asks)
            told = crowd.ask(asks)
            assert {answer.status for answer in told} <= {200, 201, 409}
            cancelled = next(answer for answer in told if answer.ask.path.endswith("/cancel"))
            assert (cancelled.status, records.appointment(one).status) == (200, "CANCELLED")
            for slot in (home, goal):
                live = records.live(slot)
                assert len(live) <= 1
                assert records.slot(slot).status == ("HOLD" if live else "AVAILABLE")
