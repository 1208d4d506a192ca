"""Changing a patient's details: the later of two desks is told."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from webapp.core.errors import InvalidInput, NotFound, StaleVersion
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import utc_now
from webapp.services.patients import add_patient, change_patient

NEW = {
    "full_name": " Ines  Prado ",
    "email": "i@mail.example",
    "phone": "+4930",
    "date_of_birth": None,
    "notes": "x",
    "actor": "user:olga",
}


def test_all_of_it_is_written(within, records):
    assert change_patient(patient_id=within.pat, version=1, **NEW) == 2
    row = records.one("SELECT * FROM patients WHERE id = :id", id=within.pat)
    assert (row.full_name, row.email, row.phone, row.notes) == ("Ines  Prado", "i@mail.example", "+4930", "x")
    assert (row.version, row.search_name, row.reference) == (2, " ines prado", "user_pat")


def told(records, patient_id):
    return records.rows("SELECT event_type, actor, detail FROM desk_events WHERE patient_id = :id", id=patient_id)


def test_who_changed_which_details_is_written_and_not_what_they_said(within, records):
    change_patient(patient_id=within.pat, version=1, **NEW)
    ((event_type, actor, detail),) = told(records, within.pat)
    assert (event_type, actor) == ("CHANGED", "user:olga")
    assert detail == {"fields": ["full_name", "phone", "email", "notes"]}


def test_the_same_again_changes_nothing(within, records):
    change_patient(patient_id=within.pat, version=1, **NEW)
    assert change_patient(patient_id=within.pat, version=2, **NEW) == 2
    assert len(told(records, within.pat)) == 1


def test_a_refused_change_is_not_written(within, records):
    with pytest.raises(InvalidInput):
        change_patient(patient_id=within.pat, version=1, **NEW | {"full_name": " "})
    with pytest.raises(StaleVersion):
        change_patient(patient_id=within.pat, version=7, **NEW)
    assert told(records, within.pat) == []


def test_a_stale_version_changes_nothing(within, records):
    change_patient(patient_id=within.pat, version=1, **NEW)
    with pytest.raises(StaleVersion):
        change_patient(patient_id=within.pat, version=1, **NEW | {"full_name": "Later"})
    assert records.one("SELECT full_name FROM patients WHERE id = :id", id=within.pat).full_name == "Ines  Prado"


def test_unknown_and_foreign_ones(within, other_clinic):
    for patient in (uuid4(), other_clinic.pat):
        with pytest.raises(NotFound):
            change_patient(patient_id=patient, version=1, **NEW)
    with tenant_scope(other_clinic.id):
        assert change_patient(patient_id=other_clinic.pat, version=1, **NEW) == 2


@pytest.mark.parametrize("born", [date(1899, 12, 31), date(1, 1, 1), utc_now().date() + timedelta(days=2)])
def test_nobody_has_such_a_birth_date(within, born):
    for write in (
        lambda: add_patient(full_name="Odd", date_of_birth=born),
        lambda: change_patient(patient_id=within.pat, version=1, **NEW | {"date_of_birth": born}),
    ):
        with pytest.raises(InvalidInput) as caught:
            write()
        assert caught.value.field == "date_of_birth"


@pytest.mark.parametrize("born", [date(1900, 1, 1), utc_now().date()])
def test_but_these_are_possible(within, born):
    assert add_patient(full_name="Odd", date_of_birth=born)
