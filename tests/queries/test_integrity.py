"""The search for what must not be finds each planted fault, in a book whose guards were taken off for that."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import BEGUN, DAY, Clinic, Records, another_book, colleague, make_clinic
from webapp.core.tenancy import tenant_scope
from webapp.queries.integrity import Finding, check_integrity
from webapp.services.appointments import cancel, complete, confirm, no_show
from webapp.services.booking import book, hold, reschedule
from webapp.services.event_chain import seal_events
from webapp.services.specialists import add_type
from webapp.services.sweep import sweep_holds

ASKED = {"actor": "test", "source": "DESK"}
HALF = timedelta(minutes=30)

GUARDS_OFF = """
    DROP INDEX unique_tenant_slot;
    ALTER TABLE appointments DROP CONSTRAINT appointments_no_overlap, DROP CONSTRAINT rooms_no_overlap,
        DROP CONSTRAINT within_capacity, DROP CONSTRAINT appointment_fits_slot, DROP CONSTRAINT group_seat_fits_slot;
    ALTER TABLE time_slots DROP CONSTRAINT time_slots_no_overlap;
"""


@pytest.fixture(scope="module")
def unguarded(app, new_database) -> Iterator[Records]:
    """A book of its own, without the constraints that would refuse the faults."""
    url = new_database("holdfast_unguarded")
    engine = create_engine(url)
    with another_book(url):
        with engine.begin() as connection:
            for statement in GUARDS_OFF.split(";"):
                if statement.strip():
                    connection.execute(text(statement))
        yield Records(engine)
    engine.dispose()


@pytest.fixture
def place(unguarded) -> Iterator[Clinic]:
    """A clinic with a day's work behind it, and its scope open."""
    clinic = make_clinic("harbour")
    with tenant_scope(clinic.id):
        live_a_day(clinic, unguarded)
        yield clinic


def live_a_day(clinic: Clinic, records: Records) -> None:
    surgery = add_type(name="Surgery", minutes=45, buffer_after=10, specialist_ids=[clinic.specialist_id])
    clinic = replace(clinic, day=BEGUN)
    slots = [clinic.slot(after=30 * n) for n in range(8)]
    group = clinic.slot(after=240, capacity=3)
    complete(appointment_id=book(slot_id=slots[0], patient_id=clinic.pat, **ASKED).id, actor="olga")
    no_show(appointment_id=book(slot_id=slots[1], **ASKED).id, actor="olga")
    made = book(slot_id=slots[1], **ASKED)
    confirm(appointment_id=hold(slot_id=slots[2], type_id=surgery, **ASKED).id, actor="pat")
    records.run_out(hold(slot_id=slots[4], **ASKED).id)
    sweep_holds()
    records.run_out(hold(slot_id=slots[5], **ASKED).id)
    hold(slot_id=slots[6], **ASKED)
    reschedule(appointment_id=made.id, slot_id=slots[7], version=1, **ASKED)
    for _ in range(2):
        book(slot_id=group, **ASKED)
    cancel(appointment_id=book(slot_id=group, **ASKED).id, actor="pat")
    by_hand = "INSERT INTO bookings (tenant_id, start_time_utc) VALUES (:t, :start)"
    records.rows(by_hand, t=clinic.id, start=DAY + timedelta(days=3))
    seal_events()


def found() -> dict[str, list[str]]:
    """The faults, by what was checked; checks that found nothing are left out."""
    return {finding.check: finding.faults for finding in check_integrity() if finding.faults}


def test_a_day_of_work_leaves_none(place):
    findings = check_integrity()
    assert [finding for finding in findings if finding.faults] == []
    assert all(isinstance(finding, Finding) and finding.rows > 0 for finding in findings)


def test_nor_does_a_hold_that_was_forgotten_and_taken_elsewhere(place, unguarded):
    """The patient's new time makes the door flip the old one, whose slot nobody asked for."""
    forgotten = hold(slot_id=tomorrow(place), patient_id=place.pat, **ASKED)
    unguarded.run_out(forgotten.id)
    hold(slot_id=tomorrow(place, after=60), patient_id=place.pat, **ASKED)
    sweep_holds()
    assert found() == {}


def insert_seat(records: Records, clinic: Clinic, slot, **more) -> str:
    row = {
        "tenant_id": clinic.id, "specialist_id": clinic.specialist_id, "time_slot_id": slot, "slot_capacity": 1,
        "start_time": DAY + timedelta(days=1), "end_time": DAY + timedelta(days=1) + HALF,
    } | more  # fmt: skip
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    return str(records.one(f"INSERT INTO appointments ({names}) VALUES ({values}) RETURNING id", **row).id)


def refresh(records: Records, clinic: Clinic) -> None:
    records.rows(
        "SELECT refresh_slots(:t, :s, :since, :until)",
        t=clinic.id, s=clinic.specialist_id, since=DAY, until=DAY + timedelta(days=5),
    )  # fmt: skip


def tomorrow(clinic: Clinic, **more):
    return clinic.slot(DAY + timedelta(days=1), **more)


def one_seat_twice(records: Records, clinic: Clinic) -> list[str]:
    slot = tomorrow(clinic)
    ids = [insert_seat(records, clinic, slot) for _ in range(2)]
    refresh(records, clinic)
    return ids


def one_after_the_other(records: Records, clinic: Clinic, **first_one: datetime) -> list[str]:
    first, second = tomorrow(clinic), tomorrow(clinic, after=30)
    start = DAY + timedelta(days=1)
    ids = [
        insert_seat(records, clinic, first, **first_one),
        insert_seat(records, clinic, second, start_time=start + HALF, end_time=start + 2 * HALF),
    ]
    refresh(records, clinic)
    return ids


def visits_that_overlap(records: Records, clinic: Clinic) -> list[str]:
    return one_after_the_other(records, clinic, end_time=DAY + timedelta(days=1, minutes=31))


def a_visit_in_a_buffer(records: Records, clinic: Clinic) -> list[str]:
    return one_after_the_other(records, clinic, busy_until=DAY + timedelta(days=1, minutes=31))


def the_chair_twice(records: Records, clinic: Clinic) -> list[str]:
    on_the_chair = {"specialist_id": None, "slot_capacity": None}
    start = DAY + timedelta(days=1)
    return [
        insert_seat(records, clinic, None, **on_the_chair),
        insert_seat(records, clinic, None, start_time=start + timedelta(minutes=7), end_time=None, **on_the_chair),
    ]


def a_seat_too_many(records: Records, clinic: Clinic) -> list[str]:
    slot = tomorrow(clinic, capacity=2)
    for number in (1, 2, 3):
        insert_seat(records, clinic, slot, slot_capacity=2, seat=number)
    refresh(records, clinic)
    return [str(slot)]


def a_capacity_of_its_own(records: Records, clinic: Clinic) -> list[str]:
    return [insert_seat(records, clinic, tomorrow(clinic, capacity=4), slot_capacity=5)]


def a_start_of_its_own(records: Records, clinic: Clinic) -> list[str]:
    slot = tomorrow(clinic)
    made = insert_seat(records, clinic, slot, start_time=DAY + timedelta(days=1, minutes=1))
    refresh(records, clinic)
    return [made]


def no_slot_at_all(records: Records, clinic: Clinic) -> list[str]:
    slot = tomorrow(clinic)
    made = insert_seat(records, clinic, slot)
    records.rows("DELETE FROM time_slots WHERE id = :id", id=slot)
    return [made]


def slots_that_overlap(records: Records, clinic: Clinic) -> list[str]:
    return [str(tomorrow(clinic)), str(tomorrow(clinic, after=29))][:1]


def wrong_status(statement: str) -> Callable[[Records, Clinic], list[str]]:
    def plant(records: Records, clinic: Clinic) -> list[str]:
        slot = tomorrow(clinic)
        if "AVAILABLE" in statement:
            hold(slot_id=slot, **ASKED)
        records.rows(f"UPDATE time_slots SET {statement} WHERE id = :id", id=slot)
        return [str(slot)]

    return plant


def held_for_longer_than_the_hold(records: Records, clinic: Clinic) -> list[str]:
    slot = tomorrow(clinic)
    hold(slot_id=slot, **ASKED)
    records.rows("UPDATE time_slots SET held_until = held_until + interval '1 year' WHERE id = :id", id=slot)
    return [str(slot)]


def no_beginning(records: Records, clinic: Clinic) -> list[str]:
    made = book(slot_id=tomorrow(clinic), **ASKED)
    records.rows("DELETE FROM appointment_events WHERE appointment_id = :id", id=made.id)
    return [str(made.id)]


def a_room_twice(records: Records, clinic: Clinic) -> list[str]:
    room = records.one("INSERT INTO rooms (tenant_id, name) VALUES (:t, 'X-ray') RETURNING id", t=clinic.id).id
    ids = []
    for one in (clinic, colleague(clinic)):
        ids.append(insert_seat(records, one, tomorrow(one), room_id=room))
        refresh(records, one)
    return ids


def as_if_restored_badly(statement: str) -> Callable[[Records, Clinic], list[str]]:
    """Foreign keys do not look while a session plays the replica."""

    def plant(records: Records, clinic: Clinic) -> list[str]:
        made = book(slot_id=tomorrow(clinic), patient_id=clinic.pat, **ASKED)
        seal_events()
        with records.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement), {"t": clinic.id, "id": made.id, "pat": clinic.pat})
        return [str(made.id)]

    return plant


ASTRAY = """INSERT INTO appointment_events (tenant_id, id, appointment_id, event_type)
            VALUES (:t, :id, gen_random_uuid(), 'CONFIRMED')"""

FAULTS = {
    "one seat twice": (one_seat_twice, "share a seat"),
    "two visits that overlap": (visits_that_overlap, "share a seat"),
    "a visit in another's buffer": (a_visit_in_a_buffer, "share a seat"),
    "the chair twice": (the_chair_twice, "share a seat"),
    "a seat too many": (a_seat_too_many, "more live appointments than its capacity"),
    "a capacity of its own": (a_capacity_of_its_own, "repeats its slot"),
    "a start of its own": (a_start_of_its_own, "repeats its slot"),
    "no slot at all": (no_slot_at_all, "repeats its slot"),
    "slots that overlap": (slots_that_overlap, "slots overlap"),
    "booked by nobody": (wrong_status("status = 'BOOKED'"), "status follows"),
    "held by nobody": (wrong_status("status = 'HOLD', held_until = now() + interval '1 day'"), "status follows"),
    "open though taken": (wrong_status("status = 'AVAILABLE', held_until = NULL"), "status follows"),
    "held for longer than the hold": (held_for_longer_than_the_hold, "status follows"),
    "no beginning": (no_beginning, "event that began it"),
    "a room twice": (a_room_twice, "room"),
    "a patient who is gone": (as_if_restored_badly("DELETE FROM patients WHERE id = :pat"), "patient"),
    "an event of nothing": (as_if_restored_badly(ASTRAY), "event"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_it_is_found_and_named(place, unguarded, fault):
    plant, told = FAULTS[fault]
    suspects = plant(unguarded, place)
    told_of = {check: faults for check, faults in found().items() if told in check}
    assert told_of, f"no check speaks of “{told}”: {found()}"
    lines = "\n".join(line for faults in told_of.values() for line in faults)
    assert all(suspect in lines for suspect in suspects)


def test_another_clinic_has_nothing_to_do_with_it(place, unguarded):
    one_seat_twice(unguarded, place)
    other = make_clinic("mallory")
    with tenant_scope(other.id):
        assert found() == {}


CHAIN = "the chain of events is unbroken"
LINK = "FROM appointment_event_chain WHERE tenant_id = :t"
EVENT = "(SELECT event_id FROM appointment_event_chain WHERE tenant_id = :t AND position = 3)"
TAMPERED = {
    "what happened": [f"UPDATE appointment_events SET event_type = 'CANCELLED' WHERE id = {EVENT}"],
    "who did it": [f"UPDATE appointment_events SET actor = 'somebody else' WHERE id = {EVENT}"],
    "when": [f"UPDATE appointment_events SET created_at = created_at + interval '1 us' WHERE id = {EVENT}"],
    "the detail": [f'UPDATE appointment_events SET detail = \'{{"reason": ""}}\' WHERE id = {EVENT}'],
    "to whom": [
        f"""UPDATE appointment_events e SET appointment_id = a.id FROM appointments a
            WHERE a.tenant_id = :t AND e.id = {EVENT} AND a.id <> e.appointment_id"""
    ],
    "the event is gone": [f"DELETE FROM appointment_events WHERE id = {EVENT}"],
    "event and link are gone": [
        f"DELETE FROM appointment_events WHERE id = {EVENT}",
        f"DELETE {LINK} AND position = 3",
    ],
    "the digest": ["UPDATE appointment_event_chain SET digest = sha256(digest) WHERE tenant_id = :t AND position = 3"],
    "two changed places": [
        "UPDATE appointment_event_chain SET position = position - 7 WHERE tenant_id = :t AND position IN (3, 4)",
        "UPDATE appointment_event_chain SET position = -position WHERE tenant_id = :t AND position < 0",
    ],
    "two changed events": [
        "ALTER TABLE appointment_event_chain DROP CONSTRAINT unique_chained_event",
        """UPDATE appointment_event_chain c SET event_id = o.event_id FROM appointment_event_chain o
           WHERE c.tenant_id = :t AND o.tenant_id = :t AND (c.position, o.position) IN ((3, 4), (4, 3))""",
    ],
    "closed up as if one had never been": [
        f"DELETE FROM appointment_events WHERE id = {EVENT}",
        f"DELETE {LINK} AND position = 3",
        "UPDATE appointment_event_chain SET position = 1 - position WHERE tenant_id = :t AND position > 3",
        "UPDATE appointment_event_chain SET position = -position WHERE tenant_id = :t AND position < 0",
    ],
}


@pytest.mark.parametrize("change", TAMPERED)
def test_a_changed_history_is_found(place, unguarded, change):
    with unguarded.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in TAMPERED[change]:
            assert connection.execute(text(statement), {"t": place.id}).rowcount
    assert found().get(CHAIN), f"nobody noticed: {change}"


def test_what_is_not_sealed_yet_is_no_fault(place):
    hold(slot_id=tomorrow(place), **ASKED)
    assert CHAIN not in found()
