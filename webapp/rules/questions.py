"""What a clinic asks besides who comes, and which answers will do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from webapp.core.errors import N_, InvalidInput

KINDS: Final = ("TEXT", "CHOICE", "CONSENT")
#: How a given and a withheld consent are kept.
YES, NO = "yes", "no"
LONGEST_ANSWER = 1000


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a clinic's own; without ``type_ids`` it is asked for every type of visit."""

    id: UUID
    label: str
    hint: str
    kind: str
    choices: list[str]
    required: bool
    type_ids: list[UUID]
    position: int
    is_active: bool

    @property
    def field(self) -> str:
        """The name of its input."""
        return f"question-{self.id.hex}"

    def concerns(self, type_id: UUID | None) -> bool:
        return self.is_active and (not self.type_ids or type_id in self.type_ids)


@dataclass(frozen=True, slots=True)
class Said:
    """What a patient said besides who they are: answers by question, and the version of the terms they accepted."""

    answers: Mapping[UUID, str] = field(default_factory=dict)
    accepted_terms: int | None = None


def check_answer(question: Question, answer: str) -> str:
    """The answer to keep, empty for none. Raises InvalidInput for one that will not do."""
    if question.kind == "CONSENT":
        answer = YES if answer == YES else NO
    if question.required and answer in ("", NO):
        raise InvalidInput(_MISSING[question.kind], field=question.field, question=question.label)
    if question.kind == "CHOICE" and answer and answer not in question.choices:
        raise InvalidInput(N_("Choose one of the answers listed."), field=question.field)
    if len(answer) > LONGEST_ANSWER:
        raise InvalidInput(N_("This is longer than 1,000 characters. Shorten it."), field=question.field)
    return answer


_MISSING: Final = {
    "TEXT": N_("Answer the question “%(question)s”."),
    "CHOICE": N_("Choose an answer to “%(question)s”."),
    "CONSENT": N_("Tick “%(question)s” to book."),
}


def check_question(*, label: str, kind: str, choices: list[str]) -> None:
    """Raise InvalidInput for a question that cannot be asked like that."""
    if not label.strip():
        raise InvalidInput(N_("Enter the words of the question."), field="label")
    if kind == "CHOICE" and not 2 <= len(choices) <= 30:
        raise InvalidInput(N_("Enter 2 to 30 answers to choose from, one on each line."), field="choices")
    if any(len(choice) > 200 for choice in choices):
        raise InvalidInput(N_("An answer has at most 200 characters. Shorten it."), field="choices")
    if len(set(choices)) < len(choices):
        raise InvalidInput(N_("Two of these answers are the same. Change one of them."), field="choices")
