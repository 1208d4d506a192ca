"""The chosen visit sets how long the time is held; where it does not fit, the page says until when it is free."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.conftest import DAY as MIDNIGHT
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book, hold
from webapp.services.specialists import add_type

HALF = timedelta(minutes=30)


@pytest.fixture
def long(clinic):
    """An hour, where the held time is half of one."""
    with tenant_scope(clinic.id):
        return add_type(name="Long visit", minutes=60, specialist_ids=[clinic.specialist_id])


@pytest.fixture
def after(clinic):
    """The time after the held one."""
    return clinic.slot(after=30)


def fit(visitor, page, type_id, **fields):
    return visitor.post(f"{page.path.removesuffix('/visit')}/visit", {"type_id": str(type_id), **fields})


def test_a_longer_visit_is_held_at_once_and_gives_back_what_it_does_not_need(
    olga, clinic, hold_page, held, long, after, records
):
    page = fit(olga, hold_page, long)
    assert page.status == 200
    assert "12:00 AM – 1:00 AM" in page.text
    assert page.one("#visit option[selected]")["value"] == str(long)
    assert records.appointment(held).end_time == MIDNIGHT + 2 * HALF
    assert records.slot(after).status == "HOLD"
    fit(olga, page, clinic.type_id)
    assert records.appointment(held).end_time == MIDNIGHT + HALF
    assert records.slot(after).status == "AVAILABLE"


def test_who_stands_behind_it_is_named_and_the_choice_is_kept(olga, clinic, hold_page, held, long, after, records):
    with tenant_scope(clinic.id):
        book(slot_id=after, patient_id=clinic.pat, actor="test", source="DESK")
    free = [clinic.slot(after=120), clinic.slot(after=150)]
    page = fit(olga, hold_page, long, q="doe", full_name="Nora New")
    assert page.status == 409
    assert "Free only until 12:30 AM (Pat Doe)." in page.text
    assert "just been taken" not in page.text
    assert page.one("#visit option[selected]")["value"] == str(long)
    assert (page.value("q"), page.value("full_name")) == ("doe", "Nora New")
    assert [button["value"] for button in page.soup.select("[data-region=fit] .near button")] == [str(free[0])]
    assert records.appointment(held).end_time == MIDNIGHT + HALF
    named = olga.post(f"{page.path.removesuffix('/visit')}/patient", {"patient_id": clinic.pat, "type_id": long})
    assert "Free only until 12:30 AM (Pat Doe)." in named.text
    assert named.one("#visit option[selected]")["value"] == str(long)


@pytest.mark.parametrize("waits", [True, False])
def test_where_the_hours_end_nobody_is_named(olga, clinic, hold_page, long, waits, request):
    if waits:
        with tenant_scope(clinic.id):
            hold(slot_id=request.getfixturevalue("after"), actor="test", source="PATIENT")
    page = fit(olga, hold_page, long)
    assert ("Free only until 12:30 AM (held)." if waits else "Free only until 12:30 AM.") in page.text


def test_a_time_where_it_fits_is_held_instead_with_what_was_typed(olga, clinic, hold_page, held, long, records):
    other = clinic.slot(after=120)
    clinic.slot(after=150)
    page = fit(olga, hold_page, long)
    key = page.one('[name="key"][form="new-patient"]')["value"]
    fields = {"slot_id": str(other), "type_id": str(long), "key": key, "full_name": "Nora New"}
    moved = olga.post(f"/desk/holds/{held}/again", fields)
    assert "2:00 AM – 3:00 AM" in moved.text
    assert moved.value("full_name") == "Nora New"
    assert records.appointment(held).status == "CANCELLED"
    assert len(records.live(other)) == 1


def test_a_time_that_is_gone_leaves_the_held_one(olga, clinic, hold_page, held, long, records):
    other = clinic.slot(after=120)
    with tenant_scope(clinic.id):
        book(slot_id=other, actor="test", source="DESK")
    page = olga.post(f"/desk/holds/{held}/again", {"slot_id": str(other), "type_id": str(long), "key": uuid4().hex})
    assert page.status == 409
    assert "This time has just been taken." in page.text
    assert records.appointment(held).status == "HOLD"


def test_bad_input(olga, clinic, other_clinic, hold_page, held):
    assert fit(olga, hold_page, "nonsense").status == 400
    assert fit(olga, hold_page, other_clinic.type_id).status == 400
    assert fit(olga, hold_page, "").status == 200
    assert olga.post(f"/desk/holds/{uuid4()}/visit", {"type_id": str(clinic.type_id)}).status == 404
    assert olga.post(f"/desk/holds/{held}/again", {"slot_id": "nonsense", "type_id": ""}).status == 400


def test_only_who_holds_it(alice, mallory, other_clinic, clinic, hold_page, held, long, after, records):
    assert fit(alice, hold_page, long).status == 409
    assert alice.post(f"/desk/holds/{held}/again", {"slot_id": str(after), "type_id": "", "key": "k" * 9}).status == 200
    mallory.clinic = other_clinic
    assert mallory.post(f"/desk/holds/{held}/visit", {"type_id": ""}).status == 404
    assert records.events(held) == ["HELD"]


def test_too_late(olga, hold_page, held, long, after, records):
    records.run_out(held)
    page = fit(olga, hold_page, long)
    assert page.status == 409
    assert "The hold on this time has ended." in page.text
