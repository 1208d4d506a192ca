"""Moving all visits that were booked together: days, times, the question whether to, and all or none."""

import pytest

from tests.blueprints.conftest import soon
from tests.blueprints.patient.conftest import book_all, of_status, set_rule
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import cancel
from webapp.services.booking import book

NAMES = ("Anna Doe", "Ben Doe", "Cleo Doe")


@pytest.fixture
def receipt(visitor, party_page):
    """Three people, one after the other from nine tomorrow."""
    return book_all(visitor, party_page)


@pytest.fixture
def next_day(visitor):
    return [visitor.clinic.slot(soon(days=2), after=30 * number) for number in range(4)]


@pytest.fixture
def question(visitor, receipt, next_day):
    """Whether to move them to nine o'clock on the day after."""
    page = visitor.get(f"{receipt.path}/move-all")
    day = page.soup.select(f'a.choice[href$="{soon(days=2).date()}"]')[0]
    return visitor.get(visitor.get(day["href"]).soup.select_one("a.time")["href"])


def starts(records, visitor):
    return [row.start_time for row in of_status(records, visitor, "CONFIRMED")]


def test_from_the_receipt(visitor, receipt, next_day):
    assert receipt.one("a[href$=move-all]").get_text(strip=True) == "Move all"
    page = visitor.get(f"{receipt.path}/move-all")
    assert page.heading == "Choose a new day"
    page = visitor.get(f"{receipt.path}/move-all/{soon(days=2).date()}")
    assert "one after the other, until 10:30 AM" in page.text
    assert len(page.soup.select("a.time")) == 2


def test_the_question_names_each_with_its_old_time_and_its_new(question):
    assert question.heading == "Move all your visits to these times?"
    lines = [item.get_text(" ", strip=True) for item in question.soup.select(".members li")]
    assert [name in line for name, line in zip(NAMES, lines, strict=True)] == [True] * 3
    assert "10:00 – 10:30" in lines[2].replace(" AM", "").replace("\u202fAM", "")
    assert len(question.soup.select(".members s")) == 3
    assert question.one("form button").get_text(strip=True) == "Move all 3 visits"


def test_all_are_moved_in_their_order_once(visitor, question, next_day, records):
    for _time in range(2):
        page = visitor.submit(question, "/move-all/to")
        assert (page.status, page.heading) == (200, "Your visits are booked")
    assert starts(records, visitor) == [soon(days=2), soon(days=2, minute=30), soon(days=2, hour=10)]
    changes = "SELECT kind FROM messages WHERE tenant_id = :id AND kind = 'CHANGE'"
    assert len(records.rows(changes, id=visitor.clinic.id)) == 3
    names = [item.get_text(" ", strip=True) for item in page.soup.select(".members li")]
    assert [name in line for name, line in zip(NAMES, names, strict=True)] == [True] * 3


def test_a_time_that_is_taken_meanwhile_moves_none_and_others_are_offered(visitor, question, next_day, records):
    later = [visitor.clinic.slot(soon(days=3), after=30 * number) for number in range(3)]
    before = starts(records, visitor)
    with tenant_scope(visitor.clinic.id):
        book(slot_id=next_day[1], actor="another", source="DESK")
    page = visitor.submit(question, "/move-all/to")
    assert (page.status, page.heading, page.response.request.method) == (409, "These times are gone", "GET")
    assert "Your visits stay where they were." in page.text
    assert page.one(".lead").get_text().startswith("No visit was changed, because of the one of Ben Doe, ")
    assert [start for start in starts(records, visitor) if start in before] == before
    visitor.submit(visitor.get(page.soup.select("a.choice")[-1]["href"]), "/move-all/to")
    assert [len(records.live(slot)) for slot in later] == [1] * 3


def test_too_late_for_one_names_it(visitor, question, records, receipt):
    set_rule(records, visitor, move_cutoff_minutes=60 * 24 * 10)
    before = starts(records, visitor)
    for page in (visitor.submit(question, "/move-all/to"), visitor.get(f"{receipt.path}/move-all")):
        assert (page.status, page.response.request.method) == (409, "GET")
        refusal = page.one(".notice.bad").get_text(" ", strip=True)
        assert refusal.startswith("No visit was changed, because of the one of Anna Doe, ")
        assert "Online moving here ends 10 days before the visit." in refusal
    assert starts(records, visitor) == before


def test_after_a_change_at_the_desk_it_is_looked_at_again(visitor, question, records):
    with tenant_scope(visitor.clinic.id):
        cancel(appointment_id=of_status(records, visitor, "CONFIRMED")[2].id, actor="user:olga")
    page = visitor.submit(question, "/move-all/to")
    assert page.status == 409
    assert "The clinic changed this visit a moment ago." in page.text
    assert len(starts(records, visitor)) == 2


def test_times_that_are_not_offered_are_refused(visitor, question, receipt, records):
    """A slot that stands in no offer, such as one of another day, is no way in."""
    other = visitor.clinic.slot(soon(days=20))
    form = question.form("/move-all/to")
    before = starts(records, visitor)
    page = visitor.post(f"{receipt.path}/move-all/to", form | {"slots": " ".join([str(other)] * 3)})
    assert page.status == 409
    assert starts(records, visitor) == before


@pytest.mark.parametrize("fields", [{"time": "x"}, {"slots": ""}, {"slots": "x"}, {"version": "x"}])
def test_what_is_no_form_of_ours(visitor, question, receipt, fields):
    assert visitor.post(f"{receipt.path}/move-all/to", question.form("/move-all/to") | fields).status == 400


def test_where_nothing_is_free_for_all(visitor, receipt):
    page = visitor.get(f"{receipt.path}/move-all/{soon(days=9).date()}")
    assert "Nothing is free for all on this day any more." in page.text


def test_one_that_is_left_moves_alone(visitor, receipt, records):
    for row in of_status(records, visitor, "CONFIRMED")[1:]:
        with tenant_scope(visitor.clinic.id):
            cancel(appointment_id=row.id, actor="user:olga")
    assert not visitor.get(receipt.path).soup.select("a[href$=move-all]")
    page = visitor.get(f"{receipt.path}/move-all")
    assert "cannot be moved together online" in page.text


def test_a_single_visit_knows_none_of_it(visitor, own):
    for path in ("move-all", f"move-all/{soon().date()}", "move-all/to?time=x"):
        assert visitor.get(f"{own.path}/{path}").status == 404
