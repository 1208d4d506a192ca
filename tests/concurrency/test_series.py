"""Two desks save series that share times at the same moment: one has all of its visits, the other none."""

import random
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from tests.conftest import Clinic, Records, colleague
from webapp.core.errors import Conflict, PatientBusy, SlotTaken
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import Key, book
from webapp.services.patients import add_patient
from webapp.services.series import book_series

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

ROUNDS = 50


class Desk:
    """A receptionist with a booked first visit and a plan for more."""

    def __init__(self, clinic: Clinic, first: UUID, wanted: Sequence[UUID], patient: UUID) -> None:
        self.clinic, self.wanted = clinic, list(wanted)
        with tenant_scope(clinic.id):
            self.first = book(slot_id=first, patient_id=patient, actor="test", source="DESK").id

    def save(self, at_once: threading.Barrier) -> str:
        with tenant_scope(self.clinic.id):
            at_once.wait()
            try:
                book_series(
                    appointment_id=self.first,
                    version=1,
                    slot_ids=self.wanted,
                    actor="test",
                    key=Key(f"series:{self.first}", "asked"),
                )
            except (SlotTaken, PatientBusy) as refusal:
                return type(refusal).__name__
            return "all"


def save_all(*desks: Desk) -> list[str]:
    at_once = threading.Barrier(len(desks))
    with ThreadPoolExecutor(len(desks)) as pool:
        return list(pool.map(lambda desk: desk.save(at_once), desks))


def booked(records: Records, desk: Desk) -> int:
    """How many of its further visits a desk has."""
    mine = "SELECT count(*) FROM appointments WHERE idempotency_key LIKE :key AND status = 'CONFIRMED'"
    return records.one(mine, key=f"series:{desk.first}:%")[0]


def check(records: Records, desks: Sequence[Desk], told: Sequence[str], refused: str) -> None:
    assert Counter(told) == {"all": 1, refused: len(desks) - 1}, told
    for desk, word in zip(desks, told, strict=True):
        won = word == "all"
        assert booked(records, desk) == (len(desk.wanted) if won else 0)
        row = records.appointment(desk.first)
        assert (row.series_id is not None, row.version) == (won, 2 if won else 1)


def test_series_that_share_times(place, slots, records, chance: random.Random, seed: str, no_deadlock):
    for number in range(ROUNDS):
        first, second, *later = slots(10, first=10 * number)
        shared = chance.sample(later, chance.randint(1, 3))
        rest = [slot for slot in later if slot not in shared]
        chance.shuffle(rest)
        with tenant_scope(place.id):
            patients = [add_patient(full_name=name) for name in ("Ada", "Ben")]
        plans = [[*shared, *rest[:2]], [*shared, *rest[2:4]]]
        for plan in plans:
            chance.shuffle(plan)
        homes = zip((first, second), plans, patients, strict=True)
        desks = [Desk(place, home, plan, patient) for home, plan, patient in homes]
        told = save_all(*desks)
        check(records, desks, told, "SlotTaken")
        assert all(len(records.live(slot)) == 1 for slot in shared)
        lost = desks[told.index("SlotTaken")].wanted
        for slot in set(lost) - set(shared):
            assert (records.live(slot), records.slot(slot).status) == ([], "AVAILABLE")


def test_series_of_one_patient_at_the_same_times(place, slots, records, no_deadlock):
    """With two specialists, so that no slot is shared: the patient cannot be in both places."""
    other = colleague(place)
    for number in range(ROUNDS):
        with tenant_scope(place.id):
            patient = add_patient(full_name="Ada")
        (first, *mine), (_, second, *theirs) = slots(5, first=5 * number), slots(5, first=5 * number, of=other)
        desks = [Desk(place, first, mine[1:], patient), Desk(place, second, theirs[::-1], patient)]
        check(records, desks, save_all(*desks), "PatientBusy")


def test_the_same_series_twice_is_booked_once(place, slots, records, no_deadlock):
    for number in range(10):
        first, *later = slots(4, first=4 * number)
        with tenant_scope(place.id):
            desk = Desk(place, first, later, add_patient(full_name="Ada"))
        assert save_all(desk, desk) == ["all", "all"]
        assert booked(records, desk) == 3
        assert [len(records.live(slot)) for slot in later] == [1, 1, 1]


def test_a_series_against_single_bookings(place, slots, records, chance: random.Random, seed: str, no_deadlock):
    for number in range(ROUNDS // 2):
        first, *later = slots(5, first=5 * number)
        wanted = chance.choice(later)
        with tenant_scope(place.id):
            desk = Desk(place, first, later, add_patient(full_name="Ada"))
        at_once = threading.Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            series = pool.submit(desk.save, at_once)
            single = pool.submit(_book_one, place, wanted, at_once)
        told = {series.result(), single.result()}
        assert told in ({"all", "refused"}, {"SlotTaken", "booked"}), told
        assert booked(records, desk) == (4 if series.result() == "all" else 0)
        assert len(records.live(wanted)) == 1


def _book_one(place: Clinic, slot: UUID, at_once: threading.Barrier) -> str:
    with tenant_scope(place.id):
        at_once.wait()
        try:
            book(slot_id=slot, actor="test", source="DESK")
        except Conflict:
            return "refused"
        return "booked"
