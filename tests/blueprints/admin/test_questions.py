"""The clinic's own questions."""

import pytest

from webapp.core.tenancy import tenant_scope
from webapp.queries.questions import list_questions
from webapp.services.questions import add_question

CHOICE = {
    "question-label": "How did you hear of us?",
    "question-kind": "CHOICE",
    "question-choices": "A friend\n\n  The web \n",
    "question-required": "y",
}


@pytest.fixture
def three(clinic):
    with tenant_scope(clinic.id):
        return [
            add_question(label="First?", kind="TEXT", hint="Say it"),
            add_question(label="Second?", kind="CHOICE", choices=["Yes", "No"], required=True),
            add_question(label="I agree to a call.", kind="CONSENT", type_ids=[clinic.type_id]),
        ]


def stored(clinic):
    with tenant_scope(clinic.id):
        return list_questions()


def labels(clinic):
    return [one.label for one in stored(clinic)]


def add(alice, **fields):
    return alice.submit(alice.get("/admin/questions"), "/admin/questions", **fields)


def test_none_yet(alice):
    page = alice.get("/admin/questions")
    assert "None yet." in page.text
    assert "Only name, contact and date of birth are asked." in page.text
    assert alice.get("/admin/").soup.select_one('a[href$="/admin/questions"]')


def test_one_is_added_and_previewed(alice, clinic):
    page = add(alice, **CHOICE, **{"question-type_ids": str(clinic.type_id)})
    assert "The question was added." in page.text
    (question,) = stored(clinic)
    assert (question.label, question.kind, question.required) == ("How did you hear of us?", "CHOICE", True)
    assert question.choices == ["A friend", "The web"]
    assert question.type_ids == [clinic.type_id]
    assert "must be answered, only for: Consultation" in page.text
    assert [choice["value"] for choice in page.soup.select(".sheet-form input[type=radio]")] == ["A friend", "The web"]


def test_each_kind_is_previewed_as_it_is_asked(alice, three):
    page = alice.get("/admin/questions")
    assert page.soup.select_one(".sheet-form textarea")
    assert page.soup.select_one(".sheet-form .hint").get_text() == "Say it"
    assert page.soup.select_one(".sheet-form input[type=checkbox]")
    assert "I agree to a call. (optional)" in page.text


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"question-label": ""}, "Enter the words of the question."),
        ({"question-label": "x" * 301}, "This is longer than 300 characters. Put the rest into the hint."),
        ({"question-choices": "Only one"}, "Enter 2 to 30 answers to choose from, one on each line."),
        ({"question-choices": "Same\nSame"}, "Two of these answers are the same. Change one of them."),
        ({"question-choices": "x" * 201 + "\ny"}, "An answer has at most 200 characters. Shorten it."),
        ({"question-hint": "x" * 501}, "The hint is longer than 500 characters. Shorten it."),
    ],
)
def test_bad_input_is_said_and_kept(alice, clinic, fields, problem):
    page = add(alice, **CHOICE | fields)
    assert page.status == 400
    assert page.problems == [problem]
    form = page.form("/admin/questions")
    for name, value in fields.items():
        assert form[name] == value
    assert stored(clinic) == []


def test_another_clinics_type_is_no_choice(alice, clinic, other_clinic):
    assert add(alice, **CHOICE, **{"question-type_ids": str(other_clinic.type_id)}).status == 400
    assert stored(clinic) == []


def test_words_can_be_changed(alice, clinic, three):
    path = f"/admin/questions/{three[1]}"
    page = alice.get(path)
    assert page.form(path)["question-choices"] == "Yes\nNo"
    page = alice.submit(page, path, **{"question-label": "Really?", "question-choices": "Yes\nNo\nPerhaps"})
    assert "The question was saved." in page.text
    assert stored(clinic)[1].choices == ["Yes", "No", "Perhaps"]
    assert labels(clinic) == ["First?", "Really?", "I agree to a call."]


def test_bad_words_are_not_kept(alice, clinic, three):
    path = f"/admin/questions/{three[1]}"
    page = alice.submit(alice.get(path), path, **{"question-choices": ""})
    assert (page.status, page.problems) == (400, ["Enter 2 to 30 answers to choose from, one on each line."])
    assert stored(clinic)[1].choices == ["Yes", "No"]


def test_the_order_can_be_changed_and_again_changes_nothing(alice, clinic, three):
    page = alice.get("/admin/questions")
    for _press in range(2):
        page = alice.submit(page, f"/admin/questions/{three[2]}/place", place="0")
        assert labels(clinic) == ["I agree to a call.", "First?", "Second?"]
    assert alice.post(f"/admin/questions/{three[2]}/place", {}).status == 400


def test_it_can_be_switched_off_and_on(alice, clinic, three):
    path = f"/admin/questions/{three[0]}/asked"
    page = alice.submit(alice.get("/admin/questions"), path, asked="no")
    assert [one.is_active for one in stored(clinic)] == [False, True, True]
    assert "not asked" in page.text
    assert not page.soup.select_one(".sheet-form textarea")
    alice.submit(page, path, asked="yes")
    assert all(one.is_active for one in stored(clinic))


@pytest.mark.parametrize(("who", "status"), [("olga", 403), ("pat", 403), ("mallory", 404)])
def test_not_for_others(request, who, status, clinic, three):
    visitor = request.getfixturevalue(who)
    before = stored(clinic)
    assert visitor.get(f"/admin/questions/{three[0]}").status in (status, 200 if who == "mallory" else status)
    for path in ("", "/place", "/asked"):
        visitor.post(f"/admin/questions/{three[0]}{path}", CHOICE | {"place": "2", "asked": "no"})
    visitor.post("/admin/questions", CHOICE)
    assert stored(clinic) == before


def test_what_is_not_there(alice):
    for path in ("", "/place", "/asked"):
        unknown = "/admin/questions/00000000-0000-7000-8000-000000000000"
        assert alice.post(unknown + path, CHOICE | {"place": "0"}).status == 404
