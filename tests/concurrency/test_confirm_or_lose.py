"""A hold that is confirmed in the moment in which it ends, while others wait for it to end."""

import random
import time
from collections import Counter
from uuid import UUID

import pytest

from tests.concurrency.crowd import Ask, Crowd, Told
from tests.conftest import Clinic, Records
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import hold

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

WAITING = 7
SECONDS, MOST = 3, 600


def ends_in(records: Records, appointment: UUID, milliseconds: float) -> None:
    records.rows(
        """WITH ended AS (
               UPDATE appointments SET expires_at = clock_timestamp() + :ms * interval '1 ms' WHERE id = :id
               RETURNING tenant_id, time_slot_id, expires_at)
           UPDATE time_slots s SET held_until = e.expires_at FROM ended e
           WHERE s.tenant_id = e.tenant_id AND s.id = e.time_slot_id""",
        id=appointment, ms=milliseconds,
    )  # fmt: skip


def judge(records: Records, slot: UUID, held: UUID, told: list[Told]) -> str:
    confirmed, *others = told
    won = [one.body["id"] for one in others if one.status == 201]
    assert {one.status for one in others} <= {201, 409}
    live = [str(one) for one in records.live(slot)]
    if confirmed.status == 200:
        assert (won, live) == ([], [str(held)])
        assert records.appointment(held).status == "CONFIRMED"
        return "confirmed"
    assert (confirmed.status, confirmed.body["status"]) == (409, "FAILED")
    if won:
        assert (len(won), live) == (1, won)
        assert records.appointment(held).status == "EXPIRED"
        return "lost"
    assert live == [str(held)]  # it ended between the others' tries and its own, and nobody came afterwards
    return "ended"


@pytest.mark.parametrize("which", ["server", "settling_server"])
def test_it_goes_to_one_of_them(
    request, which, place: Clinic, slots, records, chance: random.Random, seed: str, no_deadlock
):
    outcomes: Counter[str] = Counter()
    with Crowd(request.getfixturevalue(which), place.id, size=1 + WAITING) as crowd:
        until = time.monotonic() + SECONDS
        for number in range(MOST):
            if time.monotonic() > until and {"confirmed", "lost"} <= outcomes.keys():
                break
            (slot,) = slots(1, first=number)
            with tenant_scope(place.id):
                held = hold(slot_id=slot, actor="test", source="DESK").id
            waiting = [Ask("POST", f"/api/slots/{slot}/book", {"patient_name": "Waiting"})] * WAITING
            ends_in(records, held, chance.uniform(0, 30))
            told = crowd.ask([Ask("POST", f"/api/bookings/{held}/confirm"), *waiting])
            outcomes[judge(records, slot, held, told)] += 1
    print(f"seed {seed}: {dict(outcomes)}")
    assert {"confirmed", "lost"} <= outcomes.keys(), "the race was no race: everybody always won or always lost"
