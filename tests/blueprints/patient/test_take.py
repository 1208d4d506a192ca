"""Choosing a time holds it, once; a time somebody else took leads to times near it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.blueprints.conftest import held_at_desk, soon


@pytest.fixture
def slots(visitor):
    """Four slots of one morning."""
    return [visitor.clinic.slot(soon(hour=hour)) for hour in (8, 9, 10, 11)]


@pytest.fixture
def times_page(visitor, slots):
    return visitor.get(f"/book/{visitor.clinic.type_id}/{soon().date()}")


def take(visitor, page, slot_id, **more):
    return visitor.submit(page, str(soon().date()), slot_id=slot_id, **more)


def test_the_time_is_held_at_once(visitor, times_page, slots, records):
    page = take(visitor, times_page, slots[1])
    assert page.heading == "Your details"
    assert "Held for you until" in page.text
    (held,) = records.live(slots[1])
    row = records.appointment(held)
    assert (row.status, row.source, row.appointment_type_id) == ("HOLD", "PATIENT", visitor.clinic.type_id)


def test_a_double_click_holds_once(visitor, times_page, slots, records):
    first = take(visitor, times_page, slots[1])
    second = take(visitor, times_page, slots[1])
    assert first.path == second.path
    assert len(records.live(slots[1])) == 1


def test_another_time_of_the_same_page_is_another_hold(visitor, times_page, slots, records):
    take(visitor, times_page, slots[1])
    assert take(visitor, times_page, slots[2]).heading == "Your details"
    assert len(records.live(slots[2])) == 1


def test_the_same_button_after_the_hold_ran_out_holds_anew(visitor, times_page, slots, records):
    take(visitor, times_page, slots[1])
    records.run_out(*records.live(slots[1]))
    assert take(visitor, times_page, slots[1]).heading == "Your details"
    (held,) = records.live(slots[1])
    assert records.appointment(held).status == "HOLD"


def test_a_lost_race_offers_the_three_nearest(visitor, times_page, slots, records):
    held_at_desk(visitor.clinic, slots[1])
    page = take(visitor, times_page, slots[1])
    assert page.status == 409
    assert page.heading == "This time is gone"
    offered = [button["value"] for button in page.soup.select("button.choice")]
    assert offered == [str(slots[0]), str(slots[2]), str(slots[3])]
    page = visitor.submit(page, str(soon().date()), slot_id=offered[1])
    assert page.heading == "Your details"
    assert len(records.live(slots[2])) == 1


def test_when_all_is_gone_the_page_still_leads_on(visitor, times_page, slots):
    for slot in slots:
        held_at_desk(visitor.clinic, slot)
    page = take(visitor, times_page, slots[0])
    assert page.status == 409
    assert not page.soup.select("button.choice")
    assert page.one("main .actions a")["href"].endswith(str(visitor.clinic.type_id))


def test_notice_and_horizon_hold_for_forged_forms_too(visitor, times_page, records):
    late = visitor.clinic.slot(soon(days=60))
    past = visitor.clinic.slot(soon(days=-1))
    for slot in (late, past):
        assert take(visitor, times_page, slot).status == 409
        assert records.live(slot) == []


def test_another_clinics_slot_is_not_taken(visitor, times_page, other_clinic, records):
    slot = other_clinic.slot(soon())
    assert take(visitor, times_page, slot).status == 409
    assert records.live(slot) == []


def test_an_overlong_key_is_400(visitor, times_page, slots, records):
    assert take(visitor, times_page, slots[0], key="k" * 300).status == 400
    assert records.live(slots[0]) == []


def test_without_a_token_nothing_is_held(visitor, slots, records):
    url = visitor.url(f"/book/{visitor.clinic.type_id}/{soon().date()}")
    assert visitor.client.post(url, data={"slot_id": slots[0], "key": "k"}).status_code == 400
    assert records.live(slots[0]) == []


def test_alternatives_are_bookable_ones_only(visitor, times_page, slots, records):
    records.rows("UPDATE tenants SET notice_minutes = 1 WHERE id = :id", id=visitor.clinic.id)
    visitor.clinic.slot(soon(days=-1, hour=9))
    held_at_desk(visitor.clinic, slots[1])
    page = take(visitor, times_page, slots[1])
    days = {strong.parent.get_text() for strong in page.soup.select("button.choice strong")}
    yesterday = soon() - timedelta(days=2)
    assert not any(f" {yesterday.day}," in day for day in days)


@pytest.mark.parametrize("fields", [{}, {"slot_id": "nonsense", "key": "k"}])
def test_without_a_slot_it_is_400(visitor, fields):
    assert visitor.post(f"/book/{visitor.clinic.type_id}/{soon().date()}", fields).status == 400


def test_an_unknown_slot_is_told_like_a_lost_race(visitor):
    page = visitor.post(f"/book/{visitor.clinic.type_id}/{soon().date()}", {"slot_id": str(uuid4()), "key": "k"})
    assert page.status == 409
