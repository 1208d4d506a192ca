"""The clinic's rules, asked when a patient books a held time."""

from datetime import date, timedelta

import pytest

from tests.blueprints.conftest import soon
from webapp.core.errors import Conflict, InvalidInput, SlotTaken
from webapp.core.tenancy import tenant_scope
from webapp.rules.people import NewPatient
from webapp.rules.questions import Said
from webapp.services.appointments import cancel, name_hold
from webapp.services.booking import book, hold

PATIENT = {"actor": "patient", "source": "PATIENT"}
PAT = NewPatient("Pat Doe", email="Pat@mail.example", phone="+4930901820", date_of_birth=date(1984, 3, 27))


@pytest.fixture
def rules(within, records):
    """Change what the clinic lets patients do."""

    def changed(**columns):
        words = ", ".join(f"{name} = :{name}" for name in columns)
        records.rows(f"UPDATE tenants SET {words} WHERE id = :id", id=within.id, **columns)

    return changed


@pytest.fixture
def take(within):
    """Hold the next free half hour and book it for somebody."""
    numbers = iter(range(40))

    def taken(person, **more):
        slot = within.slot(soon(), after=30 * next(numbers))
        held = hold(slot_id=slot, type_id=within.type_id, **PATIENT)
        name_hold(appointment_id=held.id, new_patient=person, **PATIENT | more)
        return held.id

    return taken


def test_no_more_bookings_than_the_clinic_lets_a_person_have(rules, take, records, within):
    rules(bookings_a_person=2)
    first = take(PAT)
    take(PAT)
    with pytest.raises(Conflict, match="2 bookings to come"):
        take(PAT)
    assert records.one("SELECT count(*) FROM appointments WHERE tenant_id = :t AND status = 'HOLD'", t=within.id)[0]
    cancel(appointment_id=first, actor="patient")
    take(PAT)


@pytest.mark.parametrize(
    "again",
    [
        NewPatient("Somebody Else", email="pat@MAIL.example"),
        NewPatient("Somebody Else", phone="+49 (30) 90-18 20"),
        NewPatient("pat  DÖE", phone="+4940123456", date_of_birth=date(1984, 3, 27)),
    ],
)
def test_a_person_is_known_by_address_number_or_name_and_birth(rules, take, again):
    rules(bookings_a_person=1)
    take(PAT)
    with pytest.raises(Conflict, match="one booking"):
        take(again)


@pytest.mark.parametrize(
    "other",
    [
        NewPatient("Pat Doe", email="other@mail.example"),
        NewPatient("Pat Doe", phone="+4940123456", date_of_birth=date(1985, 3, 27)),
        NewPatient("Max Doe", phone="+4940123456", date_of_birth=date(1984, 3, 27)),
        NewPatient("Pat Doe", phone="820"),
    ],
)
def test_somebody_else_is_not_counted(rules, take, other):
    rules(bookings_a_person=1)
    take(PAT)
    take(other)


def test_what_the_desk_booked_counts_and_what_is_over_does_not(rules, take, within, records):
    rules(bookings_a_person=1)
    booked = book(slot_id=within.slot(soon(days=2)), patient_id=within.pat, actor="olga", source="DESK")
    with pytest.raises(Conflict):
        take(PAT)
    records.rows(
        """UPDATE appointments SET start_time = start_time - interval '9 days', end_time = end_time - interval '9 days',
           time_slot_id = NULL, slot_capacity = NULL, specialist_id = NULL, busy_from = NULL, busy_until = NULL
           WHERE id = :id""",
        id=booked.id,
    )
    take(PAT)


def test_another_clinics_bookings_are_none_of_ours(rules, take, other_clinic, records):
    rules(bookings_a_person=1)
    records.rows("UPDATE tenants SET bookings_a_person = 1 WHERE id = :id", id=other_clinic.id)
    with tenant_scope(other_clinic.id):
        held = hold(slot_id=other_clinic.slot(soon()), type_id=other_clinic.type_id, **PATIENT)
        name_hold(appointment_id=held.id, new_patient=PAT, **PATIENT)
    take(PAT)


def test_the_desk_is_bound_by_nothing(rules, take, within):
    rules(bookings_a_person=1, required_fields=["email"], terms="Be kind.", terms_version=1, notice_minutes=9999)
    for number in (40, 41):
        held = hold(slot_id=within.slot(soon(), after=30 * number), actor="olga", source="DESK")
        name_hold(appointment_id=held.id, new_patient=NewPatient("Pat Doe"), actor="olga", source="DESK")


def test_a_detail_the_clinic_needs(rules, take):
    rules(required_fields=["date_of_birth"])
    with pytest.raises(InvalidInput, match="date of birth") as refusal:
        take(NewPatient("Pat Doe", phone="+4930901820"))
    assert refusal.value.field == "date_of_birth"
    take(PAT)


def test_the_terms_that_were_accepted_stay_with_the_booking(rules, take, records, within):
    for version in (1, 2):
        records.rows(
            "INSERT INTO terms (tenant_id, version, words, link) VALUES (:t, :v, 'Be kind.', '')",
            t=within.id,
            v=version,
        )
    rules(terms="Be kind.", terms_version=2)
    for accepted in (None, 1):
        with pytest.raises(InvalidInput):
            take(PAT, said=Said(accepted_terms=accepted))
    assert records.appointment(take(PAT, said=Said(accepted_terms=2))).terms_version == 2


def test_a_rule_made_after_the_time_was_chosen_is_asked_as_of_then(rules, within, records):
    """Notice does not run out while somebody types, and is not got round with a page from before."""
    held = hold(slot_id=within.slot(soon()), type_id=within.type_id, **PATIENT)
    rules(notice_minutes=3 * 24 * 60)
    with pytest.raises(SlotTaken, match="closes"):
        name_hold(appointment_id=held.id, new_patient=PAT, **PATIENT)
    records.rows("UPDATE appointments SET created_at = created_at - interval '3 days' WHERE id = :id", id=held.id)
    name_hold(appointment_id=held.id, new_patient=PAT, **PATIENT)


def test_nor_a_time_past_the_horizon(rules, within):
    held = hold(slot_id=within.slot(soon() + timedelta(days=9)), type_id=within.type_id, **PATIENT)
    rules(horizon_days=3)
    with pytest.raises(SlotTaken, match="ahead"):
        name_hold(appointment_id=held.id, new_patient=PAT, **PATIENT)
