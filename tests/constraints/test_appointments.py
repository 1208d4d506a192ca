"""What the database refuses to hand-written SQL, whatever the application would have done."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.conftest import DAY, Clinic
from webapp.core.constraints import violated

HALF_HOUR = timedelta(minutes=30)


def refused(sql, statement: str, **params) -> str:
    """The name of the constraint that refuses a statement."""

    def try_it() -> None:
        sql.execute(text(statement), params)
        sql.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))

    with pytest.raises(IntegrityError) as caught:
        try_it()
    return violated(caught.value)


def insert(**columns) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO appointments ({names}) VALUES ({', '.join(':' + name for name in columns)})"


def seat(clinic: Clinic, slot, **more) -> dict:
    """A sound row on a slot of capacity 1 that starts at DAY, to be spoiled by each test."""
    return {
        "tenant_id": clinic.id,
        "specialist_id": clinic.specialist_id,
        "time_slot_id": slot,
        "slot_capacity": 1,
        "start_time": DAY,
        "end_time": DAY + HALF_HOUR,
    } | more


def put(sql, **columns):
    return sql.execute(text(insert(**columns) + " RETURNING id"), columns).scalar_one()


def test_the_ledgers_manual_insert_names_unique_tenant_slot(sql, clinic):
    row = {"tenant_id": clinic.id, "start": DAY, "key": "manual-001"}
    statement = "INSERT INTO bookings (tenant_id, start_time_utc, idempotency_key) VALUES (:tenant_id, :start, :key)"
    sql.execute(text(statement), row)
    with pytest.raises(IntegrityError) as caught:
        sql.execute(text(statement), row | {"key": "different-key"})
    assert str(caught.value.orig).splitlines()[0] == (
        'duplicate key value violates unique constraint "unique_tenant_slot"'
    )


def test_a_seat_is_sold_once(sql, clinic):
    row = seat(clinic, clinic.slot())
    put(sql, **row)
    assert refused(sql, insert(**row), **row) == "unique_tenant_slot"


def test_a_cancelled_seat_may_be_sold_again(sql, clinic):
    row = seat(clinic, clinic.slot())
    put(sql, **row, status="CANCELLED")
    put(sql, **row)


def test_no_overlap_with_another_start(sql, clinic):
    put(sql, **seat(clinic, clinic.slot()), busy_until=DAY + timedelta(minutes=40))
    later = seat(clinic, clinic.slot(after=30), start_time=DAY + HALF_HOUR, end_time=DAY + 2 * HALF_HOUR)
    assert refused(sql, insert(**later), **later) == "appointments_no_overlap"


def test_no_overlap_of_a_group_seat_with_a_whole_visit(sql, clinic):
    """A visit that reaches into a group's time would need a seat there, whatever number it says it has."""
    long = seat(clinic, clinic.slot(), end_time=DAY + 2 * HALF_HOUR)
    group = clinic.slot(after=30, capacity=8)
    later = seat(clinic, group, start_time=DAY + HALF_HOUR, end_time=DAY + 2 * HALF_HOUR, slot_capacity=8, seat=5)
    put(sql, **later)
    assert refused(sql, insert(**long), **long) == "appointments_no_overlap"


def test_a_group_seat_ends_with_its_slot(sql, clinic):
    row = seat(clinic, clinic.slot(capacity=8), slot_capacity=8, seat=2, end_time=DAY + 2 * HALF_HOUR)
    assert refused(sql, insert(**row), **row) == "group_seat_fits_slot"


def test_chair_bookings_do_not_overlap(sql, clinic):
    put(sql, tenant_id=clinic.id, start_time=DAY, end_time=DAY + 2 * HALF_HOUR)
    row = {"tenant_id": clinic.id, "start_time": DAY + HALF_HOUR}
    assert refused(sql, insert(**row), **row) == "appointments_no_overlap"


def test_a_key_is_used_once(sql, clinic):
    put(sql, tenant_id=clinic.id, start_time=DAY, idempotency_key="k")
    row = {"tenant_id": clinic.id, "start_time": DAY + HALF_HOUR, "idempotency_key": "k"}
    assert refused(sql, insert(**row), **row) == "unique_tenant_idempotency"


def test_a_patient_starts_one_visit_at_a_time(sql, clinic):
    put(sql, tenant_id=clinic.id, start_time=DAY, patient_id=clinic.pat)
    row = seat(clinic, clinic.slot(), patient_id=clinic.pat)
    assert refused(sql, insert(**row), **row) == "unique_patient_start"


@pytest.mark.parametrize("number", [0, 2, -1])
def test_no_seat_beyond_the_capacity(sql, clinic, number):
    row = seat(clinic, clinic.slot(), seat=number)
    assert refused(sql, insert(**row), **row) == "within_capacity"


def test_no_second_seat_on_the_chair(sql, clinic):
    row = {"tenant_id": clinic.id, "start_time": DAY, "seat": 2}
    assert refused(sql, insert(**row), **row) == "within_capacity"


def test_a_seat_repeats_its_slots_capacity_truly(sql, clinic):
    row = seat(clinic, clinic.slot(), slot_capacity=5, seat=5)
    assert refused(sql, insert(**row), **row) == "appointment_fits_slot"


def test_a_seat_repeats_its_slots_start_truly(sql, clinic):
    row = seat(clinic, clinic.slot(), start_time=DAY + timedelta(minutes=5))
    assert refused(sql, insert(**row), **row) == "appointment_fits_slot"


def test_capacity_cannot_be_lowered_under_live_seats(sql, clinic):
    slot = clinic.slot(capacity=5)
    put(sql, **seat(clinic, slot, slot_capacity=5, seat=5))
    statement = "UPDATE time_slots SET capacity = 4 WHERE tenant_id = :tenant AND id = :slot"
    assert refused(sql, statement, tenant=clinic.id, slot=slot) == "appointment_fits_slot"


def test_nor_together_with_its_appointments(sql, clinic):
    slot = clinic.slot(capacity=5)
    put(sql, **seat(clinic, slot, slot_capacity=5, seat=5))
    sql.execute(text("SET CONSTRAINTS appointment_fits_slot DEFERRED"))
    sql.execute(
        text("UPDATE time_slots SET capacity = 4 WHERE tenant_id = :tenant AND id = :slot"),
        {"tenant": clinic.id, "slot": slot},
    )
    statement = "UPDATE appointments SET slot_capacity = 4 WHERE tenant_id = :tenant AND time_slot_id = :slot"
    assert refused(sql, statement, tenant=clinic.id, slot=slot) == "within_capacity"


def test_a_specialist_without_a_slot_is_refused(sql, clinic):
    row = seat(clinic, None, slot_capacity=None)
    assert refused(sql, insert(**row), **row) == "live_specialist_has_slot"


def test_another_clinics_specialist_is_refused(sql, clinic, other_clinic):
    row = seat(clinic, clinic.slot(), specialist_id=other_clinic.specialist_id)
    assert refused(sql, insert(**row), **row) in ("appointment_fits_slot", "fk_appointments_specialist")


def test_another_clinics_slot_is_refused(sql, clinic, other_clinic):
    row = seat(clinic, other_clinic.slot(), specialist_id=other_clinic.specialist_id)
    assert refused(sql, insert(**row), **row) in ("appointment_fits_slot", "fk_appointments_specialist")


def test_another_clinics_patient_is_refused(sql, clinic, other_clinic):
    row = {"tenant_id": clinic.id, "start_time": DAY, "patient_id": other_clinic.pat}
    assert refused(sql, insert(**row), **row) == "fk_appointments_patient"


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"status": "HOLD"}, "hold_expires"),
        ({"expires_at": DAY}, "hold_expires"),
        ({"end_time": DAY}, "appointment_time_range"),
        ({"end_time": DAY + timedelta(days=2)}, "appointment_within_a_day"),
        ({"busy_until": DAY - HALF_HOUR}, "appointment_buffers"),
        ({"idempotency_key": ""}, "idempotency_key_length"),
        ({"idempotency_key": "k" * 256}, "idempotency_key_length"),
        ({"time_slot_id": uuid4(), "status": "CANCELLED", "end_time": DAY + HALF_HOUR}, "slot_with_capacity"),
        ({"time_slot_id": uuid4(), "slot_capacity": 1, "status": "CANCELLED"}, "slot_visit_ends"),
        ({"start_time": DAY.replace(year=2300)}, "appointment_in_calendar"),
    ],
)
def test_each_row_makes_sense(sql, clinic, columns, constraint):
    row = {"tenant_id": clinic.id, "start_time": DAY} | columns
    assert refused(sql, insert(**row), **row) == constraint


def test_a_room_is_used_once(sql, clinic, other_clinic):
    room = sql.execute(
        text("INSERT INTO rooms (tenant_id, name) VALUES (:tenant, 'Room 1') RETURNING id"), {"tenant": clinic.id}
    ).scalar_one()
    put(sql, **seat(clinic, clinic.slot(), room_id=room))
    row = {"tenant_id": clinic.id, "start_time": DAY, "room_id": room}
    assert refused(sql, insert(**row), **row) == "rooms_no_overlap"


def test_the_seats_of_one_group_share_its_room(sql, clinic):
    room = sql.execute(
        text("INSERT INTO rooms (tenant_id, name) VALUES (:tenant, 'Room 1') RETURNING id"), {"tenant": clinic.id}
    ).scalar_one()
    slot = clinic.slot(capacity=2)
    for number in (1, 2):
        put(sql, **seat(clinic, slot, slot_capacity=2, seat=number, room_id=room))


def test_slots_of_a_specialist_do_not_overlap(sql, clinic):
    clinic.slot()
    statement = """INSERT INTO time_slots (tenant_id, specialist_id, start_time, end_time)
                   VALUES (:tenant, :specialist, :start, :end)"""
    params = {"tenant": clinic.id, "specialist": clinic.specialist_id, "start": DAY, "end": DAY + timedelta(minutes=5)}
    assert refused(sql, statement, **params) == "time_slots_no_overlap"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("end_time = start_time", "chk_time_range"),
        ("end_time = start_time + interval '25 hours'", "slot_within_a_day"),
        ("capacity = 0", "slot_capacity_range"),
        ("status = 'HOLD'", "slot_hold_ends"),
        ("held_until = now()", "slot_hold_ends"),
    ],
)
def test_each_slot_makes_sense(sql, clinic, change, constraint):
    slot = clinic.slot()
    statement = f"UPDATE time_slots SET {change} WHERE tenant_id = :tenant AND id = :slot"
    assert refused(sql, statement, tenant=clinic.id, slot=slot) == constraint
