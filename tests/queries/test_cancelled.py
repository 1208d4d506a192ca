"""What was cancelled on the desk's days."""

from datetime import timedelta

from tests.conftest import DAY, colleague, statements_read
from webapp.core.tenancy import tenant_scope
from webapp.queries.cancelled import with_cancelled
from webapp.queries.day import desk_days
from webapp.services.appointments import cancel, confirm, release
from webapp.services.booking import book, hold

ASKED = {"actor": "test", "source": "DESK"}


def days(count=1, zone="UTC"):
    return desk_days(first=DAY.date(), count=count, zone=zone, now=DAY)


def found(count=1, zone="UTC"):
    """Whose visit at which time of which day."""
    return [
        (day.day, column.full_name, visit.start)
        for day in with_cancelled(days(count, zone), zone=zone)
        for column in day.columns
        for visit in column.cancelled
    ]


def cancelled(slot_id, **more):
    made = book(slot_id=slot_id, **ASKED | more)
    cancel(appointment_id=made.id, actor="test")
    return made.id


def test_it_stands_there_and_takes_nothing(within):
    slot = within.slot()
    gone = cancelled(slot, patient_id=within.pat, type_id=within.type_id, priority="VIP")
    before = days()
    (day,) = with_cancelled(before, zone="UTC")
    ((column,),) = [day.columns]
    (visit,) = column.cancelled
    assert (visit.id, visit.status, visit.start) == (gone, "CANCELLED", DAY)
    assert (visit.patient_name, visit.type_name, visit.priority) == ("Pat Doe", "Consultation", "VIP")
    assert (visit.patient_phone, visit.version, visit.expires_at) == ("+4930901820", 2, None)
    assert column.cells == before[0].columns[0].cells
    assert [(cell.kind, cell.appointments) for cell in column.cells] == [("free", [])]


def test_every_cancelled_visit_of_a_time_and_nothing_that_stands(within):
    slot = within.slot()
    gone = [cancelled(slot), cancelled(slot)]
    book(slot_id=slot, **ASKED)
    ((column,),) = [day.columns for day in with_cancelled(days(), zone="UTC")]
    assert [visit.id for visit in column.cancelled] == gone


def test_a_hold_that_was_given_up_was_no_visit(within):
    released = hold(slot_id=within.slot(), patient_id=within.pat, **ASKED)
    release(appointment_id=released.id, actor="test")
    given_up = hold(slot_id=within.slot(after=30), patient_id=within.pat, **ASKED)
    cancel(appointment_id=given_up.id, actor="test")
    assert found() == []


def test_a_held_time_that_became_a_visit_was_one(within):
    made = hold(slot_id=within.slot(), patient_id=within.pat, **ASKED)
    confirm(appointment_id=made.id, actor="test")
    cancel(appointment_id=made.id, actor="test")
    assert found() == [(DAY.date(), "Dr. Sam Weiss", DAY)]


def test_who_does_not_work_here_now_still_had_visits(within, records):
    other = colleague(within)
    cancelled(other.slot())
    cancelled(within.slot())
    records.rows("UPDATE specialists SET is_active = false WHERE id = :id", id=other.specialist_id)
    assert [who for _, who, _ in found()] == ["Dr. Sam Weiss", "Dr. Ruth Adler"]
    assert [column.full_name for column in days()[0].columns] == ["Dr. Sam Weiss"]


def test_each_on_its_own_day_by_the_clinics_clocks(within):
    starts = [DAY - timedelta(minutes=30), DAY + timedelta(hours=22), DAY + timedelta(hours=23, minutes=30)]
    for start in starts:
        cancelled(within.slot(start))
    first = DAY.date()
    assert [(day, start) for day, _, start in found(2)] == [(first, start) for start in starts[1:]]
    assert [(day, start) for day, _, start in found(2, "Europe/Berlin")] == [
        (first, starts[0]), (first, starts[1]), (first + timedelta(days=1), starts[2])
    ]  # fmt: skip


def test_another_clinic_sees_nothing(within, other_clinic):
    cancelled(within.slot())
    with tenant_scope(other_clinic.id):
        assert found() == []


def test_one_statement_however_many(within):
    week = days(7)
    for number in range(6):
        cancelled(within.slot(after=24 * 60 * number), patient_id=within.pat)
    with statements_read() as asked:
        with_cancelled(week, zone="UTC")
    assert len(asked) == 1
