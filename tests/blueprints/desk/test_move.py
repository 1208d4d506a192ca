"""The next step of an appointment: arrived, done, no-show, cancelled."""

from uuid import uuid4

import pytest

from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import arrive, cancel

LEADS_TO = [("arrived", "ARRIVED"), ("completed", "COMPLETED"), ("no-show", "NO_SHOW"), ("cancel", "CANCELLED")]


def move(olga, appointment_id, step, version="1", **fields):
    return olga.post(f"/desk/appointments/{appointment_id}/{step}", {"version": version, **fields})


@pytest.mark.begun
@pytest.mark.parametrize(("step", "status"), LEADS_TO)
def test_each_step(olga, booked, records, step, status):
    page = move(olga, booked, step)
    assert page.path.endswith(f"/desk/{olga.clinic.day.date()}")
    assert records.appointment(booked).status == status


@pytest.mark.begun
def test_the_form_of_the_page_carries_the_version(olga, booked, records):
    olga.submit(olga.get(f"/desk/appointments/{booked}"), "/arrived")
    assert records.appointment(booked).status == "ARRIVED"


def test_a_reason_is_kept(olga, booked, records):
    move(olga, booked, "cancel", reason="  moved away\x00 ")
    (detail,) = records.one(
        "SELECT detail FROM appointment_events WHERE appointment_id = :id AND event_type = 'CANCELLED'", id=booked
    )
    assert detail == {"reason": "moved away"}


@pytest.mark.begun
def test_a_stale_page_is_told_how_it_stands_now(olga, booked, records):
    with tenant_scope(olga.clinic.id):
        arrive(appointment_id=booked, actor="user:another")
    page = move(olga, booked, "cancel")
    assert page.status == 409
    assert "Somebody changed this appointment meanwhile." in page.text
    assert "Arrived" in page.one(".status-line").get_text()
    assert records.appointment(booked).status == "ARRIVED"
    assert olga.submit(page, "/completed").status == 200


@pytest.mark.begun
def test_a_step_that_cannot_follow_is_refused(olga, booked):
    with tenant_scope(olga.clinic.id):
        cancel(appointment_id=booked, actor="test")
    page = move(olga, booked, "arrived", version="2")
    assert page.status == 409
    assert "This appointment was cancelled." in page.text


def test_bad_input(olga, booked, records):
    assert move(olga, booked, "cancel", version="").status == 400
    assert move(olga, booked, "cancel", version="x").status == 400
    assert move(olga, booked, "reborn").status == 404
    assert move(olga, uuid4(), "cancel").status == 404
    assert records.appointment(booked).status == "CONFIRMED"


def test_another_clinics_appointment_stays(mallory, other_clinic, booked, records):
    mallory.clinic = other_clinic
    for step, _status in LEADS_TO:
        assert move(mallory, booked, step).status == 404
    assert records.appointment(booked).status == "CONFIRMED"
