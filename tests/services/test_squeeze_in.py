"""An urgent visit where the time is full."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.conftest import DAY, PASSWORD, sound
from webapp.core.errors import Conflict, Forbidden, InvalidInput, NotFound, PatientBusy, SlotTaken
from webapp.core.tenancy import tenant_scope
from webapp.queries.availability import free_times_between
from webapp.services.appointments import cancel, name_hold
from webapp.services.booking import book, hold, reschedule, squeeze_in
from webapp.services.patients import add_patient
from webapp.services.signin import add_user
from webapp.services.specialists import add_type

ASKED = {"actor": "desk:olga", "source": "DESK"}


@pytest.fixture
def olga(within):
    return add_user(email="o@clinic.example", full_name="Olga", password=PASSWORD, role="OPERATOR")


@pytest.fixture
def squeeze(olga):
    def run(slot, **more):
        return squeeze_in(**{"slot_id": slot, "reason": "chest pain", "user_id": olga, **ASKED} | more)

    return run


def test_a_full_time_takes_one_more(within, squeeze, records):
    slot = within.slot()
    book(slot_id=slot, patient_id=within.pat, type_id=within.type_id, **ASKED)
    made = squeeze(slot, type_id=within.type_id)
    row = records.appointment(made.id)
    assert (row.seat, row.priority, row.squeeze_reason, row.status) == (0, "URGENT", "chest pain", "HOLD")
    assert records.events(made.id) == ["SQUEEZED_IN"]
    (detail,) = records.one("SELECT detail FROM appointment_events WHERE appointment_id = :id", id=made.id)
    assert detail == {"reason": "chest pain"}
    assert (records.slot(slot).status, records.slot(slot).capacity) == ("BOOKED", 1)
    with pytest.raises(SlotTaken, match="already squeezed in"):
        squeeze(slot)
    assert sound()


def test_a_free_time_is_booked_as_usual(within, squeeze):
    with pytest.raises(Conflict, match="This time is free"):
        squeeze(within.slot())


def test_an_overdue_hold_leaves_the_time_free(within, squeeze, records):
    slot = within.slot()
    records.run_out(hold(slot_id=slot, **ASKED).id)
    with pytest.raises(Conflict, match="This time is free"):
        squeeze(slot)


def test_a_full_group_takes_one_more(within, squeeze, records):
    slot = within.slot(capacity=2)
    book(slot_id=slot, **ASKED)
    with pytest.raises(Conflict, match="This time is free"):
        squeeze(slot)
    book(slot_id=slot, **ASKED)
    assert squeeze(slot).seat == 0
    assert records.slot(slot).status == "BOOKED"
    with pytest.raises(SlotTaken):
        book(slot_id=slot, **ASKED)
    assert sound()


def test_it_takes_nothing_from_the_slots_after_it(within, squeeze, records):
    first, second = within.slot(), within.slot(after=30)
    long = add_type(name="Long", minutes=60, specialist_ids=[within.specialist_id])
    book(slot_id=first, **ASKED)
    squeeze(first, type_id=long)
    assert records.slot(second).status == "AVAILABLE"
    assert [
        time.slot_id for time in free_times_between(type_id=within.type_id, since=DAY, until=DAY.replace(hour=2))
    ] == [second]
    book(slot_id=second, **ASKED)
    with pytest.raises(SlotTaken, match="already squeezed in"):
        squeeze(second)
    assert sound()


def test_a_patient_is_in_one_place(within, squeeze):
    slot = within.slot()
    book(slot_id=slot, patient_id=within.pat, **ASKED)
    with pytest.raises(PatientBusy):
        squeeze(slot, patient_id=within.pat)


def test_the_hold_gets_a_name_and_a_type_and_keeps_its_seat(within, squeeze, records):
    slot = within.slot()
    book(slot_id=slot, **ASKED)
    made = squeeze(slot)
    name_hold(appointment_id=made.id, patient_id=within.pat, type_id=within.type_id, actor="desk:olga", source="DESK")
    row = records.appointment(made.id)
    assert (row.status, row.seat, row.patient_id) == ("CONFIRMED", 0, within.pat)
    assert sound()


def test_moved_elsewhere_it_needs_a_seat_like_any_other(within, squeeze, records):
    full, other, free = within.slot(), within.slot(after=30), within.slot(after=60)
    book(slot_id=full, **ASKED)
    book(slot_id=other, **ASKED)
    made = squeeze(full, status="CONFIRMED")
    with pytest.raises(SlotTaken):
        reschedule(appointment_id=made.id, slot_id=other, version=1, **ASKED)
    reschedule(appointment_id=made.id, slot_id=free, version=1, **ASKED)
    assert (records.appointment(made.id).seat, records.slot(free).status) == (1, "BOOKED")
    assert squeeze(full).seat == 0
    assert sound()


def test_the_booked_visit_may_leave_and_another_come(within, squeeze, records):
    slot = within.slot()
    first = book(slot_id=slot, **ASKED)
    squeeze(slot)
    cancel(appointment_id=first.id, actor="desk:olga")
    assert records.slot(slot).status == "AVAILABLE"
    assert book(slot_id=slot, **ASKED).seat == 1
    assert sound()


def test_an_overdue_squeeze_in_gives_way(within, squeeze, records):
    slot = within.slot()
    book(slot_id=slot, **ASKED)
    first = squeeze(slot)
    records.run_out(first.id)
    squeeze(slot)
    assert records.appointment(first.id).status == "EXPIRED"


def test_a_reason_is_asked_for(within, squeeze):
    with pytest.raises(InvalidInput, match="cannot wait"):
        squeeze(within.slot(), reason="  ")


def test_only_those_who_may(within, squeeze, olga, records):
    slot = within.slot()
    book(slot_id=slot, **ASKED)
    records.rows("UPDATE users SET may_squeeze_in = false WHERE id = :id", id=olga)
    with pytest.raises(Forbidden, match="may not squeeze"):
        squeeze(slot)


def test_an_unknown_slot(within, squeeze):
    with pytest.raises(NotFound):
        squeeze(within.pat)


@pytest.mark.concurrency
def test_32_want_the_one_overflow_seat(app, within, squeeze, records):
    patients = [add_patient(full_name=f"Patient {n}") for n in range(32)]
    for number in range(5):
        slot = within.slot(after=30 * number)
        book(slot_id=slot, **ASKED)
        at_once = Barrier(32)

        def one(patient, slot=slot, at_once=at_once):
            at_once.wait()
            with tenant_scope(within.id):
                try:
                    return squeeze(slot, patient_id=patient, status="CONFIRMED").id
                except SlotTaken:
                    return None

        with ThreadPoolExecutor(32) as pool:
            won = list(pool.map(one, patients))
        assert sum(one is not None for one in won) == 1
        assert len(records.live(slot)) == 2
    assert sound()
