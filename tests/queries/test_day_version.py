"""Every kind of change of a day is seen, and nothing else is."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import BEGUN, colleague
from webapp.core.tenancy import tenant_scope
from webapp.queries.day_version import PACE, changes_seen, span_version
from webapp.services.appointments import arrive, cancel, name_hold, no_show, release
from webapp.services.booking import book, hold, reschedule
from webapp.services.hours import add_closure
from webapp.services.specialists import add_type
from webapp.services.sweep import sweep_holds

BEFORE = BEGUN - timedelta(days=30)  # long before anything on the day ends by itself


def version(clinic, now=BEFORE, *, days=1):
    with tenant_scope(clinic.id):
        return span_version(first=BEGUN.date(), last=BEGUN.date() + timedelta(days=days - 1), zone="UTC", now=now)


pytestmark = pytest.mark.begun


@pytest.fixture
def slot(clinic):
    return clinic.slot()


@pytest.fixture
def booked(clinic, slot):
    with tenant_scope(clinic.id):
        return book(slot_id=slot, patient_id=clinic.pat, type_id=clinic.type_id, actor="test", source="DESK").id


@pytest.fixture
def held(clinic):
    with tenant_scope(clinic.id):
        return hold(slot_id=clinic.slot(after=60), actor="test", source="DESK").id


def test_it_stays_while_nothing_happens(clinic, booked, held):
    assert version(clinic) == version(clinic)


USE_CASES = {
    "held": lambda c, s, b, h: hold(slot_id=c.slot(after=120), actor="test", source="DESK"),
    "booked": lambda c, s, b, h: book(slot_id=c.slot(after=120), patient_id=c.pat, actor="test", source="DESK"),
    "given back": lambda c, s, b, h: release(appointment_id=h, actor="test"),
    "arrived": lambda c, s, b, h: arrive(appointment_id=b, actor="test"),
    "missed": lambda c, s, b, h: no_show(appointment_id=b, actor="test"),
    "cancelled": lambda c, s, b, h: cancel(appointment_id=b, actor="test"),
    "named": lambda c, s, b, h: name_hold(appointment_id=h, patient_id=c.pat, actor="test", source="DESK"),
    "a slot added": lambda c, s, b, h: c.slot(after=180),
    "a specialist added": lambda c, s, b, h: colleague(c),
    "a type added": lambda c, s, b, h: add_type(name="New", minutes=15, specialist_ids=[]),
    "closed": lambda c, s, b, h: add_closure(
        specialist_id=c.specialist_id, start=BEGUN + timedelta(hours=20), end=BEGUN + timedelta(hours=21)
    ),
}


@pytest.mark.parametrize("what", USE_CASES)
def test_a_use_case_changes_it(clinic, slot, booked, held, what):
    before = version(clinic).digest
    with tenant_scope(clinic.id):
        USE_CASES[what](clinic, slot, booked, held)
    assert version(clinic).digest != before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE patients SET full_name = 'Patricia Doe' WHERE tenant_id = :id",
        "UPDATE appointments SET priority = 'VIP' WHERE tenant_id = :id",
        "UPDATE appointments SET note = 'by hand' WHERE tenant_id = :id",
        "UPDATE time_slots SET status = 'BOOKED' WHERE tenant_id = :id AND status = 'AVAILABLE'",
        "DELETE FROM time_slots WHERE tenant_id = :id AND status = 'AVAILABLE'",
        "UPDATE specialists SET is_active = false WHERE tenant_id = :id",
        "UPDATE specialists SET full_name = 'Dr. Samantha Weiss' WHERE tenant_id = :id",
        "UPDATE appointment_types SET name = 'Talk' WHERE tenant_id = :id",
        "UPDATE users SET full_name = 'Olga K.' WHERE tenant_id = :id",
        "UPDATE tenants SET name = 'Harbour II' WHERE id = :id",
        "INSERT INTO rooms (tenant_id, name) VALUES (:id, 'Room 1')",
        """INSERT INTO opening_hours (tenant_id, weekday, opens, closes, slot_minutes)
           VALUES (:id, 0, '08:00', '12:00', 30)""",
        """INSERT INTO closures (tenant_id, start_time, end_time)
           VALUES (:id, '2025-03-02T12:00Z', '2025-03-03T01:00Z')""",
    ],
)
def test_sql_written_by_hand_changes_it(clinic, staff, booked, held, records, statement):
    clinic.slot(after=120)
    before = version(clinic).digest
    records.rows(statement, id=clinic.id)
    assert version(clinic).digest != before


def test_two_visits_of_one_patient_do_not_hide_a_new_name(clinic, booked, records):
    with tenant_scope(clinic.id):
        book(slot_id=clinic.slot(after=120), patient_id=clinic.pat, actor="test", source="DESK")
    before = version(clinic).digest
    records.rows("UPDATE patients SET full_name = 'Patricia' WHERE tenant_id = :id", id=clinic.id)
    assert version(clinic).digest != before


def test_a_move_to_another_day_changes_the_day_it_left(clinic, booked):
    before = version(clinic).digest
    target = clinic.slot(after=3 * 24 * 60)
    assert version(clinic).digest == before
    with tenant_scope(clinic.id):
        reschedule(appointment_id=booked, slot_id=target, version=1, actor="test", source="DESK")
    assert version(clinic).digest != before


def test_another_day_and_another_clinic_leave_it(clinic, other_clinic, booked):
    before = version(clinic)
    for elsewhere, after in ((clinic, 24 * 60), (other_clinic, 0)):
        with tenant_scope(elsewhere.id):
            hold(slot_id=elsewhere.slot(after=after), actor="test", source="DESK")
    assert version(clinic) == before
    assert version(clinic, days=2).digest != before.digest


def test_a_hold_that_runs_out_changes_it_by_the_clock(clinic, held, records):
    ends = records.appointment(held).expires_at
    before = version(clinic, ends - timedelta(seconds=1))
    assert before.until == ends
    assert version(clinic, ends).digest != before.digest


def test_tidying_up_is_a_change_that_shows_nothing_new_but_is_seen(clinic, held, records):
    records.run_out(held)
    before = version(clinic, datetime.now(UTC)).digest
    with tenant_scope(clinic.id):
        sweep_holds()
    assert version(clinic, datetime.now(UTC)).digest != before


def test_a_time_that_ends_changes_it_by_the_clock(clinic, slot):
    ends = BEGUN + timedelta(minutes=30)
    before = version(clinic, ends - timedelta(seconds=1))
    assert before.until == ends
    assert version(clinic, ends).digest != before.digest


def test_the_present_moves_in_steps(clinic):
    at = BEGUN + timedelta(hours=8)
    now, step = version(clinic, at), version(clinic, at + PACE)
    assert now.until == at + PACE
    assert version(clinic, at + PACE - timedelta(seconds=1)) == now
    assert step.digest != now.digest


def test_a_day_ahead_begins_and_a_day_gone_stays(clinic):
    assert version(clinic).until == BEGUN
    assert version(clinic, BEGUN + timedelta(days=2)).until is None


def test_only_what_writes_moves_the_whole(app, clinic, records):
    before = changes_seen()
    with tenant_scope(clinic.id):
        book(slot_id=clinic.slot(), patient_id=clinic.pat, actor="test", source="DESK")
    assert changes_seen() != before
