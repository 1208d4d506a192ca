"""A clinic's own questions and its terms, as fields of a form."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import BooleanField, Field, Form, RadioField, SelectField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from webapp.core.errors import InvalidInput
from webapp.rules.patient_rules import PatientRules, check_terms
from webapp.rules.questions import NO, YES, Question, check_answer
from webapp.web.errors import sentence
from webapp.web.forms import tidy_lines

FEW = 6  # choices that are shown side by side, not in a list to open


class ConsentField(BooleanField):
    """A box to tick, which may be left alone unless it is required."""


class TermsField(BooleanField):
    """A box to tick whose value is the version of the terms: what was accepted, and not only that something was."""

    def __init__(self, *args: Any, rules: PatientRules, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rules = rules
        self.flags.required = True
        self.accepted: int | None = None

    def _value(self) -> str:
        return str(self.rules.terms_version)

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0] if valuelist else ""
        self.accepted = int(typed) if typed.isdecimal() and len(typed) < 9 else None
        self.data = typed == self._value()

    def pre_validate(self, form: Form) -> None:
        try:
            check_terms(self.rules, self.accepted)
        except InvalidInput as error:
            raise StopValidation(sentence(error)) from None


def question_fields(questions: Iterable[Question]) -> dict[str, Field]:
    """The field of each question, by the name of its input, in the questions' order."""
    return {question.field: _field(question) for question in questions}


def terms_field(rules: PatientRules, words: str, link: str) -> TermsField:
    more = ""
    if link:
        more = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(
            link, _("Read the terms (opens a new window)")
        )
    return TermsField(words, description=more, rules=rules)


def answer_of(field: Field) -> str:
    """What the field says, as answers are kept."""
    if isinstance(field, ConsentField):
        return YES if field.data else NO
    return str(field.data or "")


def _field(question: Question) -> Field:
    def will_do(form: Form, field: Field) -> None:
        try:
            check_answer(question, answer_of(field))
        except InvalidInput as error:
            raise ValidationError(sentence(error)) from None

    will_do.field_flags = {"required": True} if question.required else {}  # type: ignore[attr-defined]
    given: dict[str, Any] = {"label": question.label, "description": question.hint, "validators": [will_do]}
    if question.kind == "CONSENT":
        return ConsentField(**given)
    if question.kind == "TEXT":
        return TextAreaField(filters=[tidy_lines], render_kw={"rows": 2, "autocomplete": "off"}, **given)
    choices = [SelectChoice(choice, choice) for choice in question.choices]
    if question.required and len(choices) <= FEW:
        return RadioField(choices=choices, validate_choice=False, **given)
    nothing = _("Choose an answer") if question.required else _("No answer")
    return SelectField(choices=[SelectChoice("", nothing), *choices], validate_choice=False, default="", **given)
