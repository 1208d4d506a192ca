"""Several people, or two visits in a row, in one booking: from the types of visit to the receipt."""

import pytest
from icalendar import Calendar
from sqlalchemy import event

from tests.blueprints.conftest import Visitor, soon
from tests.blueprints.patient.conftest import set_rule
from tests.conftest import colleague
from webapp.core.database import engines
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import cancel
from webapp.services.booking import book
from webapp.services.questions import add_question
from webapp.services.specialists import add_type

DAY = str(soon().date())
THREE = {"p1_full_name": "Anna Doe", "p2_full_name": "Ben Doe", "p3_full_name": "Cleo Doe", "email": "doe@mail.example"}


@pytest.fixture
def halves(visitor: Visitor):
    """Half hours from nine to noon."""
    return [visitor.clinic.slot(soon(), after=30 * number) for number in range(6)]


def times(visitor, people=3, day=DAY):
    return visitor.get(f"/together/{visitor.clinic.type_id}/{day}?people={people}")


def values(page):
    return [button["value"] for button in page.soup.select("button[name=time]")]


def choose(visitor, page, number=0):
    (form,) = [form for form in page.soup.select("form") if form.select("button[name=time]")]
    hidden = {i["name"]: i["value"] for i in form.select("input[type=hidden]")}
    return visitor.post(form["action"], hidden | {"time": values(page)[number]})


@pytest.fixture
def details(visitor, halves):
    """Three people, one after the other from nine."""
    return choose(visitor, times(visitor))


def describe(visitor, details, **fields):
    return visitor.submit(details, details.path, **(THREE | fields))


def finish(visitor, details, **fields):
    return visitor.submit(describe(visitor, details, **fields), "/check")


def rows(records, visitor, status):
    found = "SELECT * FROM appointments WHERE tenant_id = :id AND status = :status ORDER BY start_time, id"
    return records.rows(found, id=visitor.clinic.id, status=status)


class TestChoosing:
    def test_from_the_types_of_visit(self, visitor, halves):
        with tenant_scope(visitor.clinic.id):
            add_type(name="Other", minutes=30)
        page = visitor.get("/book")
        (three,) = [link for link in page.soup.select(".people a") if link.get_text().startswith("3")]
        page = visitor.get(three["href"])
        assert "For 3 people" in page.text
        page = visitor.get(page.soup.select_one("a.choice")["href"])
        assert page.heading == "Choose a day"
        assert "3 people" in page.text
        assert "4 times free" in page.text
        page = visitor.get(page.soup.select_one("a.choice")["href"])
        assert len(values(page)) == 4
        assert "one after the other, until 10:30 AM" in page.text

    def test_at_the_same_time_where_it_can_be(self, visitor, halves):
        colleague(visitor.clinic).slot(soon())
        assert "all at the same time, until 9:30 AM" in times(visitor, people=2).text

    def test_two_visits_in_a_row(self, visitor, halves):
        with tenant_scope(visitor.clinic.id):
            add_type(name="Vaccination", minutes=15, specialist_ids=[visitor.clinic.specialist_id])
        page = visitor.get("/book")
        page = visitor.get(page.soup.select_one(".together p a")["href"])
        assert page.heading == "What is the first visit for?"
        page = visitor.get(page.soup.select_one("a.choice")["href"])
        assert page.heading == "What is the second visit for?"
        (second,) = page.soup.select("a.choice")
        page = visitor.get(visitor.get(second["href"]).soup.select_one("a.choice")["href"])
        assert "both, until 9:45 AM" in page.text
        page = choose(visitor, page)
        assert page.heading == "Who comes?"
        assert not page.soup.select("fieldset.person")

    def test_nothing_for_so_many_leads_on(self, visitor, clinic):
        clinic.slot(soon())
        page = visitor.get(f"/together/{clinic.type_id}?people=4")
        assert "No time for all of this together is free" in page.text
        assert page.soup.select_one(f'main a[href$="/book/{clinic.type_id}"]')
        assert "Nothing is free for all" in times(visitor, people=4).text

    @pytest.mark.parametrize("asked", ["", "?people=1", "?people=5", "?people=x", "?then=x"])
    def test_too_few_too_many_or_none(self, visitor, asked):
        assert visitor.get(f"/together/{visitor.clinic.type_id}{asked}").status == 404

    def test_of_another_clinic(self, visitor, other_clinic):
        assert visitor.get(f"/together/{other_clinic.type_id}?people=2").status == 404

    def test_where_nothing_is_booked_online(self, visitor, records):
        set_rule(records, visitor, public_booking=False)
        assert visitor.get(f"/together/{visitor.clinic.type_id}?people=2").status == 403

    def test_the_page_of_types_asks_the_database_nothing_more(self, visitor, statements):
        with statements() as alone:
            visitor.get("/book")
        with statements() as together:
            visitor.get("/book?people=3")
        assert len(together) == len(alone)


class TestHolding:
    def test_all_are_held_and_told(self, visitor, details, halves, records):
        assert details.heading == "Who comes?"
        assert [len(records.live(slot)) for slot in halves] == [1, 1, 1, 0, 0, 0]
        assert "3 visits" in details.text
        assert "9:00 AM – 10:30 AM" in details.text
        assert [item.get_text(" ", strip=True) for item in details.soup.select(".members span")] == [
            f"Person {number} – with Dr. Sam Weiss" for number in (1, 2, 3)
        ]

    def test_a_double_click_holds_once(self, visitor, halves, records):
        page = times(visitor)
        first, second = choose(visitor, page), choose(visitor, page)
        assert first.path == second.path
        assert len(rows(records, visitor, "HOLD")) == 3

    def test_a_double_click_with_nothing_else_free(self, visitor, clinic, records):
        for number in range(3):
            clinic.slot(soon(), after=30 * number)
        page = times(visitor)
        assert choose(visitor, page).path == choose(visitor, page).path
        assert len(rows(records, visitor, "HOLD")) == 3

    def test_a_lost_race_holds_nothing_and_offers_three(self, visitor, halves, records):
        page = times(visitor, people=2)
        with tenant_scope(visitor.clinic.id):
            book(slot_id=halves[1], actor="another", source="DESK")
        lost = choose(visitor, page, number=1)
        assert (lost.status, lost.heading) == (409, "These times are gone")
        assert rows(records, visitor, "HOLD") == []
        assert len(values(lost)) == 3
        assert choose(visitor, lost).heading == "Who comes?"

    def test_other_times_take_their_place(self, visitor, details, halves, records):
        page = times(visitor)
        assert "You are holding times for all from 9:00 AM" in page.text
        choose(visitor, page)
        held = rows(records, visitor, "HOLD")
        assert [row.time_slot_id for row in held] == halves[3:]

    def test_at_most_so_many(self, visitor, records):
        for number in range(16):
            visitor.clinic.slot(soon(), after=30 * number)
        for _time in range(2):
            visitor.client.delete_cookie("party")
            with visitor.client.session_transaction() as session:
                session.pop("party", None)
            choose(visitor, times(visitor, people=4))
        with visitor.client.session_transaction() as session:
            session.pop("party", None)
        page = choose(visitor, times(visitor, people=4))
        assert (page.status, page.heading) == (429, "Too many times held")
        assert len(rows(records, visitor, "HOLD")) == 8

    @pytest.mark.parametrize("time", ["", "x/y", "2031-03-03T09:00:00Z"])
    def test_a_button_there_is_not(self, visitor, halves, time):
        page = times(visitor)
        sent = {"key": page.value("key"), "time": time}
        assert visitor.post(f"/together/{visitor.clinic.type_id}/{DAY}?people=3", sent).status == 400

    def test_more_time_for_all(self, visitor, details, records):
        page = visitor.post(f"{details.path}/more-time", {**THREE, "p1_date_of_birth-day": "7"})
        assert page.value("p2_full_name") == "Ben Doe"
        assert [row.extensions for row in rows(records, visitor, "HOLD")] == [1, 1, 1]
        piece = visitor.post(f"{details.path}/more-time", headers={"X-Fragment": "1"})
        assert piece.soup.select_one("[data-countdown] button")["formaction"].endswith("/more-time")

    def test_given_back(self, visitor, details, records):
        page = visitor.submit(details, "/give-back")
        assert page.heading == "Choose a day"
        assert "The times were given back." in page.text
        assert rows(records, visitor, "HOLD") == []

    def test_another_time_keeps_what_was_typed(self, visitor, details, records):
        page = visitor.post(f"{details.path}/another", THREE)
        page = visitor.get(page.soup.select_one("a.choice")["href"])
        page = choose(visitor, page)
        assert page.heading == "Check your answers"
        assert "Cleo Doe" in page.text
        assert len(rows(records, visitor, "HOLD")) == 3

    def test_a_link_that_is_none(self, visitor, details, clinic):
        assert visitor.get("/party/x").status == 404
        assert visitor.get(details.path.replace("/party/", "/hold/")).status == 404


class TestBooking:
    def test_to_the_receipt(self, visitor, details, records):
        page = describe(visitor, details)
        assert page.heading == "Check your answers"
        assert [item.get_text(" ", strip=True) for item in page.soup.select(".members span")] == [
            f"{name} Doe – with Dr. Sam Weiss" for name in ("Anna", "Ben", "Cleo")
        ]
        page = visitor.submit(page, "/check")
        assert page.heading == "Your visits are booked"
        assert len(rows(records, visitor, "CONFIRMED")) == 3

    def test_twice_is_once(self, visitor, details, records):
        page = describe(visitor, details)
        first, second = visitor.submit(page, "/check"), visitor.submit(page, "/check")
        assert first.path == second.path
        assert visitor.get(details.path).path == first.path
        assert len(rows(records, visitor, "CONFIRMED")) == 3
        assert records.count("patients", visitor.clinic) == 4  # with Pat

    def test_what_is_missing_is_said_for_each(self, visitor, details):
        page = describe(visitor, details, p2_full_name="", email="")
        assert page.status == 400
        assert page.title.startswith("Error: ")
        assert "Enter the full name of person 2." in page.problems
        assert page.value("p3_full_name") == "Cleo Doe"

    def test_the_clinics_own_questions_for_each(self, visitor, halves, records):
        with tenant_scope(visitor.clinic.id):
            add_question(label="Allergies?", kind="TEXT", required=True)
        details = choose(visitor, times(visitor, people=2))
        fields = [area["name"] for area in details.soup.select("textarea")]
        assert len(fields) == 2
        answered = {fields[0]: "nuts", fields[1]: "none"}
        two = {"p1_full_name": "Anna", "p2_full_name": "Ben", "email": "doe@mail.example"}
        page = visitor.submit(details, details.path, **two, **answered)
        visitor.submit(page, "/check")
        said = "SELECT answer FROM answers a JOIN appointments p ON p.id = a.appointment_id WHERE a.tenant_id = :id"
        told = [row.answer for row in records.rows(f"{said} ORDER BY p.start_time", id=visitor.clinic.id)]
        assert told == ["nuts", "none"]

    def test_a_hold_that_ran_out_keeps_what_was_typed(self, visitor, details, records):
        page = describe(visitor, details)
        records.run_out(*[row.id for row in rows(records, visitor, "HOLD")])
        gone = visitor.submit(page, "/check")
        assert (gone.status, gone.heading) == (409, "Your hold has ended")
        assert "What you typed is kept." in gone.text
        again = choose(visitor, gone)
        assert again.heading == "Check your answers"
        assert visitor.submit(again, "/check").heading == "Your visits are booked"

    def test_the_clinics_cap(self, visitor, details, records):
        set_rule(records, visitor, bookings_a_person=2)
        page = finish(visitor, details)
        assert page.status == 409
        assert "2 bookings to come" in page.problems[0]
        assert rows(records, visitor, "CONFIRMED") == []

    def test_changed_in_another_window(self, visitor, details, records):
        page = describe(visitor, details)
        describe(visitor, details, p3_full_name="Dora Doe")
        page = visitor.submit(page, "/check")
        assert page.status == 409
        assert rows(records, visitor, "CONFIRMED") == []


class TestAfterwards:
    @pytest.fixture
    def receipt(self, visitor, details):
        return finish(visitor, details)

    def test_all_are_listed_with_their_references(self, visitor, receipt, records):
        listed = [item.get_text(" ", strip=True) for item in receipt.soup.select(".members li")]
        assert [name in line for name, line in zip(("Anna", "Ben", "Cleo"), listed, strict=True)] == [True] * 3
        shown = {item.get_text() for item in receipt.soup.select(".members bdi") if "-" in item.get_text()}
        assert len(shown) == 3

    def test_each_opens_by_itself(self, visitor, receipt, records):
        forms = receipt.soup.select(".members form")
        assert len(forms) == 2
        page = visitor.post(forms[1]["action"])
        assert page.path != receipt.path
        assert page.soup.select_one(".members [aria-current]").get_text(" ", strip=True).count("Cleo Doe") == 1
        alone = visitor.get(f"{page.path}/cancel")
        visitor.submit(alone, "/cancel")
        assert [row.start_time for row in rows(records, visitor, "CANCELLED")] == [soon(hour=10)]

    def test_no_other_visit_opens(self, visitor, receipt):
        forms = receipt.soup.select(".members form")
        address = forms[0]["action"].rsplit("/", 1)[0]
        elsewhere = visitor.clinic.slot(soon(days=3))
        with tenant_scope(visitor.clinic.id):
            other = book(slot_id=elsewhere, actor="test", source="DESK").id
        assert visitor.post(f"{address}/{other}").status == 404

    def test_one_file_for_the_calendar(self, visitor, receipt, records):
        file = Calendar.from_ical(visitor.client.get(visitor.url(f"{receipt.path}/visits.ics")).data)
        uids = {str(event["uid"]) for event in file.walk("VEVENT")}
        assert uids == {f"{row.id}@holdfast" for row in rows(records, visitor, "CONFIRMED")}

    def test_all_are_cancelled_at_once(self, visitor, receipt, records):
        page = visitor.get(f"{receipt.path}/cancel-all")
        assert len(page.soup.select(".members li")) == 3
        assert len(rows(records, visitor, "CONFIRMED")) == 3
        for _time in range(2):
            done = visitor.submit(page, "/cancel-all", reason="ill")
            assert done.heading == "This visit was cancelled"
        assert len(rows(records, visitor, "CANCELLED")) == 3

    def test_too_late_for_one_is_too_late_for_all(self, visitor, receipt, records):
        page = visitor.get(f"{receipt.path}/cancel-all")
        set_rule(records, visitor, cancel_cutoff_minutes=60 * 24 * 10)
        refused = visitor.submit(page, "/cancel-all")
        assert (refused.status, len(rows(records, visitor, "CONFIRMED"))) == (409, 3)
        assert "Online cancelling here ends" in refused.text
        assert "Online cancelling here ends" in visitor.get(f"{receipt.path}/cancel-all").text

    def test_after_a_change_at_the_desk_it_is_looked_at_again(self, visitor, receipt, records):
        page = visitor.get(f"{receipt.path}/cancel-all")
        with tenant_scope(visitor.clinic.id):
            cancel(appointment_id=rows(records, visitor, "CONFIRMED")[2].id, actor="user:olga")
        assert visitor.submit(page, "/cancel-all").status == 409
        assert len(rows(records, visitor, "CONFIRMED")) == 2

    def test_a_single_visit_knows_none_of_it(self, visitor, own):
        assert "Booked together" not in visitor.get(own.path).text
        for path in ("cancel-all", "visits.ics"):
            assert visitor.get(f"{own.path}/{path}").status == 404


def test_the_journey_asks_little(visitor, halves):
    """Statements of the days, the times and the details: none for each time, specialist or person."""
    counted = []
    for path in (
        f"/together/{visitor.clinic.type_id}?people=3",
        f"/together/{visitor.clinic.type_id}/{DAY}?people=3",
        choose(visitor, times(visitor)).path,
    ):
        sent = []

        def note(_connection, _cursor, statement, *_more, sent=sent):
            sent.append(statement)

        event.listen(engines.lookup, "before_cursor_execute", note)
        try:
            visitor.get(path)
        finally:
            event.remove(engines.lookup, "before_cursor_execute", note)
        counted.append(len([one for one in sent if "SELECT" in one]))
    assert max(counted) <= 8
