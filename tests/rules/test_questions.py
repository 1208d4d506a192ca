"""Which answers will do."""

from uuid import uuid4

import pytest

from webapp.core.errors import InvalidInput
from webapp.rules.questions import Question, check_answer, check_question

TYPE = uuid4()


def question(kind="TEXT", *, required=False, choices=(), type_ids=(), is_active=True):
    return Question(uuid4(), "Why?", "", kind, list(choices), required, list(type_ids), 1, is_active)


@pytest.mark.parametrize("kind", ["TEXT", "CHOICE"])
def test_nothing_will_do_unless_it_is_required(kind):
    assert check_answer(question(kind, choices=["A", "B"]), "") == ""
    with pytest.raises(InvalidInput) as refusal:
        check_answer(question(kind, choices=["A", "B"], required=True), "")
    assert refusal.value.field.startswith("question-")


def test_a_consent_is_given_or_withheld():
    assert check_answer(question("CONSENT"), "yes") == "yes"
    for other in ("", "no", "<script>"):
        assert check_answer(question("CONSENT"), other) == "no"
        with pytest.raises(InvalidInput, match="Tick “Why\\?”"):
            check_answer(question("CONSENT", required=True), other)


def test_a_choice_is_one_of_those_offered():
    assert check_answer(question("CHOICE", choices=["A", "B"]), "B") == "B"
    with pytest.raises(InvalidInput, match="listed"):
        check_answer(question("CHOICE", choices=["A", "B"]), "C")


def test_a_text_has_an_end():
    assert check_answer(question(), "x" * 1000)
    with pytest.raises(InvalidInput):
        check_answer(question(), "x" * 1001)


def test_whom_it_concerns():
    assert question().concerns(TYPE)
    assert question().concerns(None)
    assert question(type_ids=[TYPE]).concerns(TYPE)
    assert not question(type_ids=[TYPE]).concerns(uuid4())
    assert not question(is_active=False).concerns(TYPE)


@pytest.mark.parametrize(
    ("label", "kind", "choices", "field"),
    [(" ", "TEXT", [], "label"), ("Why?", "CHOICE", ["A"], "choices"), ("Why?", "CHOICE", ["A", "A"], "choices")],
)
def test_what_cannot_be_asked(label, kind, choices, field):
    with pytest.raises(InvalidInput) as refusal:
        check_question(label=label, kind=kind, choices=choices)
    assert refusal.value.field == field
