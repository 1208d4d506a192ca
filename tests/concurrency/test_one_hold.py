"""Two receptionists, one hold: one books on it while the other takes it over and books. Over HTTP, many times.

Both wait for the hold before either has it, in turn the one and the other in front: no clock decides who wins.
"""

from functools import partial
from uuid import UUID

import pytest

from tests.concurrency.desks import Desk, one_behind_the_other
from tests.conftest import Clinic, Records
from webapp.core.tenancy import tenant_scope
from webapp.services.patients import add_patient

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

ROUNDS = 40


@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "READ COMMITTED"])
def test_one_hold_and_two_desks(two_desks, isolation: str, place: Clinic, slots, records: Records):
    with tenant_scope(place.id):
        theirs, hers = (add_patient(full_name=name, phone="+49301112233") for name in ("Of Olga", "Of Alice"))
    with two_desks(isolation) as (olga, alice):
        for number, slot in enumerate(slots(ROUNDS)):
            olga.post("/desk/holds", slot_id=slot, key=f"round-{number}")
            (held,) = records.live(slot)
            holder = partial(choose, olga, held, theirs)
            taker = partial(take_over_and_choose, alice, held, hers)
            holder_first = number % 2 == 0
            first, second = (holder, taker) if holder_first else (taker, holder)
            one_behind_the_other(records, "appointments", held, first, second)
            row, told = records.appointment(held), records.events(held)
            assert (row.status, told.count("CONFIRMED")) == ("CONFIRMED", 1)
            assert row.patient_id == (theirs if holder_first else hers)
            assert ("TAKEN_OVER" in told) == (not holder_first)


def choose(desk: Desk, held: UUID, patient_id: UUID) -> None:
    desk.post(f"/desk/holds/{held}/patient", patient_id=patient_id, type_id="")


def take_over_and_choose(desk: Desk, held: UUID, patient_id: UUID) -> None:
    desk.post(f"/desk/holds/{held}/take-over")
    choose(desk, held, patient_id)
