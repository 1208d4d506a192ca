"""Choosing a time holds it, once; a time somebody else took leads to times near it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.blueprints.conftest import held_at_desk, soon
from tests.conftest import colleague


@pytest.fixture
def slots(visitor):
    """Four slots of one morning."""
    return [visitor.clinic.slot(soon(hour=hour)) for hour in (8, 9, 10, 11)]


@pytest.fixture
def times_page(visitor, slots):
    return visitor.get(f"/book/{visitor.clinic.type_id}/{soon().date()}")


def take(visitor, page, number, **more):
    """Press the button of a time."""
    return visitor.submit(page, str(soon().date()), start=page.soup.select("button.time")[number]["value"], **more)


def take_slot(visitor, page, slot_id):
    """What the buttons of other pages send, who name a slot."""
    return visitor.submit(page, str(soon().date()), slot_id=str(slot_id))


def test_the_time_is_held_at_once(visitor, times_page, slots, records):
    page = take(visitor, times_page, 1)
    assert page.heading == "Your details"
    assert "Held for you until" in page.text
    (held,) = records.live(slots[1])
    row = records.appointment(held)
    assert (row.status, row.source, row.appointment_type_id) == ("HOLD", "PATIENT", visitor.clinic.type_id)


def test_a_double_click_holds_once(visitor, times_page, slots, records):
    first = take(visitor, times_page, 1)
    second = take(visitor, times_page, 1)
    assert first.path == second.path
    assert len(records.live(slots[1])) == 1


def test_another_time_of_the_same_page_is_another_hold(visitor, times_page, slots, records):
    take(visitor, times_page, 1)
    assert take(visitor, times_page, 2).heading == "Your details"
    assert len(records.live(slots[1])) == len(records.live(slots[2])) == 1


def test_another_time_of_a_page_that_knew_the_first_takes_its_place(visitor, times_page, slots, records):
    take(visitor, times_page, 1)
    page = visitor.get(f"/book/{visitor.clinic.type_id}/{soon().date()}")
    assert "that one is given back" in page.text
    take(visitor, page, 1)
    assert records.live(slots[1]) == []
    assert len(records.live(slots[2])) == 1


def test_a_time_that_is_lost_leaves_the_one_that_is_held(visitor, times_page, slots, records):
    take(visitor, times_page, 1)
    page = visitor.get(f"/book/{visitor.clinic.type_id}/{soon().date()}")
    held_at_desk(visitor.clinic, slots[2])
    assert take(visitor, page, 1).status == 409
    assert len(records.live(slots[1])) == 1


def test_the_same_button_after_the_hold_ran_out_holds_anew(visitor, times_page, slots, records):
    take(visitor, times_page, 1)
    records.run_out(*records.live(slots[1]))
    assert take(visitor, times_page, 1).heading == "Your details"
    (held,) = records.live(slots[1])
    assert records.appointment(held).status == "HOLD"


def test_a_lost_race_offers_the_three_nearest(visitor, times_page, slots, records):
    held_at_desk(visitor.clinic, slots[1])
    page = take(visitor, times_page, 1)
    assert page.status == 409
    assert page.heading == "This time is gone"
    offered = page.soup.select("button.choice")
    assert [button.strong.get_text().replace("\u202f", " ") for button in offered] == [
        "8:00 AM",
        "10:00 AM",
        "11:00 AM",
    ]
    page = visitor.submit(page, str(soon().date()), start=offered[1]["value"])
    assert page.heading == "Your details"
    assert len(records.live(slots[2])) == 1


def test_when_all_is_gone_the_page_still_leads_on(visitor, times_page, slots):
    for slot in slots:
        held_at_desk(visitor.clinic, slot)
    page = take(visitor, times_page, 0)
    assert page.status == 409
    assert not page.soup.select("button.choice")
    days, wait = page.soup.select("main .actions a")
    assert days["href"].endswith(f"/book/{visitor.clinic.type_id}")
    assert wait["href"].endswith(f"/wait/{visitor.clinic.type_id}")


def test_notice_and_horizon_hold_for_forged_forms_too(visitor, times_page, records):
    late = visitor.clinic.slot(soon(days=60))
    past = visitor.clinic.slot(soon(days=-1))
    for slot in (late, past):
        assert take_slot(visitor, times_page, slot).status == 409
        assert records.live(slot) == []


def test_another_clinics_slot_is_not_taken(visitor, times_page, other_clinic, records):
    slot = other_clinic.slot(soon())
    assert take_slot(visitor, times_page, slot).status == 409
    assert records.live(slot) == []


def test_an_overlong_key_is_400(visitor, times_page, slots, records):
    assert take(visitor, times_page, 0, key="k" * 300).status == 400
    assert records.live(slots[0]) == []


def test_without_a_token_nothing_is_held(visitor, slots, records):
    url = visitor.url(f"/book/{visitor.clinic.type_id}/{soon().date()}")
    assert visitor.client.post(url, data={"slot_id": slots[0], "key": "k"}).status_code == 400
    assert records.live(slots[0]) == []


def test_alternatives_are_bookable_ones_only(visitor, times_page, slots, records):
    records.rows("UPDATE tenants SET notice_minutes = 1 WHERE id = :id", id=visitor.clinic.id)
    visitor.clinic.slot(soon(days=-1, hour=9))
    held_at_desk(visitor.clinic, slots[1])
    page = take(visitor, times_page, 1)
    days = {strong.parent.get_text() for strong in page.soup.select("button.choice strong")}
    yesterday = soon() - timedelta(days=2)
    assert not any(f" {yesterday.day}," in day for day in days)


@pytest.mark.parametrize("fields", [{}, {"slot_id": "nonsense", "key": "k"}, {"start": "nine", "key": "k"}])
def test_without_a_time_it_is_400(visitor, fields):
    assert visitor.post(f"/book/{visitor.clinic.type_id}/{soon().date()}", fields).status == 400


def test_an_unknown_slot_is_told_like_a_lost_race(visitor):
    page = visitor.post(f"/book/{visitor.clinic.type_id}/{soon().date()}", {"slot_id": str(uuid4()), "key": "k"})
    assert page.status == 409


def test_who_has_least_to_do_that_day_gets_the_visit(visitor, slots, records):
    busy, idle = visitor.clinic, colleague(visitor.clinic)
    held_at_desk(busy, slots[3])
    theirs = idle.slot(soon(hour=9))
    page = visitor.get(f"/book/{busy.type_id}/{soon().date()}")
    assert "Dr. Ruth Adler" in take(visitor, page, 1).text
    assert len(records.live(theirs)) == 1


def test_minutes_count_not_visits(visitor, slots, records):
    one, other = visitor.clinic, colleague(visitor.clinic)
    held_at_desk(one, one.slot(soon(hour=14), minutes=120))
    for hour in (14, 15):
        held_at_desk(other, other.slot(soon(hour=hour), minutes=30))
    theirs = other.slot(soon(hour=9))
    take(visitor, visitor.get(f"/book/{one.type_id}/{soon().date()}"), 1)
    assert len(records.live(theirs)) == 1


def test_when_the_first_choice_is_gone_the_next_is_tried_before_anybody_is_refused(visitor, slots, records):
    other = colleague(visitor.clinic)
    theirs = other.slot(soon(hour=9))
    page = visitor.get(f"/book/{visitor.clinic.type_id}/{soon().date()}")
    held_at_desk(visitor.clinic, slots[1])
    assert take(visitor, page, 1).heading == "Your details"
    assert len(records.live(theirs)) == 1


def test_a_double_click_holds_once_though_somebody_else_is_free_too(visitor, slots, records):
    theirs = colleague(visitor.clinic).slot(soon(hour=9))
    page = visitor.get(f"/book/{visitor.clinic.type_id}/{soon().date()}")
    assert take(visitor, page, 1).path == take(visitor, page, 1).path
    assert len(records.live(slots[1])) + len(records.live(theirs)) == 1


def test_pressed_twice_again_after_the_hold_ran_out_it_is_still_one(visitor, slots, records):
    theirs = colleague(visitor.clinic).slot(soon(hour=9))
    page = visitor.get(f"/book/{visitor.clinic.type_id}/{soon().date()}")
    take(visitor, page, 1)
    records.run_out(*records.live(slots[1]), *records.live(theirs))
    assert take(visitor, page, 1).path == take(visitor, page, 1).path
    held = [*records.live(slots[1]), *records.live(theirs)]
    assert [records.appointment(one).status for one in held].count("HOLD") == 1


def test_whom_was_asked_for_it_stays_with(visitor, slots, records):
    other = colleague(visitor.clinic)
    other.slot(soon(hour=9))
    held_at_desk(visitor.clinic, slots[1])
    page = visitor.get(f"/book/{visitor.clinic.type_id}/{soon().date()}?with={other.specialist_id}")
    assert [b.get_text().replace("\u202f", " ") for b in page.soup.select("button.time")] == ["9:00 AM"]
    form = page.one("form[method=post]")
    page = visitor.post(form["action"], page.form(form["action"]) | {"start": page.one("button.time")["value"]})
    assert "Dr. Ruth Adler" in page.text
