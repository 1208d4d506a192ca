"""One patient who is offered two times that overlap, by two specialists, at the same moment."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.concurrency.crowd import Ask, Crowd
from tests.conftest import DAY, Clinic, colleague, make_clinic
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import iso
from webapp.services.booking import hold
from webapp.services.patients import add_patient

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

BOTH = pytest.mark.parametrize("which", ["server", "settling_server"])
ROUNDS, CLIENTS = 12, 8


@pytest.fixture
def two(app) -> tuple[Clinic, Clinic]:
    """The same clinic from the side of two specialists, whose hours are a quarter of an hour apart."""
    clinic = make_clinic("race")
    return clinic, colleague(clinic)


@BOTH
def test_a_patient_is_in_one_place_at_a_time(request, which, two, records, no_deadlock):
    with Crowd(request.getfixturevalue(which), two[0].id, size=CLIENTS) as crowd:
        for number in range(ROUNDS):
            start = DAY + timedelta(hours=number)
            for minutes, specialist in zip((0, 15), two, strict=True):
                specialist.slot(start, after=minutes)
            with tenant_scope(two[0].id):
                patient = add_patient(full_name="Busy", reference=f"user_{number}")
            day, clock = iso(start)[:10], [f"{start + timedelta(minutes=m):%H:%M}" for m in (0, 15)]
            asks = [
                Ask("POST", "/bookings", {"user_id": f"user_{number}", "date": day, "time": clock[client % 2]})
                for client in range(CLIENTS)
            ]
            told = crowd.ask(asks)
            assert Counter(one.status == 200 for one in told) == {True: 1, False: CLIENTS - 1}, told
            assert {one.status for one in told} <= {200, 400, 409}
            live = "SELECT count(*) FROM appointments WHERE patient_id = :p AND status = 'CONFIRMED'"
            assert records.one(live, p=patient)[0] == 1


@BOTH
def test_nor_do_two_moves_bring_them_together(request, which, two, records, no_deadlock):
    """Two appointments of theirs, moved at the same moment to times that overlap: one of them stays where it was."""
    with Crowd(request.getfixturevalue(which), two[0].id, size=2) as crowd:
        for number in range(ROUNDS):
            start = DAY + timedelta(hours=2 * number)
            homes = [specialist.slot(start, after=60) for specialist in two]
            goals = [specialist.slot(start, after=after) for after, specialist in zip((0, 15), two, strict=True)]
            with tenant_scope(two[0].id):
                patient = add_patient(full_name="Busy")
                first = hold(slot_id=homes[0], patient_id=patient, actor="test", source="DESK").id
                second = hold(slot_id=two[1].slot(start, after=90), patient_id=patient, actor="test", source="DESK").id
            told = crowd.ask(
                [
                    Ask("POST", f"/api/bookings/{one}/reschedule", {"slot_id": str(goal), "version": 1})
                    for one, goal in zip((first, second), goals, strict=True)
                ]
            )
            assert Counter(one.status for one in told) == {200: 1, 409: 1}, told
            assert sum(len(records.live(goal)) for goal in goals) == 1
