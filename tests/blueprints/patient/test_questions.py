"""What the clinic asks besides who comes: details it needs, questions of its own, terms."""

import pytest

from tests.blueprints.conftest import soon
from tests.blueprints.patient.conftest import PAT, finish, set_rule
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import cancel
from webapp.services.questions import add_question, change_question, switch_question
from webapp.services.specialists import add_type


@pytest.fixture
def asked(visitor):
    """One question of each kind; only the consent may be left out."""
    with tenant_scope(visitor.clinic.id):
        return {
            "text": add_question(label="Which tooth?", kind="TEXT", hint="As you would point at it.", required=True),
            "choice": add_question(label="Been here before?", kind="CHOICE", choices=["Yes", "No"], required=True),
            "consent": add_question(label="Tell my family doctor.", kind="CONSENT"),
        }


def name(question_id):
    return f"question-{question_id.hex}"


@pytest.fixture
def answers(asked):
    return PAT | {name(asked["text"]): "Left, <b>below</b>\nand aching", name(asked["choice"]): "No"}


@pytest.fixture
def page(asked, details_page):
    return details_page


def stored(records, held):
    rows = records.rows("SELECT asked, answer FROM answers WHERE appointment_id = :id ORDER BY asked", id=held)
    return {row.asked: row.answer for row in rows}


def terms(records, visitor, version=1, words="I accept the terms."):
    row = {"t": visitor.clinic.id, "v": version, "w": words}
    records.rows("INSERT INTO terms (tenant_id, version, words, link) VALUES (:t, :v, :w, '')", **row)
    set_rule(records, visitor, terms=words, terms_version=version, terms_link="https://clinic.example/terms")


def test_questions_stand_below_the_details(page, asked):
    form = page.soup.select_one("#details")
    fields = [field["name"] for field in form.select("input[name], textarea[name]") if field.get("type") != "hidden"]
    shown = [one for one in dict.fromkeys(fields) if one.startswith("question-")]
    assert shown == [name(one) for one in asked.values()]
    assert fields.index(shown[0]) > fields.index("date_of_birth-year")
    assert "As you would point at it." in page.text
    assert "Tell my family doctor. (optional)" in page.text
    assert "Which tooth? (optional)" not in page.text


def test_answers_are_read_back_and_kept_with_the_booking(visitor, page, answers, held, records):
    check = visitor.submit(page, page.path, **answers)
    assert check.heading == "Check your answers"
    assert "Left, <b>below</b> and aching" in check.text
    assert "Tell my family doctor. No" in check.text
    assert visitor.submit(check, "/check").heading == "Your visit is booked"
    assert stored(records, held) == {
        "Which tooth?": "Left, <b>below</b>\nand aching",
        "Been here before?": "No",
        "Tell my family doctor.": "no",
    }


def test_a_consent_that_is_given(visitor, page, answers, asked, held, records):
    finish(visitor, page, **answers | {name(asked["consent"]): "y"})
    assert stored(records, held)["Tell my family doctor."] == "yes"


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        ("text", "  ", "Answer the question “Which tooth?”."),
        ("text", "x" * 1001, "This is longer than 1,000 characters. Shorten it."),
        ("choice", "", "Choose an answer to “Been here before?”."),
        ("choice", "Perhaps", "Choose one of the answers listed."),
    ],
)
def test_what_will_not_do_is_said_and_the_rest_kept(visitor, page, answers, asked, held, records, kind, value, problem):
    page = visitor.submit(page, page.path, **answers | {name(asked[kind]): value})
    assert page.status == 400
    assert page.problems == [problem]
    href = page.soup.select_one(".problem a")["href"]
    assert page.soup.select_one(href) is not None
    assert page.value("full_name") == "Pat Doe"
    kept = page.form(page.path)
    assert kept[name(asked["text"])] == (value.strip() if kind == "text" else answers[name(asked["text"])])
    assert records.appointment(held).status == "HOLD"


def test_a_consent_that_is_needed(visitor, page, answers, asked, held, records):
    with tenant_scope(visitor.clinic.id):
        words = {"label": "Tell my family doctor.", "kind": "CONSENT", "required": True}
        change_question(question_id=asked["consent"], **words)
    page = visitor.submit(page, page.path, **answers)
    assert page.problems == ["Tick “Tell my family doctor.” to book."]


def test_an_optional_choice_may_be_left_out(visitor, details_page, held, records):
    with tenant_scope(visitor.clinic.id):
        add_question(label="Newspaper?", kind="CHOICE", choices=["Yes", "No"])
    page = visitor.get(details_page.path)
    assert "No answer" in page.soup.select_one("select").get_text()
    assert finish(visitor, page, **PAT).heading == "Your visit is booked"
    assert stored(records, held) == {}


def test_they_survive_a_lost_time(visitor, page, answers, held, slot, records):
    visitor.clinic.slot(soon(hour=15))
    check = visitor.submit(page, page.path, **answers)
    records.run_out(held)
    gone = visitor.submit(check, "/check")
    assert gone.heading == "Your hold has ended"
    check = visitor.submit(gone, "/instead", slot_id=gone.soup.select("button.choice")[-1]["value"])
    assert "Left, <b>below</b> and aching" in check.text
    assert visitor.submit(check, "/check").heading == "Your visit is booked"


def test_only_what_concerns_the_visit_is_asked(visitor, asked, details_page):
    with tenant_scope(visitor.clinic.id):
        other = add_type(name="Other", minutes=30)
        switch_question(question_id=asked["consent"], is_active=False)
        words = {"label": "Which tooth?", "kind": "TEXT", "required": True}
        change_question(question_id=asked["text"], **words, type_ids=[other])
    page = visitor.get(details_page.path)
    assert "Been here before?" in page.text
    assert "Which tooth?" not in page.text
    assert "family doctor" not in page.text


def test_a_question_that_comes_up_between_is_asked_before_the_booking(visitor, page, answers, held, records):
    check = visitor.submit(page, page.path, **answers)
    with tenant_scope(visitor.clinic.id):
        add_question(label="How tall?", kind="TEXT", required=True)
    page = visitor.submit(check, "/check")
    assert (page.status, page.problems) == (400, ["Answer the question “How tall?”."])
    assert page.value("full_name") == "Pat Doe"
    assert records.appointment(held).status == "HOLD"


@pytest.mark.parametrize(
    ("needed", "fields", "problem"),
    [
        (["email"], {"phone": "030 901820", "email": ""}, "Enter an e-mail address. This clinic needs one."),
        (["phone"], {"email": "pat@mail.example"}, "Enter a phone number. This clinic needs one."),
        (["date_of_birth"], {"email": "pat@mail.example"}, "Enter the date of birth. This clinic needs it."),
    ],
)
def test_details_the_clinic_needs(visitor, details_page, records, needed, fields, problem):
    set_rule(records, visitor, required_fields=needed)
    page = visitor.get(details_page.path)
    assert "We need an e-mail address or a phone number." not in page.text or needed == ["date_of_birth"]
    page = visitor.submit(page, page.path, full_name="Pat Doe", **fields)
    assert page.status == 400
    assert page.problems == [problem]


def test_a_wrong_date_of_birth_is_told_once(visitor, details_page, records):
    set_rule(records, visitor, required_fields=["date_of_birth"])
    page = visitor.get(details_page.path)
    page = visitor.submit(page, page.path, **PAT | {"date_of_birth-day": "31"})
    assert page.problems == ["Enter day, month and year of birth in numbers, such as 27 3 1984."]


def test_terms_must_be_accepted_and_the_version_stays(visitor, details_page, held, records):
    terms(records, visitor, 3)
    page = visitor.get(details_page.path)
    assert page.one("#terms")["value"] == "3"
    link = page.one('.field a[href="https://clinic.example/terms"]')
    assert link["rel"] == ["noopener", "noreferrer"]
    page = visitor.submit(page, page.path, **PAT)
    assert page.problems == ["Accept the terms of the clinic to book."]
    assert finish(visitor, page, **PAT, terms="3").heading == "Your visit is booked"
    assert records.appointment(held).terms_version == 3


def test_terms_that_change_meanwhile_are_accepted_anew(visitor, details_page, held, records):
    terms(records, visitor, 1)
    page = visitor.get(details_page.path)
    check = visitor.submit(page, page.path, **PAT, terms="1")
    assert "I accept the terms. Yes" in check.text
    terms(records, visitor, 2, "I accept the new terms.")
    page = visitor.submit(check, "/check")
    assert page.status == 400
    assert page.problems == ["The terms of the clinic have changed meanwhile. Read and accept them anew."]
    assert "checked" not in page.one("#terms").attrs
    check = visitor.submit(page, page.path.removesuffix("/check"), **PAT, terms="2")
    assert visitor.submit(check, "/check").heading == "Your visit is booked"
    assert records.appointment(held).terms_version == 2


def test_too_many_bookings_are_refused_above_the_answers(visitor, details_page, held, own, records):
    set_rule(records, visitor, bookings_a_person=1, phone="030 901820")
    page = finish(visitor, details_page, **PAT)
    assert page.status == 409
    assert page.problems == [
        "This clinic lets a person have one booking to come at a time. Cancel it first, or call 030 901820."
    ]
    with tenant_scope(visitor.clinic.id):
        cancel(appointment_id=own.id, actor="patient")
    assert visitor.submit(page, "/check").heading == "Your visit is booked"


def test_a_time_too_soon_says_by_how_much(visitor, slot, records):
    page = visitor.get(f"/book/{visitor.clinic.type_id}/{soon().date()}")
    set_rule(records, visitor, notice_minutes=3 * 24 * 60)
    page = visitor.submit(page, str(soon().date()), slot_id=str(slot))
    assert page.status == 409
    assert "Online booking here closes 3 days before a visit. Choose a later time, or call the clinic." in page.text
