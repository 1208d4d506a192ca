"""What is offered is what can be had: free_times() against the door itself, over random small days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from tests.conftest import DAY, Clinic, Records, colleague, make_clinic
from webapp.core.constraints import translate
from webapp.core.database import engines, new_id
from webapp.core.errors import DomainError
from webapp.core.tenancy import tenant_scope
from webapp.queries.availability import free_times_between
from webapp.services import claim
from webapp.services.appointments import cancel
from webapp.services.booking import book, hold
from webapp.services.specialists import add_type

ASKED = {"actor": "test", "source": "DESK"}
MIDNIGHT = DAY + timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """Slots as (minutes after the one before, minutes, capacity), types as (minutes, before, after), bookings as
    (slot, type or none, what became of it); group slots are booked with a group type."""

    slots: list[tuple[int, int, int]]
    types: list[tuple[int, int, int]]
    bookings: list[tuple[int, int | None, str]]
    since_slot: int = 0


FATES = ["booked", "held", "overdue", "cancelled", "missed"]

days = st.builds(
    Day,
    slots=st.lists(
        st.tuples(
            st.sampled_from([0, 0, 0, 0, 5, 20]),
            st.sampled_from([10, 15, 15, 30, 60]),
            st.sampled_from([1, 1, 1, 1, 3]),
        ),
        min_size=1,
        max_size=6,
    ),
    types=st.lists(
        st.tuples(
            st.sampled_from([10, 15, 30, 45, 60]), st.sampled_from([0, 0, 5, 10]), st.sampled_from([0, 0, 5, 20])
        ),
        min_size=1,
        max_size=2,
    ),
    bookings=st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 1), st.sampled_from(FATES)), max_size=5),
    since_slot=st.integers(0, 3),
)


@dataclass
class Built:
    clinic: Clinic
    slots: dict[UUID, datetime]
    types: list[UUID]


def build(day: Day, records: Records) -> Built:
    clinic = make_clinic("small")
    with tenant_scope(clinic.id):
        slots = _add_slots(clinic, day, records)
        offered_by = {"specialist_ids": [clinic.specialist_id]}
        types = [
            add_type(name=f"Type {n}", minutes=length, buffer_before=before, buffer_after=after, **offered_by)
            for n, (length, before, after) in enumerate(day.types)
        ]
        course = add_type(name="Course", minutes=30, is_group=True, **offered_by)
        for slot, type_number, fate in day.bookings:
            group = day.slots[slot % len(day.slots)][2] > 1
            type_id = course if group else types[type_number % len(types)] if type_number is not None else None
            _live(list(slots)[slot % len(slots)], type_id, fate, records)
    return Built(clinic, slots, [*types, course])


def _add_slots(clinic: Clinic, day: Day, records: Records) -> dict[UUID, datetime]:
    slots, end = {}, DAY + timedelta(hours=9)
    for gap, minutes, capacity in day.slots:
        start = end + timedelta(minutes=gap)
        end = start + timedelta(minutes=minutes)
        row = records.one(
            """INSERT INTO time_slots (tenant_id, specialist_id, start_time, end_time, capacity)
               VALUES (:tenant, :specialist, :start, :end, :capacity) RETURNING id""",
            tenant=clinic.id, specialist=clinic.specialist_id, start=start, end=end, capacity=capacity,
        )  # fmt: skip
        slots[row.id] = start
    return slots


def _live(slot_id: UUID, type_id: UUID | None, fate: str, records: Records) -> None:
    take = hold if fate in ("held", "overdue") else book
    try:
        made = take(slot_id=slot_id, type_id=type_id, **ASKED)
    except DomainError:
        return  # an earlier booking stands there
    if fate == "overdue":
        records.run_out(made.id)
    elif fate == "cancelled":
        cancel(appointment_id=made.id, actor="test")
    elif fate == "missed":
        records.became(made.id, "NO_SHOW")


def has_room(slot_id: UUID, type_id: UUID) -> datetime | None:
    """Ask the door, then take it back: the end of the visit it would give, or None."""
    wanted: dict[str, Any] = claim.parameters(slot=slot_id, type=type_id, status="HOLD", **ASKED)
    with engines.writer.connect() as connection:
        try:
            return claim.run(connection, wanted).end_time
        except DBAPIError as error:
            if translate(error) is None:
                raise
            return None
        except DomainError:
            return None
        finally:
            connection.rollback()


def compare(built: Built, since: datetime) -> None:
    with tenant_scope(built.clinic.id):
        for type_id in built.types:
            offered = free_times_between(type_id=type_id, since=since, until=MIDNIGHT)
            found = {slot: has_room(slot, type_id) for slot, start in built.slots.items() if start >= since}
            assert {time.slot_id: time.end for time in offered} == {s: end for s, end in found.items() if end}


@given(day=days)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(Day([(0, 60, 1), (0, 15, 1)], [(15, 10, 0)], [(0, None, "booked")], since_slot=1))  # what is just before
@example(Day([(0, 15, 1), (20, 15, 1)], [(15, 10, 20)], [(0, 0, "booked")]))  # two buffers meet where no slot is
@example(Day([(0, 15, 1), (0, 15, 3)], [(15, 0, 5)], [(1, None, "booked")]))  # a buffer, and a group begun to fill
@example(Day([(0, 15, 1)] * 4, [(45, 0, 0)], [(0, 0, "overdue")]))
@example(Day([(0, 15, 1)] * 4, [(15, 10, 20)], [(1, 0, "overdue"), (3, 0, "held")]))
def test_what_is_offered_is_what_the_door_gives(records, day):
    built = build(day, records)
    compare(built, list(built.slots.values())[day.since_slot % len(built.slots)])


@pytest.fixture
def xray(within, records):
    """A type of visit that needs the one room there is."""
    room = new_id()
    records.rows("INSERT INTO rooms (tenant_id, id, name) VALUES (:t, :id, 'X-ray')", t=within.id, id=room)
    return add_type(name="X-ray", minutes=30, room_id=room, specialist_ids=[within.specialist_id])


@pytest.mark.parametrize("overdue", [False, True])
def test_a_room_in_use_is_not_offered(within, xray, records, overdue):
    ruth = colleague(within, xray)
    slots = {slot: DAY + timedelta(minutes=30 * n) for n, slot in enumerate([ruth.slot(), ruth.slot(after=30)])}
    held = hold(slot_id=within.slot(), type_id=xray, **ASKED)
    if overdue:
        records.run_out(held.id)
    compare(Built(ruth, slots, [xray]), DAY + timedelta(minutes=1))
    with tenant_scope(within.id):
        offered = free_times_between(type_id=xray, since=DAY, until=MIDNIGHT, specialist_id=ruth.specialist_id)
        assert {time.slot_id for time in offered} == {slot for slot in slots if has_room(slot, xray)}
