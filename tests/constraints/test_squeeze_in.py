"""The overflow seat, number 0: one at any time, urgent, and with a reason, whoever writes the row."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.conftest import DAY
from tests.constraints.test_appointments import HALF_HOUR, insert, put, refused, seat

URGENT = {"seat": 0, "priority": "URGENT", "squeeze_reason": "chest pain"}


def test_it_stands_beside_the_slots_own(sql, clinic):
    row = seat(clinic, clinic.slot())
    put(sql, **row)
    put(sql, **row, **URGENT)
    assert refused(sql, insert(**row), **row) == "unique_tenant_slot"


def test_there_is_one_at_a_start(sql, clinic):
    row = seat(clinic, clinic.slot(), **URGENT)
    put(sql, **row)
    assert refused(sql, insert(**row), **row) == "unique_tenant_slot"


def test_there_is_one_at_any_time(sql, clinic):
    put(
        sql,
        **seat(
            clinic,
            clinic.slot(),
            **URGENT,
        )
        | {"end_time": DAY + 2 * HALF_HOUR},
    )
    later = seat(clinic, clinic.slot(after=30), start_time=DAY + HALF_HOUR, end_time=DAY + 2 * HALF_HOUR, **URGENT)
    assert refused(sql, insert(**later), **later) == "appointments_no_overlap"


def test_also_beside_a_group(sql, clinic):
    group = seat(clinic, clinic.slot(capacity=2), slot_capacity=2)
    for number in (1, 2):
        put(sql, **group | {"seat": number})
    put(sql, **group | URGENT)
    assert refused(sql, insert(**group | {"seat": 3}), **group | {"seat": 3}) == "within_capacity"


@pytest.mark.parametrize(
    "spoiled", [{"priority": "NORMAL"}, {"priority": "VIP"}, {"squeeze_reason": None}, {"squeeze_reason": "  "}]
)
def test_only_an_urgent_visit_with_a_reason_has_it(sql, clinic, spoiled):
    row = seat(clinic, clinic.slot(), **URGENT | spoiled)
    assert refused(sql, insert(**row), **row) == "within_capacity"


def test_not_the_chair(sql, clinic):
    row = {"tenant_id": clinic.id, "start_time": DAY, **URGENT}
    assert refused(sql, insert(**row), **row) == "within_capacity"


def test_still_one_place_a_patient(sql, clinic):
    row = seat(clinic, clinic.slot(), patient_id=clinic.pat)
    put(sql, **row)
    assert refused(sql, insert(**row | URGENT), **row | URGENT) == "unique_patient_start"


def test_the_slot_does_not_count_it(sql, clinic):
    slot = clinic.slot()
    put(sql, **seat(clinic, slot, **URGENT))
    told = sql.execute(
        text("SELECT d.status::text, d.last_seat FROM time_slots s, derived_slot(s) d WHERE s.id = :id"), {"id": slot}
    )
    assert tuple(told.one()) == ("AVAILABLE", 0)


def test_a_room_is_a_room(sql, clinic):
    room = sql.execute(
        text("INSERT INTO rooms (tenant_id, name) VALUES (:t, 'One') RETURNING id"), {"t": clinic.id}
    ).scalar_one()
    slot = clinic.slot()
    put(sql, **seat(clinic, slot, room_id=room))
    put(sql, **seat(clinic, slot, room_id=room, **URGENT))
    early = seat(
        clinic,
        clinic.slot(after=-30),
        room_id=room,
        start_time=DAY - HALF_HOUR,
        end_time=DAY + timedelta(minutes=5),
        **URGENT,
    )
    early |= {"end_time": DAY + timedelta(minutes=5)}
    assert refused(sql, insert(**early), **early) in ("rooms_no_overlap", "appointments_no_overlap")
