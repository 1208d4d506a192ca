"""Somebody stands at the desk: the first free time from now on is held at once."""

from datetime import timedelta

import pytest

from tests.blueprints.conftest import held_at_desk
from webapp.core.tenancy import tenant_scope
from webapp.services.specialists import add_type
from webapp.web.clock import now as utc_now


@pytest.fixture
def noon(monkeypatch):
    """Twelve o'clock today, whatever the time is: so late that tomorrow is near would be another test."""
    noon = utc_now().replace(hour=12, minute=5, second=0, microsecond=0)
    monkeypatch.setattr("webapp.web.clock.now", lambda: noon)
    return noon


@pytest.fixture
def running(clinic, noon):
    """A slot that began five minutes ago, and the two after it."""
    return [clinic.slot(noon.replace(minute=0), after=30 * number) for number in range(3)]


def walk_in(olga, **fields):
    page = olga.get("/desk/")
    return olga.submit(page, "/walk-in", **fields)


def test_one_click_holds_the_running_slot(olga, running, records, clinic):
    page = walk_in(olga)
    assert "Held until" in page.text
    assert page.soup.select_one("#q")
    (held,) = records.live(running[0])
    row = records.appointment(held)
    assert (row.status, row.source, row.appointment_type_id) == ("HOLD", "DESK", clinic.type_id)


def test_too_far_gone_the_next_one_is_held(olga, running, records, noon, monkeypatch):
    monkeypatch.setattr("webapp.web.clock.now", lambda: noon + timedelta(minutes=15))
    walk_in(olga)
    assert [len(records.live(slot)) for slot in running] == [0, 1, 0]


def test_a_double_click_holds_once(olga, running, records):
    page = olga.get("/desk/")
    paths = {olga.submit(page, "/walk-in").path for _click in range(2)}
    assert len(paths) == 1
    assert [len(records.live(slot)) for slot in running] == [1, 0, 0]


def test_the_visit_booked_last_is_what_the_next_one_gets(olga, running, clinic, records):
    with tenant_scope(clinic.id):
        longer = add_type(name="Long talk", minutes=60, specialist_ids=[clinic.specialist_id])
    page = walk_in(olga)
    olga.post(f"{page.path}/give-back")
    held = olga.submit(olga.get("/desk/"), "/desk/holds", slot_id=str(running[0]))
    olga.submit(held, "/patient", patient_id=str(clinic.pat), type_id=str(longer))
    clinic.slot(utc_now().replace(hour=13, minute=30, second=0, microsecond=0))
    walk_in(olga)
    rows = records.rows(
        "SELECT appointment_type_id FROM appointments WHERE tenant_id = :t AND status = 'HOLD'", t=clinic.id
    )
    assert [row[0] for row in rows] == [longer]


def test_another_visit_by_name(olga, running, clinic, records):
    with tenant_scope(clinic.id):
        longer = add_type(name="Long talk", minutes=60, specialist_ids=[clinic.specialist_id])
    walk_in(olga, type_id=str(longer))
    (held,) = records.live(running[0])
    assert records.appointment(held).appointment_type_id == longer


def test_nobody_free_today_leads_to_the_next_times(olga, clinic, noon):
    tomorrow = clinic.slot(noon + timedelta(days=1))
    page = walk_in(olga)
    assert "Nobody is free for this today: Consultation." in page.text
    assert page.soup.select_one(f'[name=slot_id][value="{tomorrow}"]')


def test_a_clinic_without_visits(olga, clinic, noon, records):
    records.rows("UPDATE appointment_types SET is_active = false WHERE tenant_id = :t", t=clinic.id)
    assert "There is no type of visit yet." in walk_in(olga).text


def test_a_time_another_desk_took_gives_way_to_the_next(olga, clinic, running, records, monkeypatch):
    """It went between the look and the click."""
    from webapp.blueprints.desk import finding

    look = finding.free_now

    def slow_look(**asked):
        found = look(**asked)
        held_at_desk(clinic, running[0])
        return found

    monkeypatch.setattr(finding, "free_now", slow_look)
    walk_in(olga)
    assert [len(records.live(slot)) for slot in running] == [1, 1, 0]
