"""Taking a seat for a while: what hold() promises, and to whom it says no."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.conftest import DAY, colleague
from webapp.core.errors import InvalidInput, NotFound, PatientBusy, SlotTaken
from webapp.core.tenancy import NoTenant
from webapp.rules.people import NewPatient
from webapp.services.booking import hold
from webapp.services.signin import add_user
from webapp.services.specialists import add_type

ASKED = {"actor": "desk:olga", "source": "DESK"}
HALF_HOUR = timedelta(minutes=30)


def test_a_hold_takes_the_seat_until_it_ends(within, records):
    slot = within.slot()
    held = hold(slot_id=slot, patient_id=within.pat, **ASKED)
    row = records.appointment(held.id)
    assert (held.status, held.seat, held.version, held.replayed) == ("HOLD", 1, 1, False)
    assert (held.start_time, held.end_time) == (DAY, DAY + HALF_HOUR)
    assert (row.tenant_id, row.time_slot_id, row.specialist_id, row.patient_id) == (
        within.id, slot, within.specialist_id, within.pat
    )  # fmt: skip
    assert (row.status, row.source, row.priority, row.expires_at) == ("HOLD", "DESK", "NORMAL", held.expires_at)
    assert (records.slot(slot).status, records.slot(slot).held_until) == ("HOLD", held.expires_at)


def test_it_lasts_the_clinics_hold_time(within):
    held = hold(slot_id=within.slot(), **ASKED)
    assert held.expires_at - held.created_at == timedelta(seconds=300)


def test_or_the_time_asked_for(within):
    held = hold(slot_id=within.slot(), hold_seconds=7, **ASKED)
    assert held.expires_at - held.created_at == timedelta(seconds=7)


def test_it_leaves_one_event_that_says_who(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    event = records.one("SELECT * FROM appointment_events WHERE appointment_id = :id", id=held.id)
    assert (event.event_type, event.actor, event.tenant_id) == ("HELD", "desk:olga", within.id)


def test_a_taken_slot_is_refused_and_nothing_is_written(within, records):
    slot = within.slot()
    hold(slot_id=slot, **ASKED)
    before = [records.count(table, within) for table in ("appointments", "appointment_events", "patients")]
    with pytest.raises(SlotTaken):
        hold(slot_id=slot, new_patient=NewPatient("Late Comer"), **ASKED)
    assert [records.count(table, within) for table in ("appointments", "appointment_events", "patients")] == before


def test_an_overdue_hold_gives_way_with_the_sweeper_never_run(within, records):
    slot = within.slot()
    first = hold(slot_id=slot, **ASKED)
    records.run_out(first.id)
    second = hold(slot_id=slot, **ASKED)
    assert records.live(slot) == [second.id]
    assert records.appointment(first.id).status == "EXPIRED"
    assert records.events(first.id) == ["HELD", "EXPIRED"]
    assert records.slot(slot).held_until == second.expires_at


def test_it_ends_by_the_databases_clock(within, records):
    slot = within.slot()
    first = hold(slot_id=slot, hold_seconds=1, **ASKED)
    with pytest.raises(SlotTaken):
        hold(slot_id=slot, **ASKED)
    while not records.one("SELECT clock_timestamp() > :end", end=first.expires_at)[0]:
        pass
    assert hold(slot_id=slot, **ASKED).seat == 1


@pytest.mark.parametrize("priority", ["NORMAL", "VIP", "URGENT"])
def test_the_priority_is_recorded(within, records, priority):
    held = hold(slot_id=within.slot(), priority=priority, **ASKED)
    assert records.appointment(held.id).priority == priority


def test_who_made_it_is_recorded(within, records):
    olga = add_user(email="olga@clinic.example", full_name="Olga", password="a long enough password", role="OPERATOR")
    held = hold(slot_id=within.slot(), created_by=olga, **ASKED)
    assert records.appointment(held.id).created_by == olga


def test_a_new_patient_is_written_with_the_seat(within, records):
    held = hold(slot_id=within.slot(), new_patient=NewPatient("Ines Prado", phone="+34911234567"), **ASKED)
    patient = records.one("SELECT * FROM patients WHERE id = :id", id=held.patient_id)
    assert (patient.tenant_id, patient.full_name, patient.phone) == (within.id, "Ines Prado", "+34911234567")


def test_a_patient_without_a_name_is_refused_and_takes_no_seat(within, records):
    slot = within.slot()
    with pytest.raises(InvalidInput):
        hold(slot_id=slot, new_patient=NewPatient("   "), **ASKED)
    assert records.live(slot) == []
    assert records.slot(slot).status == "AVAILABLE"


def test_an_unknown_slot(within):
    with pytest.raises(NotFound):
        hold(slot_id=uuid4(), **ASKED)


def test_another_clinics_slot_does_not_exist_here(within, other_clinic, records):
    slot = other_clinic.slot()
    with pytest.raises(NotFound):
        hold(slot_id=slot, **ASKED)
    assert records.live(slot) == []


def test_nor_another_clinics_patient(within, other_clinic, records):
    slot = within.slot()
    with pytest.raises(NotFound):
        hold(slot_id=slot, patient_id=other_clinic.pat, **ASKED)
    assert records.live(slot) == []


def test_nor_another_clinics_type_of_visit(within, other_clinic):
    with pytest.raises(InvalidInput):
        hold(slot_id=within.slot(), type_id=other_clinic.type_id, **ASKED)


def test_a_type_the_specialist_does_not_offer(within):
    ruth = colleague(within)
    surgery = add_type(name="Surgery", minutes=30, specialist_ids=[within.specialist_id])
    with pytest.raises(InvalidInput):
        hold(slot_id=ruth.slot(), type_id=surgery, **ASKED)


def test_without_a_clinic_it_is_our_fault(clinic):
    with pytest.raises(NoTenant):
        hold(slot_id=clinic.slot(), **ASKED)


def test_a_patient_is_in_one_place_at_a_time(within):
    ruth = colleague(within)
    hold(slot_id=within.slot(), patient_id=within.pat, **ASKED)
    with pytest.raises(PatientBusy):
        hold(slot_id=ruth.slot(after=15), patient_id=within.pat, **ASKED)


def test_also_at_the_very_same_time(within):
    ruth = colleague(within)
    hold(slot_id=within.slot(), patient_id=within.pat, **ASKED)
    with pytest.raises(PatientBusy):
        hold(slot_id=ruth.slot(), patient_id=within.pat, **ASKED)


def test_one_visit_may_follow_another(within):
    ruth = colleague(within)
    hold(slot_id=within.slot(), patient_id=within.pat, **ASKED)
    assert hold(slot_id=ruth.slot(after=30), patient_id=within.pat, **ASKED).status == "HOLD"


@pytest.mark.parametrize("minutes_later", [15, 0])
def test_a_patients_overdue_hold_elsewhere_does_not_count(within, records, minutes_later):
    ruth = colleague(within)
    forgotten = hold(slot_id=within.slot(), patient_id=within.pat, **ASKED)
    records.run_out(forgotten.id)
    assert hold(slot_id=ruth.slot(after=minutes_later), patient_id=within.pat, **ASKED).status == "HOLD"


def room_type(records, clinic):
    """A type of visit with a room of its own."""
    room = records.one("INSERT INTO rooms (tenant_id, name) VALUES (:tenant, 'X-ray') RETURNING id", tenant=clinic.id)
    return add_type(name="X-ray", minutes=30, room_id=room.id, specialist_ids=[clinic.specialist_id])


def test_a_room_is_used_by_one_visit_at_a_time(within, records):
    xray = room_type(records, within)
    ruth = colleague(within, xray)
    hold(slot_id=within.slot(), type_id=xray, **ASKED)
    with pytest.raises(SlotTaken):
        hold(slot_id=ruth.slot(after=15), type_id=xray, **ASKED)


def test_an_overdue_hold_does_not_keep_the_room(within, records):
    xray = room_type(records, within)
    ruth = colleague(within, xray)
    forgotten = hold(slot_id=within.slot(), type_id=xray, **ASKED)
    records.run_out(forgotten.id)
    assert hold(slot_id=ruth.slot(after=15), type_id=xray, **ASKED).status == "HOLD"


def test_a_specialist_who_left_takes_no_more_bookings(within, records):
    slot = within.slot()
    records.rows("UPDATE specialists SET is_active = false WHERE id = :id", id=within.specialist_id)
    with pytest.raises((NotFound, SlotTaken)):
        hold(slot_id=slot, **ASKED)


def test_a_type_that_was_given_up_is_not_booked_any_more(within, records):
    slot = within.slot()
    records.rows("UPDATE appointment_types SET is_active = false WHERE id = :id", id=within.type_id)
    with pytest.raises((NotFound, InvalidInput)):
        hold(slot_id=slot, type_id=within.type_id, **ASKED)
