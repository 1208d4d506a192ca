"""Two receptionists, one hold: one books on it while the other takes it over and books. Over HTTP, many times."""

import time
from contextlib import closing
from uuid import UUID

import pytest

from tests.concurrency.test_two_desks import Desk, at_once
from tests.conftest import Clinic, Records, Server
from webapp.core.tenancy import tenant_scope
from webapp.services.patients import add_patient

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

ROUNDS = 40


def test_one_hold_and_two_desks(server: Server, place: Clinic, slots, records: Records, no_deadlock):
    won = {"holder": 0, "taker": 0}
    head_start = 0.0  # seconds for the one who loses more often: leaned on until the two are level
    with tenant_scope(place.id):
        theirs, hers = (add_patient(full_name=name, phone="+49301112233") for name in ("Of Olga", "Of Alice"))
    with closing(Desk(server, place, "olga")) as olga, closing(Desk(server, place, "alice")) as alice:
        for number, slot in enumerate(slots(ROUNDS)):
            olga.post("/desk/holds", slot_id=slot, key=f"round-{number}")
            (held,) = records.live(slot)
            wait = head_start
            at_once(
                lambda held=held, wait=wait: (time.sleep(max(0.0, wait)), choose(olga, held, theirs)),
                lambda held=held, wait=wait: (
                    time.sleep(max(0.0, -wait)),
                    alice.post(f"/desk/holds/{held}/take-over"),
                    choose(alice, held, hers),
                ),
            )
            winner = "taker" if booked_for(records, held) == hers else "holder"
            assert ("TAKEN_OVER" in records.events(held)) == (winner == "taker")
            won[winner] += 1
            head_start += 0.002 if winner == "holder" else -0.003
    print(won)
    assert all(won.values()), f"one side always won, so this was no race: {won}"


def choose(desk: Desk, held: UUID, patient_id: UUID) -> None:
    desk.post(f"/desk/holds/{held}/patient", patient_id=patient_id, type_id="")


def booked_for(records: Records, held: UUID) -> UUID:
    """Exactly one booked it: for whom?"""
    row = records.appointment(held)
    assert (row.status, records.events(held).count("CONFIRMED")) == ("CONFIRMED", 1)
    return row.patient_id
