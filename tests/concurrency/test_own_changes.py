"""A patient changes a visit by its link while the desk, or the waiting list, reaches for the same one. Over HTTP."""

from contextlib import closing
from uuid import UUID

import pytest

from tests.concurrency.desks import Desk, at_once
from tests.conftest import DAY, Clinic, Records, Server
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book
from webapp.services.manage_links import make_link
from webapp.services.patients import add_patient
from webapp.services.waitlist import add_entry, offer_next

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

BOTH = pytest.mark.parametrize("which", ["server", "settling_server"])
ROUNDS = 20


class Telephone(Desk):
    """A patient's browser without scripting, and no account."""

    def __init__(self, server: Server, clinic: Clinic) -> None:
        self.connection, self.home, self.cookies = server.connect(), f"/c/{clinic.id}", {}
        self.token = self.send("GET", "/find")[1].select_one("[name=csrf_token]")["value"]


@pytest.fixture
def open_to(place: Clinic, records: Records) -> None:
    """The slots of these tests lie years ahead."""
    records.rows("UPDATE tenants SET horizon_days = 3660 WHERE id = :id", id=place.id)


def visit_with_link(place: Clinic, slot: UUID) -> tuple[UUID, str]:
    with tenant_scope(place.id):
        visit = book(slot_id=slot, patient_id=place.pat, type_id=place.type_id, minutes=15, actor="test", source="DESK")
        return visit.id, f"/visit/{make_link(appointment_id=visit.id)}"


@BOTH
@pytest.mark.parametrize("desks", ["cancel", "place"])
def test_either_the_patient_or_the_desk_and_the_loser_is_told(
    request, which, desks, place, slots, records, open_to, no_deadlock
):
    server = request.getfixturevalue(which)
    won = {"patient": 0, "desk": 0}
    with closing(Telephone(server, place)) as phone, closing(Desk(server, place, "olga")) as desk:
        for number in range(ROUNDS):
            home, wanted, other = slots(3, first=3 * number)
            visit, page = visit_with_link(place, home)
            asked = {"slot_id": other, "version": 1} if desks == "place" else {"version": 1}
            mine, theirs = at_once(
                lambda page=page, goal=wanted: phone.post(f"{page}/move/to/{goal}", version=1),
                lambda visit=visit, asked=asked: desk.post(f"/desk/appointments/{visit}/{desks}", **asked),
            )
            row = records.appointment(visit)
            assert sorted([mine[0], theirs[0]]) == [200, 409]
            assert row.version == 2
            if mine[0] == 200:
                won["patient"] += 1
                assert (row.status, row.time_slot_id) == ("CONFIRMED", wanted)
            else:
                won["desk"] += 1
                after = ("CONFIRMED", other) if desks == "place" else ("CANCELLED", home)
                assert (row.status, row.time_slot_id) == after
                assert mine[1].select_one("[role=alert]"), "the patient was not told"
            taken = [slot for slot in (home, wanted, other) if records.live(slot)]
            assert taken == ([row.time_slot_id] if row.status == "CONFIRMED" else [])
            free = {slot for slot in (home, wanted, other) if records.slot(slot).status == "AVAILABLE"}
            assert free == {home, wanted, other} - set(taken)
            records.rows("UPDATE appointments SET patient_id = NULL WHERE id = :id", id=visit)
    print(won)


@BOTH
def test_a_move_and_a_cancellation_of_one_patient(request, which, place, slots, records, open_to, no_deadlock):
    """Two windows of one telephone: the visit is moved or cancelled, never a cancelled one that holds a new time."""
    server = request.getfixturevalue(which)
    with closing(Telephone(server, place)) as one, closing(Telephone(server, place)) as two:
        for number in range(ROUNDS):
            home, wanted = slots(2, first=2 * number)
            visit, page = visit_with_link(place, home)
            moved, cancelled = at_once(
                lambda page=page, goal=wanted: one.post(f"{page}/move/to/{goal}", version=1),
                lambda page=page: two.post(f"{page}/cancel", version=1, reason=""),
            )
            row = records.appointment(visit)
            assert sorted([moved[0], cancelled[0]]) == [200, 409]
            assert row.status == ("CONFIRMED" if moved[0] == 200 else "CANCELLED")
            assert records.live(wanted) == ([visit] if moved[0] == 200 else [])
            records.rows("UPDATE appointments SET patient_id = NULL WHERE id = :id", id=visit)


@BOTH
def test_what_is_cancelled_goes_to_who_waits_once(request, which, place, slots, records, open_to, no_deadlock):
    server = request.getfixturevalue(which)
    day = DAY.date()
    with closing(Telephone(server, place)) as phone, tenant_scope(place.id):
        for number in range(ROUNDS):
            (home,) = slots(1, first=4 * number)  # a quarter of an hour each, apart
            records.rows("UPDATE appointment_types SET minutes = 15 WHERE tenant_id = :id", id=place.id)
            visit, page = visit_with_link(place, home)
            waiting = add_patient(full_name=f"Waits {number}")
            add_entry(patient_id=waiting, type_id=place.type_id, first_day=day, last_day=day)
            cancelled, offered = at_once(
                lambda page=page: phone.post(f"{page}/cancel", version=1, reason=""),
                lambda home=home: offered_in(place, home),
            )
            assert cancelled[0] == 200
            assert records.appointment(visit).status == "CANCELLED"
            assert offered is None or offered.appointment_id in records.live(home)
            again = offer_next(slot_id=home, actor="test")
            assert (offered is None) != (again is None)
            (live,) = records.live(home)
            assert records.appointment(live).patient_id == waiting
            records.rows("UPDATE appointments SET patient_id = NULL WHERE id = :id", id=visit)


def offered_in(place: Clinic, slot: UUID):
    """By the job, which has the clinic's scope in a thread of its own."""
    with tenant_scope(place.id):
        return offer_next(slot_id=slot, actor="test")
