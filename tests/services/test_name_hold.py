"""Saying who a held time is for, and what."""

from datetime import timedelta

import pytest

from tests.conftest import DAY, colleague
from webapp.core.errors import Conflict, HoldExpired, InvalidInput, NotFound, PatientBusy, SlotTaken
from webapp.core.tenancy import tenant_scope
from webapp.rules.people import NewPatient
from webapp.services.appointments import confirm, name_hold
from webapp.services.booking import book, hold
from webapp.services.specialists import add_type

ASKED = {"actor": "desk:olga", "source": "DESK"}


@pytest.fixture
def slots(within):
    return [within.slot(after=30 * number) for number in range(3)]


def test_it_gets_its_patient_and_is_confirmed(slots, within, records):
    held = hold(slot_id=slots[0], **ASKED)
    state = name_hold(appointment_id=held.id, patient_id=within.pat, actor="olga")
    row = records.appointment(held.id)
    assert (state.status, row.status, row.patient_id, row.expires_at) == ("CONFIRMED", "CONFIRMED", within.pat, None)
    assert records.slot(slots[0]).status == "BOOKED"
    assert records.events(held.id) == ["HELD", "CONFIRMED"]


def test_or_stays_held(slots, within, records):
    held = hold(slot_id=slots[0], **ASKED)
    state = name_hold(appointment_id=held.id, patient_id=within.pat, actor="olga", confirm=False)
    row = records.appointment(held.id)
    assert (state.status, state.expires_at, row.patient_id) == ("HOLD", held.expires_at, within.pat)
    assert records.events(held.id) == ["HELD", "NAMED"]
    assert confirm(appointment_id=held.id, actor="olga").status == "CONFIRMED"


def test_somebody_new_is_written_down(slots, records):
    held = hold(slot_id=slots[0], **ASKED)
    name_hold(appointment_id=held.id, new_patient=NewPatient("Ines Prado", email="ines@mail.example"), actor="olga")
    patient = records.one("SELECT * FROM patients WHERE id = :id", id=records.appointment(held.id).patient_id)
    assert (patient.full_name, patient.email) == ("Ines Prado", "ines@mail.example")


def test_nobody_is_written_down_in_vain(slots, within, records):
    held = hold(slot_id=slots[0], **ASKED)
    records.run_out(held.id)
    before = records.count("patients", within)
    with pytest.raises(HoldExpired):
        name_hold(appointment_id=held.id, new_patient=NewPatient("Too Late"), actor="olga")
    assert records.count("patients", within) == before


def test_nor_without_a_name(slots, within, records):
    held = hold(slot_id=slots[0], **ASKED)
    with pytest.raises(InvalidInput):
        name_hold(appointment_id=held.id, new_patient=NewPatient(" "), actor="olga")
    assert records.appointment(held.id).status == "HOLD"


def test_a_patient_is_in_one_place_at_a_time(slots, within, records):
    ruth = colleague(within)
    book(slot_id=ruth.slot(after=15), patient_id=within.pat, **ASKED)
    held = hold(slot_id=slots[0], **ASKED)
    with pytest.raises(PatientBusy):
        name_hold(appointment_id=held.id, patient_id=within.pat, actor="olga")
    assert records.appointment(held.id).patient_id is None
    assert records.events(held.id) == ["HELD"]


@pytest.mark.parametrize("minutes_later", [15, 0])
def test_their_overdue_hold_elsewhere_does_not_count(slots, within, records, minutes_later):
    ruth = colleague(within)
    forgotten = hold(slot_id=ruth.slot(after=minutes_later), patient_id=within.pat, **ASKED)
    records.run_out(forgotten.id)
    held = hold(slot_id=slots[0], **ASKED)
    assert name_hold(appointment_id=held.id, patient_id=within.pat, actor="olga").status == "CONFIRMED"


def test_another_clinics_patient_is_unknown_here(slots, other_clinic, records):
    held = hold(slot_id=slots[0], **ASKED)
    with pytest.raises(NotFound):
        name_hold(appointment_id=held.id, patient_id=other_clinic.pat, actor="olga")
    assert records.appointment(held.id).patient_id is None


def test_the_type_may_need_more_time(slots, within, records):
    long = add_type(name="Long", minutes=60, specialist_ids=[within.specialist_id])
    held = hold(slot_id=slots[0], type_id=within.type_id, **ASKED)
    state = name_hold(appointment_id=held.id, patient_id=within.pat, type_id=long, actor="olga")
    row = records.appointment(held.id)
    assert (state.end_time, row.appointment_type_id) == (DAY + timedelta(hours=1), long)
    assert [records.slot(slot).status for slot in slots] == ["BOOKED", "BOOKED", "AVAILABLE"]


def test_a_type_named_for_the_first_time(slots, within, records):
    held = hold(slot_id=slots[0], **ASKED)
    name_hold(appointment_id=held.id, patient_id=within.pat, type_id=within.type_id, actor="olga", confirm=False)
    row = records.appointment(held.id)
    assert (row.status, row.appointment_type_id, row.patient_id) == ("HOLD", within.type_id, within.pat)
    assert records.slot(slots[0]).held_until == held.expires_at


def test_when_there_is_no_more_time_all_stays_as_it_was(slots, within, records):
    long = add_type(name="Long", minutes=60, specialist_ids=[within.specialist_id])
    held = hold(slot_id=slots[0], **ASKED)
    book(slot_id=slots[1], **ASKED)
    with pytest.raises(SlotTaken):
        name_hold(appointment_id=held.id, patient_id=within.pat, type_id=long, actor="olga")
    row = records.appointment(held.id)
    assert (row.status, row.patient_id, row.appointment_type_id, row.version) == ("HOLD", None, None, 1)
    assert records.events(held.id) == ["HELD"]


def test_nor_past_the_hours(slots, within):
    long = add_type(name="Long", minutes=60, specialist_ids=[within.specialist_id])
    held = hold(slot_id=slots[2], **ASKED)
    with pytest.raises(Conflict):
        name_hold(appointment_id=held.id, patient_id=within.pat, type_id=long, actor="olga")


def test_a_confirmed_time_is_not_named_anew(slots, within):
    held = hold(slot_id=slots[0], **ASKED)
    confirm(appointment_id=held.id, actor="pat")
    with pytest.raises(HoldExpired):
        name_hold(appointment_id=held.id, patient_id=within.pat, actor="olga")


def test_another_clinics_hold_is_unknown_here(within, other_clinic, records):
    with tenant_scope(other_clinic.id):
        held = hold(slot_id=other_clinic.slot(), **ASKED)
    with pytest.raises(NotFound):
        name_hold(appointment_id=held.id, patient_id=within.pat, actor="olga")
    assert records.appointment(held.id).patient_id is None


NEW = NewPatient("Ines Prado", phone="030 123456")


@pytest.mark.parametrize("who", ["known", "new"])
def test_again_is_the_same_answer(slots, within, records, who):
    """A double click: the second one comes when the first has booked already."""
    held = hold(slot_id=slots[0], **ASKED)
    person = {"patient_id": within.pat} if who == "known" else {"new_patient": NEW}
    asked = {"appointment_id": held.id, "actor": "olga", "type_id": within.type_id, "source": "DESK", **person}
    first = name_hold(**asked)
    patients = records.count("patients", within)
    assert name_hold(**asked) == first
    assert records.count("patients", within) == patients
    assert records.events(held.id).count("CONFIRMED") == 1


def test_nobody_is_written_down_twice_before_a_series_either(slots, within, records):
    held = hold(slot_id=slots[0], **ASKED)
    before = records.count("patients", within)
    for confirmed in (False, False, True):
        name_hold(appointment_id=held.id, new_patient=NEW, actor="olga", source="DESK", confirm=confirmed)
    assert records.count("patients", within) == before + 1
    assert records.appointment(held.id).status == "CONFIRMED"


@pytest.mark.parametrize("other", [NewPatient("Ines Prado", phone="030 123457"), NewPatient("Ines Prada")])
def test_somebody_else_is_too_late(slots, other):
    held = hold(slot_id=slots[0], **ASKED)
    name_hold(appointment_id=held.id, new_patient=NEW, actor="olga")
    with pytest.raises(HoldExpired):
        name_hold(appointment_id=held.id, new_patient=other, actor="olga")
