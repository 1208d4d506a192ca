"""What is asked of people who come together: each one's name, date of birth and answers, and once how to reach them."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import g
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.validators import InputRequired, Length

from webapp.blueprints.patient.forms import TOO_LONG, accepting, birth_date_field, reaching_fields
from webapp.blueprints.patient.party_holding import Plan
from webapp.queries.questions import list_questions
from webapp.rules.parties import field_of
from webapp.rules.questions import Question, Said
from webapp.services.booking import NewPatient
from webapp.services.parties import Person
from webapp.web.contact import as_dialled
from webapp.web.forms import HouseForm, TextField
from webapp.web.questions import answer_of, question_fields


class PartyForm(HouseForm):
    """Who comes. What belongs to one person begins with their number: see party_form()."""

    questions: ClassVar[Sequence[Question]] = ()
    size: ClassVar[int] = 1

    def of(self, number: int) -> list[Field]:
        """One person's fields, counted from 1."""
        return [field for field in self if field.short_name.startswith(field_of(number, ""))]

    def shared(self) -> list[Field]:
        """What is asked once."""
        own = tuple(field_of(number, "") for number in range(1, self.size + 1))
        hidden = [field for field in self if getattr(field.widget, "input_type", "") == "hidden"]
        return [field for field in self if field not in hidden and not field.short_name.startswith(own)]

    def people(self) -> list[Person]:
        return [self._person(number) for number in range(1, self.size + 1)]

    def _person(self, number: int) -> Person:
        patient = NewPatient(
            full_name=self[field_of(number, "full_name")].data,
            email=self["email"].data or None,
            phone=as_dialled(self["phone"].data),
            date_of_birth=self[field_of(number, "date_of_birth")].data,
            locale=str(get_locale()),
        )
        answers = {one.id: answer_of(self[field_of(number, one.field)]) for one in self.questions}
        return Person(patient, Said(answers, self["terms"].accepted if "terms" in self else None))


def party_form(plan: Plan, typed: Sequence[tuple[str, str]] = (), **options: Any) -> PartyForm:
    """What the clinic asks of those who book this together, with what was typed earlier in it."""
    kinds = {visit.id for visit in plan.visits}
    questions = [one for one in list_questions() if any(one.concerns(kind) for kind in kinds)]
    fields: dict[str, Any] = {}
    for number in range(1, plan.people + 1):
        fields |= {field_of(number, name): field for name, field in _of_person(number, questions).items()}
    fields |= reaching_fields(g.clinic.required_fields) | accepting()
    kind = type("PartyForm", (PartyForm,), fields | {"questions": questions, "size": plan.people})
    return kind(**({"formdata": MultiDict(typed)} if typed else {}), **options)  # type: ignore[no-any-return]


def _of_person(number: int, questions: Sequence[Question]) -> dict[str, Field]:
    missing = gettext("Enter the full name of person %(n)s.", n=number)
    name = TextField(
        _("Full name"),
        validators=[InputRequired(missing), Length(max=200, message=TOO_LONG)],
        render_kw={"autocomplete": "name" if number == 1 else "off"},
    )
    born = birth_date_field(g.clinic.required_fields)
    return {"full_name": name, "date_of_birth": born} | question_fields(questions)
