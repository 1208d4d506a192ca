"""Finding patients; what the ledger and an appointment's history tell."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.conftest import DAY, colleague
from webapp.core.tenancy import tenant_scope
from webapp.queries.appointments import find_appointment, history, started_appointments
from webapp.queries.bookings import find_booking, list_bookings
from webapp.queries.patients import find_patient, patient_by_reference, search_patients
from webapp.services.appointments import arrive, cancel, confirm
from webapp.services.booking import book, book_at, hold
from webapp.services.patients import add_patient
from webapp.services.tenants import ensure_tenant

ASKED = {"actor": "desk:olga", "source": "DESK"}


@pytest.fixture
def people(within):
    add_patient(full_name="Ελένη Παπαδοπούλου", phone="+302101234567", reference="P1")
    add_patient(full_name="Anna O'Brien", phone="+4930111222", reference="P2")
    add_patient(full_name="100% Proof_Test", reference="50%")
    return within


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pat", ["Pat Doe"]),
        ("DOE pat", ["Pat Doe"]),
        ("o'br", ["Anna O'Brien"]),
        ("ελένη", ["Ελένη Παπαδοπούλου"]),
        ("234567", ["Ελένη Παπαδοπούλου"]),
        ("0111 222", ["Anna O'Brien"]),
        ("P2", ["Anna O'Brien"]),
        ("100%", []),
        ("100% proof", ["100% Proof_Test"]),
        ("50%", ["100% Proof_Test"]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("nobody", []),
        ("   ", []),
        ("67", []),
    ],
)
def test_patients_are_found(people, text, found):
    assert [hit.full_name for hit in search_patients(text)] == found


def test_at_most_so_many_by_name(within):
    for number in range(5):
        add_patient(full_name=f"Same Name {number}")
    assert [hit.full_name for hit in search_patients("same", limit=3)] == [f"Same Name {n}" for n in range(3)]


def test_only_of_this_clinic(within, other_clinic):
    assert [hit.id for hit in search_patients("Pat Doe")] == [within.pat]
    assert find_patient(other_clinic.pat) is None
    assert patient_by_reference("user_pat") == within.pat
    with tenant_scope(other_clinic.id):
        assert patient_by_reference("user_pat") == other_clinic.pat


def test_the_next_visit(within):
    later = book(slot_id=within.slot(after=60), patient_id=within.pat, **ASKED)
    sooner = book(slot_id=within.slot(), patient_id=within.pat, **ASKED)
    assert find_patient(within.pat).next_visit == DAY
    cancel(appointment_id=sooner.id, actor="pat")
    assert find_patient(within.pat).next_visit == later.start_time


def test_an_overdue_hold_is_no_visit(within, records):
    held = hold(slot_id=within.slot(), patient_id=within.pat, **ASKED)
    assert find_patient(within.pat).next_visit == DAY
    records.run_out(held.id)
    assert find_patient(within.pat).next_visit is None


def test_nor_is_one_that_was(within):
    book(slot_id=within.slot(datetime(2020, 1, 1, tzinfo=UTC)), patient_id=within.pat, **ASKED)
    assert find_patient(within.pat).next_visit is None


def test_an_appointment_with_its_names(within):
    made = book(slot_id=within.slot(), patient_id=within.pat, type_id=within.type_id, priority="URGENT", **ASKED)
    row = find_appointment(made.id)
    assert (row.patient_name, row.specialist_name, row.type_name) == ("Pat Doe", "Dr. Sam Weiss", "Consultation")
    assert (row.status, row.priority, row.version, row.start, row.end) == (
        "CONFIRMED", "URGENT", 1, DAY, DAY + timedelta(minutes=30)
    )  # fmt: skip


def test_an_overdue_hold_reads_expired(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    assert find_appointment(held.id).status == "HOLD"
    records.run_out(held.id)
    assert find_appointment(held.id).status == "EXPIRED"


@pytest.mark.begun
def test_its_history_oldest_first(within):
    held = hold(slot_id=within.slot(), **ASKED)
    confirm(appointment_id=held.id, actor="pat")
    arrive(appointment_id=held.id, actor="olga")
    assert [(e.event_type, e.actor) for e in history(held.id)] == [
        ("HELD", "desk:olga"), ("CONFIRMED", "pat"), ("ARRIVED", "olga")
    ]  # fmt: skip


def test_what_began_and_was_not_told_off(within):
    slots = [within.slot(after=30 * n) for n in range(4)]
    made = [book(slot_id=slot, **ASKED) for slot in slots]
    cancel(appointment_id=made[1].id, actor="pat")
    found = started_appointments(since=DAY, until=DAY + timedelta(minutes=90))
    assert [row.id for row in found] == [made[0].id, made[2].id]


def test_another_clinic_sees_none_of_it(within, other_clinic):
    made = book(slot_id=within.slot(), **ASKED)
    with tenant_scope(other_clinic.id):
        assert (find_appointment(made.id), history(made.id), find_booking(made.id)) == (None, [], None)
        assert (list_bookings(limit=10), started_appointments(since=DAY, until=DAY + timedelta(days=1))) == ([], [])
    assert find_appointment(uuid4()) is None


def test_the_ledger_lists_what_is_taken(within, records):
    ruth = colleague(within)
    confirmed = book(slot_id=within.slot(after=60), **ASKED)
    live = hold(slot_id=within.slot(), **ASKED)
    overdue = hold(slot_id=ruth.slot(), **ASKED)
    cancelled = book(slot_id=ruth.slot(after=30), **ASKED)
    records.run_out(overdue.id)
    cancel(appointment_id=cancelled.id, actor="pat")
    assert [row.id for row in list_bookings(limit=10)] == [live.id, confirmed.id]
    assert [find_booking(one.id) is None for one in (confirmed, live, overdue, cancelled)] == [False, False, True, True]


def test_the_ledger_page_by_page(app, records):
    with tenant_scope(f"ledger-{uuid4().hex}"):
        ensure_tenant()
        made = [book_at(start=DAY + timedelta(minutes=n), end=None, actor="api", source="API").id for n in range(7)]
        seen, after = [], None
        while page := list_bookings(limit=3, after=after):
            seen += [row.id for row in page]
            after = (page[-1].start_time_utc, page[-1].id)
    assert seen == made
