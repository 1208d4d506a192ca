"""A visit by its reference and a date of birth, and nothing learnt from an answer that is no."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests.blueprints.conftest import Visitor, soon
from tests.blueprints.patient.conftest import booked
from tests.conftest import statements_read
from webapp.core.tenancy import tenant_scope
from webapp.queries.manage_links import visit_behind
from webapp.rules.manage_links import KEPT_FOR
from webapp.rules.references import end_of_id, reference
from webapp.services.appointments import cancel
from webapp.services.booking import hold
from webapp.services.patients import add_patient

BORN = date(1984, 3, 27)
NO = "No visit fits this reference together with this date of birth. Check both."


def birth(day: date) -> dict[str, str]:
    return {f"date_of_birth-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def look(visitor, appointment_id, born=BORN, **fields):
    typed = {"reference": reference(appointment_id)} | birth(born) | fields
    return visitor.submit(visitor.get("/find"), "/find", **typed)


@pytest.fixture
def known(visitor, own, records):
    """A visit whose patient's date of birth the clinic knows."""
    records.rows("UPDATE patients SET date_of_birth = :born WHERE id = :id", born=BORN, id=visitor.clinic.pat)
    return own


def test_it_is_linked_from_the_front_page(visitor):
    assert visitor.get("/").soup.select("a[href$='/find']")
    assert visitor.get("/find").heading == "Find your visit"


def test_both_right_opens_the_visit(visitor, known):
    page = look(visitor, known.id)
    assert (page.status, page.heading) == (200, "Your visit is booked")
    assert "/visit/" in page.path
    assert reference(known.id) in page.text


@pytest.mark.parametrize("write", [str.lower, lambda text: text.replace("-", ""), lambda text: f" {text} "])
def test_the_reference_may_be_written_in_any_way(visitor, known, write):
    assert look(visitor, known.id, reference=write(reference(known.id))).heading == "Your visit is booked"


def test_a_cancelled_visit_is_found_too(visitor, known):
    with tenant_scope(visitor.clinic.id):
        cancel(appointment_id=known.id, actor="user:olga")
    assert look(visitor, known.id).heading == "This visit was cancelled"


def without_what_differs(page, asked: str) -> str:
    """The answer without what was typed and the form's own token."""
    return page.response.text.replace(page.value("csrf_token"), "").replace(asked, "")


def test_whatever_is_wrong_the_answer_is_the_same(app, visitor, known, other_clinic, records):
    stranger = visitor.clinic.slot(soon(days=2), after=30)
    with tenant_scope(visitor.clinic.id):
        nobody = add_patient(full_name="Somebody else")
        theirs = booked(visitor.clinic, stranger, patient_id=nobody).id
        held = hold(
            slot_id=visitor.clinic.slot(soon(days=2), after=60), patient_id=visitor.clinic.pat, actor="t", source="DESK"
        ).id
    records.rows("UPDATE patients SET date_of_birth = :born WHERE id = :id", born=BORN, id=other_clinic.pat)
    elsewhere = booked(other_clinic, other_clinic.slot(soon(days=2))).id
    answers = [look(visitor, one) for one in (uuid4(), theirs, held, elsewhere)]
    answers.append(look(visitor, known.id, born=BORN + timedelta(days=1)))
    assert {page.status for page in answers} == {404}
    assert [page.problems for page in answers] == [[NO]] * 5
    texts = {without_what_differs(page, page.value("reference")) for page in answers[:4]}
    assert len(texts) == 1
    assert len({tuple(sorted(page.response.headers.keys())) for page in answers}) == 1


def test_the_same_statements_run_whether_or_not_there_is_such_a_visit(within, own, records):
    records.rows("UPDATE patients SET date_of_birth = :born WHERE id = :id", born=BORN, id=within.pat)
    counts = []
    for receipt, born in ((own.id, BORN + timedelta(days=1)), (uuid4(), BORN), (uuid4(), date(1900, 1, 1))):
        with statements_read() as seen:
            assert visit_behind(receipt=end_of_id(reference(receipt)), born=born) is None
        counts.append(seen)
    assert counts[0] == counts[1] == counts[2]
    assert counts[0]


def test_long_after_the_visit_it_is_not_found(visitor, known, records):
    records.rows(
        """UPDATE appointments SET start_time = now() - :ago - interval '1 hour', end_time = now() - :ago,
               time_slot_id = NULL, slot_capacity = NULL, specialist_id = NULL WHERE id = :id""",
        id=known.id,
        ago=KEPT_FOR + timedelta(minutes=1),
    )
    assert look(visitor, known.id).problems == [NO]


def test_tries_for_one_reference_run_out_wherever_they_come_from(app, clinic, visitor, known):
    for days in range(1, 6):
        stranger = Visitor(app.test_client(), clinic)
        assert look(stranger, known.id, born=BORN + timedelta(days=days)).status == 404
    page = look(visitor, known.id)
    assert (page.status, page.response.request.method) == (429, "GET")
    assert int(page.response.headers["Retry-After"]) > 0
    assert page.problems == ["Too many tries. Wait an hour, use the link in a message from the clinic, or call."]
    assert page.value("reference") == reference(known.id)


def test_an_unknown_reference_runs_out_of_tries_as_a_known_one_does(visitor):
    unknown = uuid4()
    assert [look(visitor, unknown).status for _try in range(6)] == [404] * 5 + [429]


def test_an_address_runs_out_of_tries(visitor):
    statuses = [look(visitor, uuid4()).status for _try in range(61)]
    assert statuses == [404] * 60 + [429]


def test_all_addresses_of_a_household_are_one(visitor):
    statuses = []
    for number in range(61):
        visitor.client.environ_base["REMOTE_ADDR"] = f"2001:db8:1:2::{number:x}"
        statuses.append(look(visitor, uuid4()).status)
    assert statuses == [404] * 60 + [429]


def test_whoever_finds_the_visit_is_never_locked_out(visitor, known):
    for _time in range(7):
        assert look(visitor, known.id).status == 200


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"reference": ""}, "Enter the reference of the visit."),
        (
            {"reference": "K0M-2PQ-9XD"},
            "Enter the reference as it was given to you: nine letters and digits, such as K7M-2PQ-9XD.",
        ),
        ({"date_of_birth-day": "", "date_of_birth-month": "", "date_of_birth-year": ""},
         "Enter the date of birth of the patient."),
        ({"date_of_birth-month": "13"}, "This day does not exist in the calendar. Check day and month of birth."),
        ({"date_of_birth-year": "2999"}, "The date of birth is in the future. Check the year."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(visitor, known, fields, problem):
    page = look(visitor, known.id, **fields)
    assert (page.status, page.problems) == (400, [problem])
    assert page.title.startswith("Error: ")
    for name, value in ({"reference": reference(known.id)} | birth(BORN) | fields).items():
        assert page.value(name) == value


def test_looking_at_the_form_makes_no_link(visitor, known, records):
    before = records.count("manage_links", visitor.clinic)
    visitor.get(f"/find?reference={reference(known.id)}")
    assert records.count("manage_links", visitor.clinic) == before


def test_at_another_clinic_it_is_not_found(app, other_clinic, known):
    assert look(Visitor(app.test_client(), other_clinic), known.id).problems == [NO]


def test_wrong_method(visitor):
    assert visitor.client.put(visitor.url("/find"), data={"csrf_token": visitor.csrf()}).status_code == 405


def test_what_was_wrong_has_a_page_to_go_back_to(visitor, known):
    page = visitor.get("/find")
    asked = {"reference": "K7M-2PQ-9XD"} | birth(BORN)
    answer = visitor.post("/find", asked, follow_redirects=False)
    assert answer.status == 303
    for _time in range(2):
        page = visitor.get(answer.response.location)
        assert (page.status, page.problems, page.value("reference")) == (404, [NO], "K7M-2PQ-9XD")
        assert page.value("date_of_birth-year") == "1984"
    assert visitor.get("/find").value("reference") == ""  # who comes anew begins anew
    assert look(visitor, known.id).heading == "Your visit is booked"
    again = visitor.get(answer.response.location)
    assert (again.status, again.problems, again.value("reference")) == (200, [], "")


def test_the_language_changes_and_what_was_typed_stays(visitor):
    page = visitor.get("/find")
    button = page.soup.select_one(".languages button[value=de]")
    assert (button["form"], button["formaction"]) == (page.one("main form")["id"], page.path)
    page = visitor.submit(page, "/find", reference="K7M", lang="de")
    assert (page.status, page.one("html")["lang"], page.value("reference"), page.problems) == (200, "de", "K7M", [])


def test_more_than_a_cookie_holds_is_shown_again_all_the_same(visitor):
    page = visitor.submit(visitor.get("/find"), "/find", reference="é" * 2000)
    assert (page.status, page.value("reference"), len(page.problems)) == (400, "é" * 2000, 2)
