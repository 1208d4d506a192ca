"""Two receptionists, one time: one drags a visit there while the other books it. Over HTTP, a hundred times.

Both wait for the time before either has it, in turn the one and the other in front: no clock decides who wins.
"""

from functools import partial
from uuid import UUID

import pytest
from bs4 import BeautifulSoup

from tests.concurrency.desks import Desk, one_behind_the_other
from tests.conftest import Clinic, Records
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

ROUNDS = 100
PLACES = 90  # quarters of an hour in the day of this clinic


@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "READ COMMITTED"])
def test_a_drag_and_a_booking_of_one_time(two_desks, isolation: str, place: Clinic, slots, records: Records):
    every = slots(PLACES)
    with two_desks(isolation) as (mover, booker):
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
        first, second = one_behind_the_other(
            records, "time_slots", goal, *((drag, booking) if drag_first else (booking, drag))
        )
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
