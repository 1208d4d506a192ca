"""The same form sent twice within a moment, as by a double click without scripting: what it writes is there once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest

from tests.conftest import DAY, Clinic, Records
from webapp.core.tenancy import tenant_scope
from webapp.services.blocks import block_time
from webapp.services.patients import add_patient
from webapp.services.sick_day import open_sick_day
from webapp.services.waitlist import add_entry

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

ROUNDS, TWINS = 10, 4


def said_at_once(place: Clinic, say: Callable[[], UUID]) -> list[UUID]:
    barrier = Barrier(TWINS)

    def one(_number: int) -> UUID:
        with tenant_scope(place.id):
            barrier.wait()
            return say()

    with ThreadPoolExecutor(TWINS) as pool:
        return list(pool.map(one, range(TWINS)))


def test_a_stretch_is_blocked_once(place: Clinic, records: Records, no_deadlock):
    for number in range(ROUNDS):
        start = DAY + timedelta(minutes=30 * number)
        span = {"start": start, "end": start + timedelta(minutes=30)}
        told = said_at_once(
            place,
            lambda span=span: (
                block_time(specialist_id=place.specialist_id, reason="Meeting", actor="olga", **span).closure_id
            ),
        )
        assert len(set(told)) == 1
    assert records.count("closures", place) == records.count("desk_events", place) == ROUNDS


def test_an_absence_is_planned_once(place: Clinic, records: Records, no_deadlock):
    for number in range(ROUNDS):
        start = DAY + timedelta(days=number)
        span = {"start": start, "end": start + timedelta(days=1)}
        told = said_at_once(
            place, lambda span=span: open_sick_day(specialist_id=place.specialist_id, reason="Ill", **span)
        )
        assert len(set(told)) == 1
    assert records.count("sick_days", place) == ROUNDS


def test_a_patient_waits_once(place: Clinic, records: Records, no_deadlock):
    day = DAY.date()
    for number in range(ROUNDS):
        with tenant_scope(place.id):
            patient_id = add_patient(full_name=f"Waits {number}")
        wish = {"patient_id": patient_id, "type_id": place.type_id, "first_day": day, "last_day": day}
        told = said_at_once(place, lambda wish=wish: add_entry(**wish))
        assert len(set(told)) == 1
    assert records.count("waitlist_entries", place) == ROUNDS
