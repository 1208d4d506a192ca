"""Programs are held back, people do not notice: the field nobody sees, and the proof of work."""

from itertools import count
from uuid import uuid4

import pytest

from tests.blueprints.conftest import Visitor, soon
from tests.blueprints.patient.conftest import PAT, finish, set_rule
from webapp.rules.proof import proves
from webapp.web.throttle import WITHOUT_PROOF

SPAM = {"website": "https://pills.example"}


def test_a_form_with_the_unseen_field_filled_in_books_nothing(visitor, details_page, held, records):
    page = visitor.submit(details_page, details_page.path, **PAT | SPAM)
    assert page.status == 400
    assert "people do not see" in page.problems[0]
    assert page.value("full_name") == "Pat Doe"
    assert records.appointment(held).status == "HOLD"


def test_whom_the_browser_filled_it_in_for_sees_it_then_and_goes_on(visitor, details_page, held, records):
    assert details_page.one("#website")["tabindex"] == "-1"
    assert details_page.one("#website")["autocomplete"] == "off"
    assert details_page.soup.select(".field.trap #website")
    page = visitor.submit(details_page, details_page.path, **PAT | SPAM)
    assert page.soup.select(".field.wrong #website")
    assert page.value("website") == ""
    finish(visitor, page)
    assert records.appointment(held).status == "CONFIRMED"


def proof_of(page):
    field = page.one("input[name=proof]")
    asked = field["data-proof"], int(field["data-bits"])
    return next(str(n) for n in count() if proves(asked[0], str(n), bits=asked[1]))


@pytest.fixture
def asking(visitor, records):
    """The clinic asks for a proof of work."""
    set_rule(records, visitor, proof_of_work=True)


def use_up(visitor):
    """All bookings without a proof that an address may make; the slots are told apart by their minute."""
    day = str(soon(days=2).date())
    for number in range(WITHOUT_PROOF.amount):
        slot = visitor.clinic.slot(soon(days=2), after=30 * number)
        fresh = Visitor(visitor.client.application.test_client(), visitor.clinic)  # keeps no cookie from the last one
        fresh.client.environ_base["REMOTE_ADDR"] = visitor.client.environ_base["REMOTE_ADDR"]
        page = fresh.submit(fresh.get(f"/book/{fresh.clinic.type_id}/{day}"), day, slot_id=str(slot))
        named = PAT | {"full_name": f"Pat {number}", "email": f"pat{number}@mail.example"}
        assert finish(fresh, page, **named).heading == "Your visit is booked"


def test_a_clinic_that_does_not_ask_for_it_is_not_given_any(visitor, details_page):
    assert details_page.soup.select("[data-proof], script[src*=proof]") == []
    assert finish(visitor, details_page, **PAT).soup.select("[data-proof]") == []


@pytest.mark.usefixtures("asking")
def test_without_scripting_a_person_books_as_ever(visitor, details_page, held, records):
    finish(visitor, details_page, **PAT)
    assert records.appointment(held).status == "CONFIRMED"


@pytest.mark.usefixtures("asking")
def test_a_program_is_stopped_after_ten(visitor, details_page, held, records):
    use_up(visitor)
    page = finish(visitor, details_page, **PAT)
    assert page.status == 429
    assert "or call the clinic" in page.problems[0]
    assert records.appointment(held).status == "HOLD"
    proved = visitor.submit(page, "/check", proof=proof_of(page))
    assert proved.heading == "Your visit is booked"
    assert records.appointment(held).status == "CONFIRMED"


@pytest.mark.usefixtures("asking")
def test_the_answer_found_while_typing_comes_along(visitor, details_page, held, records):
    use_up(visitor)
    page = visitor.submit(details_page, details_page.path, **PAT, proof=proof_of(details_page))
    assert page.value("proof") == proof_of(details_page)
    visitor.submit(page, "/check")
    assert records.appointment(held).status == "CONFIRMED"


@pytest.mark.usefixtures("asking")
def test_the_proof_of_one_time_is_none_for_another(visitor, details_page, records):
    use_up(visitor)
    answer = proof_of(details_page)
    slot = visitor.clinic.slot(soon(days=3))
    day = str(soon(days=3).date())
    page = visitor.submit(visitor.get(f"/book/{visitor.clinic.type_id}/{day}"), day, slot_id=str(slot))
    assert page.one("input[name=proof]")["data-proof"] != details_page.one("input[name=proof]")["data-proof"]
    page = finish(visitor, page, **PAT, proof=answer)
    assert page.status == 429 or proves(page.one("input[name=proof]")["data-proof"], answer)


def test_programs_that_may_book_need_none(app, records):
    """The ledger of a clinic that is nothing but its own chair."""
    tenant, client = f"clinic-{uuid4().hex}", app.test_client()
    for number in range(WITHOUT_PROOF.amount + 2):
        headers = {"X-Tenant-ID": tenant, "X-Idempotency-Key": f"proof-{number}"}
        answer = client.post("/bookings", json={"start_time_utc": f"2031-06-{10 + number}T12:00:00Z"}, headers=headers)
        assert answer.status_code == 201
        records.rows("UPDATE tenants SET proof_of_work = true WHERE id = :id", id=tenant)
