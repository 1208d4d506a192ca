"""The page of a visit: reference, what, when, where; for whoever has its link and nobody else."""

from datetime import timedelta

import pytest

from tests.blueprints.conftest import Visitor, soon
from tests.blueprints.patient.conftest import PAT, finish, set_rule
from webapp.blueprints.patient.visit import REMEMBERED
from webapp.core.tenancy import tenant_scope
from webapp.rules import references
from webapp.rules.manage_links import KEPT_FOR
from webapp.services.appointments import cancel


@pytest.fixture
def visit_page(visitor, details_page):
    return finish(visitor, details_page, **PAT)


def let_pass(records, appointment_id, ago: timedelta) -> None:
    """As if the visit had been that long ago, and its links made when it was booked."""
    records.rows(
        """UPDATE appointments SET start_time = now() - :ago - interval '30 min', end_time = now() - :ago,
               time_slot_id = NULL, slot_capacity = NULL, specialist_id = NULL WHERE id = :id""",
        id=appointment_id,
        ago=ago,
    )
    records.rows(
        "UPDATE manage_links SET expires_at = now() - :ago + :kept WHERE appointment_id = :id",
        id=appointment_id,
        ago=ago,
        kept=KEPT_FOR,
    )


def test_it_says_everything_and_nothing_of_the_patient(visit_page, held):
    zone = "Coordinated Universal Time"
    for words in ("Consultation", "Dr. Sam Weiss", "9:00 AM – 9:30 AM", "Harbour", zone, references.reference(held)):
        assert words in visit_page.text
    assert "Pat Doe" not in visit_page.text


def test_the_reference_has_no_letters_that_look_alike(held):
    letters = set(references.reference(held)) - {"-"}
    assert letters <= set(references.LETTERS)
    assert not letters & set("01ILOU")


def test_the_link_works_in_another_browser(app, clinic, visit_page):
    assert Visitor(app.test_client(), clinic).get(visit_page.path).status == 200


def test_of_the_link_only_a_digest_is_kept(visit_page, held, records):
    token = visit_page.path.rsplit("/", 1)[1]
    (row,) = records.rows("SELECT t::text AS kept FROM manage_links t WHERE appointment_id = :id", id=held)
    assert token not in row.kept
    assert len(token) >= 32  # 192 bits, six to a letter


def test_the_link_of_a_hold_opens_the_visit_only_where_it_was_booked(app, clinic, visitor, details_page, visit_page):
    assert visitor.get(details_page.path).path == visit_page.path
    stranger = Visitor(app.test_client(), clinic)
    for page in (stranger.get(details_page.path), stranger.post(f"{details_page.path}/give-back")):
        assert (page.status, page.heading) == (200, "This is booked already")
        assert not page.soup.select("a[href*='/visit/'], .reference, input")
        assert PAT["full_name"] not in page.text


def test_looking_makes_no_link(app, clinic, visitor, details_page, visit_page, held, records):
    for path in (details_page.path, visit_page.path):
        for who in (visitor, Visitor(app.test_client(), clinic)):
            who.get(path)
            who.client.head(who.url(path))
    assert records.count("manage_links", clinic) == 1


def test_a_cancelled_visit_says_so(visitor, visit_page, held):
    with tenant_scope(visitor.clinic.id):
        cancel(appointment_id=held, actor="user:olga")
    assert visitor.get(visit_page.path).heading == "This visit was cancelled"


def test_unknown_expired_and_foreign_links_have_one_answer(app, visitor, other_clinic, visit_page, held, records):
    token = visit_page.path.rsplit("/", 1)[1]
    foreign = Visitor(app.test_client(), other_clinic).get(f"/visit/{token}")
    unknown = visitor.get("/visit/nothing-of-the-kind")
    let_pass(records, held, KEPT_FOR + timedelta(minutes=1))
    expired = visitor.get(visit_page.path)
    assert [page.status for page in (foreign, unknown, expired)] == [404] * 3
    # but for the address itself, which stands in the links to other languages
    assert expired.response.text.replace(token, "") == unknown.response.text.replace("nothing-of-the-kind", "")
    assert foreign.heading == unknown.heading


def test_it_still_opens_for_some_days_after_the_visit(visitor, visit_page, held, records):
    let_pass(records, held, KEPT_FOR - timedelta(minutes=1))
    assert visitor.get(visit_page.path).status == 200


def test_each_visit_booked_here_is_found_again_by_the_address_it_was_held_at(app, clinic, visitor, details_page):
    first = finish(visitor, details_page, **PAT)
    clinic.slot(soon(hour=15))
    page = visitor.get(f"/book/{clinic.type_id}/{soon().date()}")
    held = visitor.submit(page, str(soon().date()), start=page.soup.select("button.time")[0]["value"])
    second = finish(visitor, held, **PAT | {"full_name": "Ann Doe"})
    assert first.path != second.path
    assert visitor.get(details_page.path).path == first.path
    assert visitor.get(f"{held.path}/check").path == second.path


def test_a_browser_remembers_so_many_visits_and_no_more(visitor, details_page):
    older = [f"link {number}" for number in range(REMEMBERED)]
    with visitor.client.session_transaction() as session:
        session["visits"] = older
    page = finish(visitor, details_page, **PAT)
    with visitor.client.session_transaction() as session:
        assert session["visits"] == [*older[1:], page.path.rpartition("/")[2]]


def test_it_says_where_the_message_went_as_far_as_who_got_it_knows(visitor, visit_page, held, records, mailing):
    page = visitor.get(visit_page.path)
    assert "A message with the link is on its way to p…@mail.example" in page.text
    assert "pat@mail.example" not in page.response.text
    records.rows("UPDATE messages SET status = 'SENT', sent_at = now() WHERE appointment_id = :id", id=held)
    assert "We have written to p…@mail.example" in visitor.get(visit_page.path).text
    records.rows("UPDATE messages SET status = 'FAILED', sent_at = NULL WHERE appointment_id = :id", id=held)
    assert "p…@" not in visitor.get(visit_page.path).text


def test_where_no_mail_is_set_up_none_is_spoken_of(visit_page):
    assert "p…@" not in visit_page.text


def test_the_reference_is_a_way_back_only_with_a_birth_date(visitor, visit_page, held, records):
    assert "note the reference" not in visit_page.text
    assert "Keep the link to this page" in visit_page.text
    patient = records.appointment(held).patient_id
    records.rows("UPDATE patients SET date_of_birth = '1984-03-07' WHERE id = :id", id=patient)
    assert "note the reference: together with the date of birth it leads back here" in visitor.get(visit_page.path).text


@pytest.mark.parametrize(("phone", "call"), [(None, "Call the clinic if"), ("030 901820", "Call 030 901820 if")])
def test_while_booking_is_off_it_says_why_nothing_can_be_moved_and_whom_to_call(visitor, own, records, phone, call):
    set_rule(records, visitor, public_booking=False, phone=phone)
    page = visitor.get(own.path)
    assert f"This clinic takes no bookings online at the moment. {call} you need another time." in page.text
    assert page.soup.find("a", string="Book another visit") is None


def test_wrong_method(visitor, visit_page):
    assert visitor.post(visit_page.path).status == 405
