"""Next free: a question in a form, answers that are one click from held."""

import pytest

from tests.blueprints.conftest import held_at_desk, soon
from webapp.core.tenancy import tenant_scope
from webapp.services.specialists import add_type


@pytest.fixture
def times(clinic):
    return [clinic.slot(soon(days=1 + number // 4), after=30 * (number % 4)) for number in range(12)]


def hits(page):
    return [button["value"] for button in page.soup.select(".found [name=slot_id]")]


def test_the_first_ten_and_later_ones(olga, times):
    page = olga.get("/desk/next-free")
    assert hits(page) == [str(one) for one in times[:10]]
    later = olga.get(page.soup.find("a", string="Later times")["href"])
    assert hits(later) == [str(one) for one in times[10:]]
    assert not later.soup.find("a", string="Later times")


def test_one_click_holds(olga, clinic, times, records):
    page = olga.get(f"/desk/next-free?type={clinic.type_id}")
    held = olga.post(page.soup.select_one("form.found")["action"], {"slot_id": str(times[3]), "key": page.value("key")})
    assert "Held until" in held.text
    (one,) = records.live(times[3])
    assert records.appointment(one).appointment_type_id == clinic.type_id


def test_a_double_click_holds_once(olga, times, records):
    page = olga.get("/desk/next-free?minutes=60")
    action = page.soup.select_one("form.found")["action"]
    paths = {olga.post(action, {"slot_id": str(times[0]), "key": page.value("key")}).path for _click in range(2)}
    assert len(paths) == 1
    (one,) = records.live(times[0])
    row = records.appointment(one)
    assert (row.end_time - row.start_time).total_seconds() == 3600


def test_one_that_is_gone_is_told_with_what_is_left(olga, clinic, times):
    page = olga.get("/desk/next-free")
    held_at_desk(clinic, times[0])
    told = olga.post(page.soup.select_one("form.found")["action"], {"slot_id": str(times[0]), "key": "k"})
    assert told.status == 409
    assert "This time has just been taken." in told.text
    assert hits(told) == [str(one) for one in times[1:11]]


def test_the_question_is_kept_in_what_follows(olga, clinic, times):
    weekday = soon(days=2).weekday()
    page = olga.get(f"/desk/next-free?minutes=30&day={weekday}&part=morning&specialist={clinic.specialist_id}")
    assert hits(page) == [str(one) for one in times[4:8]]
    assert page.one("#nf-part option[selected]")["value"] == "morning"
    assert f"day={weekday}" in page.soup.select_one(".chip[href]")["href"]


def test_nothing_free_says_what_else_to_ask(olga, clinic):
    assert "Nothing is free like that" in olga.get("/desk/next-free").text


@pytest.mark.parametrize(
    "query", ["minutes=0", "minutes=9999", "minutes=x", "seats=0", "seats=1000", "from=2031-02-30", "from=soon"]
)
def test_what_cannot_be_meant_is_said(olga, times, query):
    page = olga.get(f"/desk/next-free?{query}")
    assert page.status == 400
    assert page.soup.select(".notice.bad")
    assert hits(page) == []


def test_addresses_made_by_hand(olga, times, other_clinic):
    for query in ("day=9&part=night&specialist=x", "after=nonsense", "after=99999999999999999999~x", "from="):
        assert olga.get(f"/desk/next-free?{query}").status == 200, query
    assert olga.get(f"/desk/next-free?type={other_clinic.type_id}").status == 400
    assert olga.get("/desk/next-free?type=x").status == 400
    assert olga.post("/desk/next-free", {"slot_id": "x"}).status == 400


def test_another_clinics_slot(olga, other_clinic, records):
    slot = other_clinic.slot()
    assert olga.post("/desk/next-free", {"slot_id": str(slot), "key": "k"}).status == 404
    assert records.live(slot) == []


def test_a_script_gets_the_panel_only(olga, times):
    fragment = olga.get("/desk/next-free", headers={"X-Fragment": "1"})
    assert fragment.soup.select_one("[data-region=panel]")
    assert not fragment.soup.select("html")


@pytest.fixture
def course(clinic):
    with tenant_scope(clinic.id):
        return add_type(name="Course", minutes=30, is_group=True, specialist_ids=[clinic.specialist_id])


def hold_seats(olga, course, slot, seats):
    page = olga.get(f"/desk/next-free?type={course}&seats={seats}")
    button = page.one(f'.found [value="{slot}"]')
    assert f"hold {seats} seats" in button.get_text()
    action = page.soup.select_one("form.found")["action"]
    return olga.post(action, {"slot_id": str(slot), "key": page.value("key")})


def statuses(records, slot):
    return [records.appointment(one).status for one in records.live(slot)]


def test_as_many_seats_are_held_as_were_asked_for_and_named_one_by_one(olga, clinic, course, records):
    slot = clinic.slot(soon(), capacity=4)
    page = hold_seats(olga, course, slot, 3)
    assert statuses(records, slot) == ["HOLD"] * 3
    for left, name in ((2, "Ann One"), (1, "Ben Two"), (0, "Cem Three")):
        told = {2: "2 more seats are held for you.", 1: "1 more seat is held for you."}.get(left, "")
        assert told in page.text
        assert ("more seat" in page.text) is bool(left)
        page = olga.submit(page, "/new-patient", full_name=name)
        assert "Booked." in page.text
    assert page.path.endswith(f"/desk/{soon().date()}")
    assert statuses(records, slot) == ["CONFIRMED"] * 3


def test_one_seat_given_back_leads_to_the_next_and_all_to_the_day(olga, clinic, course, records):
    slot = clinic.slot(soon(), capacity=4)
    page = hold_seats(olga, course, slot, 3)
    page = olga.submit(page, "/give-back")
    assert "/desk/holds/" in page.path
    assert statuses(records, slot) == ["HOLD"] * 2
    page = olga.submit(page, "/give-back", all="1")
    assert page.path.endswith(f"/desk/{soon().date()}")
    assert statuses(records, slot) == []


def test_held_longer_they_are_held_longer_together(olga, clinic, course, records):
    slot = clinic.slot(soon(), capacity=2)
    page = hold_seats(olga, course, slot, 2)
    before = [records.appointment(one).expires_at for one in records.live(slot)]
    olga.submit(page, "/more-time")
    after = [records.appointment(one).expires_at for one in records.live(slot)]
    assert all(late > early for early, late in zip(before, after, strict=True))


def test_all_seats_or_none(olga, clinic, course, records):
    slot = clinic.slot(soon(), capacity=3)
    page = olga.get(f"/desk/next-free?type={course}&seats=3")
    held_at_desk(clinic, slot)
    told = olga.post(page.soup.select_one("form.found")["action"], {"slot_id": str(slot), "key": "k"})
    assert told.status == 409
    assert len(records.live(slot)) == 1


def test_a_double_click_holds_the_seats_once(olga, clinic, course, records):
    slot = clinic.slot(soon(), capacity=9)
    page = olga.get(f"/desk/next-free?type={course}&seats=3")
    action = page.soup.select_one("form.found")["action"]
    fields = {"slot_id": str(slot), "key": page.value("key")}
    assert len({olga.post(action, fields).path for _click in range(2)}) == 1
    assert len(records.live(slot)) == 3


def test_what_another_holds_is_theirs(olga, alice, clinic, course, records):
    slot = clinic.slot(soon(), capacity=4)
    hold_seats(alice, course, slot, 2)
    page = olga.post("/desk/holds", {"slot_id": str(slot), "key": "x"})
    assert "more seat" not in page.text
    assert olga.submit(page, "/give-back").path.endswith(f"/desk/{soon().date()}")
    assert statuses(records, slot) == ["HOLD"] * 2


def test_several_seats(olga, clinic, course):
    small, large = clinic.slot(soon(), capacity=2), clinic.slot(soon(), after=30, capacity=5)
    assert hits(olga.get(f"/desk/next-free?type={course}&seats=2")) == [str(small), str(large)]
    assert hits(olga.get(f"/desk/next-free?type={course}&seats=3")) == [str(large)]
