"""Several visits: looked at one by one, booked together."""

from datetime import timedelta

import pytest

from tests.conftest import DAY
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book

WEEK = timedelta(weeks=1)


@pytest.fixture
def mondays(clinic, slot):
    return [slot, *(clinic.slot(DAY + number * WEEK) for number in (1, 2))]


@pytest.fixture
def page(olga, booked, mondays):
    return olga.get(f"/desk/appointments/{booked}/series?interval=1&count=3")


def take(clinic, slot):
    with tenant_scope(clinic.id):
        return book(slot_id=slot, actor="another", source="DESK").id


def test_the_preview_names_each_visit(page):
    assert page.status == 200
    assert page.heading == "Several visits"
    assert "Monday, March 10, 2031" in page.text
    assert len(page.soup.select("[type=checkbox][name^=visit-][checked]")) == 2


def send(olga, page, choices, **more):
    form = page.soup.select_one("form[method=post][action$='/series']")
    hidden = {i["name"]: i["value"] for i in form.select("input[type=hidden]") if i["name"] != "asked"}
    asked = [i["value"] for i in form.select("input[name=asked]")]
    return olga.post(form["action"], hidden | choices | {"asked": asked} | more)


def chosen(page):
    boxes = page.soup.select("[name^=visit-][checked]")
    return {box["name"]: box["value"] for box in boxes}


def test_all_are_booked(olga, page, booked, mondays, records):
    done = send(olga, page, chosen(page))
    assert "3 visits booked." in done.text
    assert [len(records.live(slot)) for slot in mondays] == [1, 1, 1]
    assert "Visit 1 of 3" in olga.get(f"/desk/appointments/{booked}").text


def test_a_double_click_books_once(olga, page, mondays, records):
    for _click in range(2):
        assert "3 visits booked." in send(olga, page, chosen(page)).text
    assert [len(records.live(slot)) for slot in mondays] == [1, 1, 1]


def test_one_that_is_taken_is_moved_and_one_left_out(olga, clinic, booked, mondays, records):
    take(clinic, mondays[1])
    beside = clinic.slot(DAY + WEEK, after=30)
    page = olga.get(f"/desk/appointments/{booked}/series?count=3")
    assert "taken" in page.one(".clash .why").text
    assert {i["value"] for i in page.soup.select("[name=visit-2]")} == {str(beside), "skip"}
    done = send(olga, page, {"visit-2": str(beside)})
    assert "2 visits booked." in done.text
    assert len(records.live(beside)) == 1
    assert records.live(mondays[2]) == []


def test_nothing_is_left_out_by_forgetting_it(olga, clinic, booked, mondays, records):
    take(clinic, mondays[1])
    page = olga.get(f"/desk/appointments/{booked}/series?count=3")
    told = send(olga, page, chosen(page))
    assert told.status == 400
    assert "Choose another time for each visit" in told.text
    assert records.live(mondays[2]) == []


def test_one_taken_meanwhile_leaves_none_and_is_shown(olga, clinic, page, mondays, records):
    take(clinic, mondays[2])
    told = send(olga, page, chosen(page))
    assert told.status == 409
    assert "Nothing was booked." in told.text
    assert len(told.soup.select(".clash")) == 1
    assert records.live(mondays[1]) == []


def test_from_a_held_time(olga, hold_page, held, clinic, mondays, records):
    page = olga.submit(hold_page, "/patient", patient_id=str(clinic.pat), series="1", type_id="")
    assert page.heading == "Several visits"
    assert "Held until" in page.text
    assert records.appointment(held).status == "HOLD"
    page = olga.get(f"{page.path}?count=3")
    send(olga, page, chosen(page))
    assert records.appointment(held).status == "CONFIRMED"
    assert [len(records.live(slot)) for slot in mondays] == [1, 1, 1]


def test_a_held_time_can_still_be_booked_alone(olga, hold_page, held, clinic, mondays, records):
    olga.submit(hold_page, "/patient", patient_id=str(clinic.pat), series="1", type_id="")
    page = olga.get(f"/desk/appointments/{held}/series?count=3")
    assert "1 visit booked." in send(olga, page, {}).text
    assert records.appointment(held).status == "CONFIRMED"


def test_somebody_new_gets_several(olga, hold_page, held, records):
    page = olga.submit(hold_page, "/new-patient", full_name="Somebody New", series="1")
    assert page.heading == "Several visits"
    assert "Somebody New" in page.text


def test_cancelling_this_and_the_following(olga, page, booked, mondays, records):
    send(olga, page, chosen(page))
    second = records.live(mondays[1])[0]
    panel = olga.get(f"/desk/appointments/{second}")
    assert "Visit 2 of 3" in panel.text
    done = olga.post(
        f"/desk/appointments/{second}/cancel-following", {"version": panel.value("version"), "reason": "moves away"}
    )
    assert "2 visits cancelled." in done.text
    assert [len(records.live(slot)) for slot in mondays] == [1, 0, 0]
    stale = olga.post(f"/desk/appointments/{booked}/cancel-following", {"version": "99"})
    assert "Somebody changed this appointment" in stale.text


@pytest.mark.parametrize("query", ["interval=0", "count=1", "count=99", "count=many", "day=9", "day=x", "interval=²"])
def test_patterns_nobody_can_mean(olga, booked, query):
    page = olga.get(f"/desk/appointments/{booked}/series?{query}")
    assert page.status == 400
    assert page.soup.select(".notice.bad")


def test_bad_choices(olga, page, booked, mondays, records):
    assert send(olga, page, {"visit-2": "nonsense"}).status == 400
    assert send(olga, page, {"visit-2": str(booked)}).status == 404
    assert send(olga, page, {"visit-2": str(mondays[1]), "visit-3": str(mondays[1])}).status == 400
    assert send(olga, page, {}).status == 400
    assert send(olga, page, chosen(page), version="7").status == 409


def test_another_clinics_slot_is_not_found(olga, page, other_clinic, mondays, records):
    foreign = other_clinic.slot()
    assert send(olga, page, chosen(page) | {"visit-3": str(foreign)}).status == 404
    assert records.live(foreign) == []
    assert records.live(mondays[1]) == []


def test_a_script_gets_the_panel_only(olga, booked):
    fragment = olga.get(f"/desk/appointments/{booked}/series", headers={"X-Fragment": "1"})
    assert fragment.soup.select_one("[data-region=panel]")
    assert not fragment.soup.select("html")


def test_numbers_too_long_to_be_any(olga, page, mondays, records):
    long = "9" * 5000
    assert olga.get(f"{page.path}?day={long}&count={long}").status == 400
    assert send(olga, page, chosen(page), **{f"visit-{long}": str(mondays[1]), "day": long}).status == 200
    assert [len(records.live(slot)) for slot in mondays] == [1, 1, 1]
