"""What a patient answered when they booked, beside the visit."""

import pytest

from tests.blueprints.conftest import held_by_patient, soon
from webapp.core.tenancy import tenant_scope
from webapp.rules.people import NewPatient
from webapp.rules.questions import Said
from webapp.services.appointments import name_hold
from webapp.services.questions import add_question, change_question
from webapp.services.user_settings import change_settings


@pytest.fixture
def answered(clinic, records):
    """A visit with an answer of each kind, and terms accepted."""
    records.rows(
        "INSERT INTO terms (tenant_id, version, words, link) VALUES (:t, 1, 'I accept the house rules.', '')",
        t=clinic.id,
    )
    records.rows("UPDATE tenants SET terms = 'I accept the house rules.', terms_version = 1 WHERE id = :t", t=clinic.id)
    held = held_by_patient(clinic, clinic.slot(soon()))
    with tenant_scope(clinic.id):
        tooth = add_question(label="Which tooth?", kind="TEXT")
        before = add_question(label="Been here before?", kind="CHOICE", choices=["Yes", "No"])
        doctor = add_question(label="Tell my family doctor.", kind="CONSENT")
        said = Said({tooth: "<b>Left</b>", before: "No", doctor: ""}, accepted_terms=1)
        name_hold(appointment_id=held, new_patient=NewPatient("Pat Doe"), said=said, actor="patient", source="PATIENT")
        change_question(question_id=tooth, label="Which tooth hurts most?", kind="TEXT")
    return held


def test_they_stand_in_the_panel_in_the_words_that_were_asked(olga, answered):
    page = olga.get(f"/desk/appointments/{answered}")
    said = page.one(".said dl")
    asked = [one.get_text(strip=True) for one in said.select("dt")]
    assert asked == ["Which tooth?", "Been here before?", "Tell my family doctor.", "I accept the house rules."]
    assert [one.get_text(strip=True) for one in said.select("dd")] == ["<b>Left</b>", "No", "No", "Yes"]


def test_they_are_hidden_where_names_are(olga, answered, records, clinic):
    olga_id = records.one("SELECT id FROM users WHERE tenant_id = :t AND full_name = 'Olga'", t=clinic.id).id
    with tenant_scope(clinic.id):
        change_settings(user_id=olga_id, changes={"hide_names": True})
    assert "Left" not in olga.get(f"/desk/appointments/{answered}").text
    assert "Left" in olga.get(f"/desk/appointments/{answered}?names=1").text


def test_without_answers_there_is_nothing(olga, clinic):
    held = held_by_patient(clinic, clinic.slot(soon()))
    assert olga.get(f"/desk/appointments/{held}").soup.select(".said") == []
