"""The desk's day."""

from datetime import timedelta

import pytest

from tests.conftest import DAY, Clinic, colleague
from webapp.core.tenancy import tenant_scope
from webapp.queries.day import desk_day
from webapp.services.appointments import no_show
from webapp.services.booking import book, hold
from webapp.services.specialists import add_specialist, add_type

ASKED = {"actor": "test", "source": "DESK"}
HALF = timedelta(minutes=30)


def cells(clinic: Clinic, records, *, now=None) -> list:
    now = now or records.one("SELECT clock_timestamp() AS now").now
    columns = {column.specialist_id: column for column in desk_day(day=clinic.day.date(), zone="UTC", now=now).columns}
    return columns[clinic.specialist_id].cells


def kinds(clinic: Clinic, records, **more) -> list[str]:
    return [cell.kind for cell in cells(clinic, records, **more)]


def test_free_held_and_taken(within, records):
    slots = [within.slot(after=30 * n) for n in range(3)]
    hold(slot_id=slots[1], **ASKED)
    book(slot_id=slots[2], **ASKED)
    assert kinds(within, records) == ["free", "held", "taken"]


def test_what_stands_there(within, records):
    slot = within.slot()
    made = book(slot_id=slot, patient_id=within.pat, type_id=within.type_id, priority="VIP", **ASKED)
    (cell,) = cells(within, records)
    (seat,) = cell.appointments
    assert (cell.slot_id, cell.start, cell.end, cell.capacity, cell.seats_taken) == (slot, DAY, DAY + HALF, 1, 1)
    assert (seat.id, seat.status) == (made.id, "CONFIRMED")
    assert (seat.patient_name, seat.type_name) == ("Pat Doe", "Consultation")
    assert (seat.priority, seat.patient_phone, seat.version) == ("VIP", "+4930901820", 1)


def test_an_overdue_hold_never_shows(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    records.run_out(held.id)
    (cell,) = cells(within, records)
    assert (cell.kind, cell.appointments, cell.seats_taken) == ("free", [], 0)


def test_free_times_go_by(within, records):
    within.slot()
    assert kinds(within, records, now=DAY + HALF - timedelta(microseconds=1)) == ["free"]
    assert kinds(within, records, now=DAY + HALF) == ["past"]


def test_a_longer_visit_is_one_cell(within, records):
    long = add_type(name="Long", minutes=75, specialist_ids=[within.specialist_id])
    slots = [within.slot(after=30 * n) for n in range(4)]
    book(slot_id=slots[0], type_id=long, **ASKED)
    found = cells(within, records)
    assert [(cell.kind, cell.start) for cell in found] == [("taken", DAY), ("free", DAY + 3 * HALF)]
    assert found[0].end == DAY + timedelta(minutes=75)


def test_overdue_it_gives_its_slots_back(within, records):
    long = add_type(name="Long", minutes=60, specialist_ids=[within.specialist_id])
    slots = [within.slot(after=30 * n) for n in range(2)]
    records.run_out(hold(slot_id=slots[0], type_id=long, **ASKED).id)
    assert kinds(within, records) == ["free", "free"]


def test_buffers_show_what_they_are_part_of(within, records):
    surgery = add_type(name="Surgery", minutes=30, buffer_after=10, specialist_ids=[within.specialist_id])
    slots = [within.slot(after=30 * n) for n in range(4)]
    book(slot_id=slots[0], type_id=surgery, **ASKED)
    hold(slot_id=slots[2], type_id=surgery, **ASKED)
    assert kinds(within, records) == ["taken", "taken", "held", "held"]


def test_every_step_of_a_visit(within, records):
    slots = [within.slot(after=30 * n) for n in range(4)]
    for slot, status in zip(slots, ("ARRIVED", "COMPLETED", "NO_SHOW", "CANCELLED"), strict=True):
        records.became(book(slot_id=slot, **ASKED).id, status)
    found = cells(within, records)
    assert [cell.kind for cell in found] == ["taken", "taken", "free", "free"]
    assert [[a.status for a in cell.appointments] for cell in found] == [["ARRIVED"], ["COMPLETED"], ["NO_SHOW"], []]


@pytest.mark.begun
def test_who_came_instead_of_who_did_not(within, records):
    slot = within.slot()
    no_show(appointment_id=book(slot_id=slot, **ASKED).id, actor="olga")
    book(slot_id=slot, **ASKED)
    (cell,) = cells(within, records)
    assert (cell.kind, cell.seats_taken) == ("taken", 1)
    assert sorted(a.status for a in cell.appointments) == ["CONFIRMED", "NO_SHOW"]


def test_a_group_counts_its_seats(within, records):
    slot = within.slot(capacity=3)
    made = [book(slot_id=slot, **ASKED), hold(slot_id=slot, **ASKED), hold(slot_id=slot, **ASKED)]
    (cell,) = cells(within, records)
    assert (cell.kind, cell.capacity, cell.seats_taken) == ("taken", 3, 3)
    records.run_out(made[2].id)
    (cell,) = cells(within, records)
    assert (cell.kind, cell.seats_taken, [a.seat for a in cell.appointments]) == ("free", 2, [1, 2])


def test_a_column_for_each_who_works_here(within, other_clinic, records):
    colleague(within)
    gone = add_specialist(full_name="Dr. Gone")
    records.rows("UPDATE specialists SET is_active = false WHERE id = :id", id=gone)
    other_clinic.slot()
    columns = desk_day(day=DAY.date(), zone="UTC", now=DAY).columns
    assert [(c.full_name, c.initials, c.cells) for c in columns] == [
        ("Dr. Ruth Adler", "RA", []), ("Dr. Sam Weiss", "SW", [])
    ]  # fmt: skip


@pytest.mark.parametrize(("zone", "expected"), [("Europe/Berlin", 1), ("UTC", 0)])
def test_the_day_is_the_clinics_own(within, zone, expected):
    within.slot(DAY - timedelta(minutes=30))  # half past midnight in Berlin
    (column,) = desk_day(day=DAY.date(), zone=zone, now=DAY).columns
    assert len(column.cells) == expected


def test_another_clinic_sees_nothing(within, other_clinic):
    book(slot_id=within.slot(), patient_id=within.pat, **ASKED)
    with tenant_scope(other_clinic.id):
        columns = desk_day(day=DAY.date(), zone="UTC", now=DAY).columns
    assert [(c.specialist_id, c.cells) for c in columns] == [(other_clinic.specialist_id, [])]
