from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from flask import g
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import EmailField, Field, Form, IntegerField, TelField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, StopValidation
from wtforms.widgets import HiddenInput

from webapp.queries.questions import questions_for
from webapp.rules.patient_rules import REQUIRED
from webapp.rules.questions import Question, Said
from webapp.rules.references import end_of_id
from webapp.services.booking import NewPatient
from webapp.web.contact import OneOf, as_dialled, email_address, phone_number, read_back, whole_number
from webapp.web.filters import day_long
from webapp.web.forms import BirthDateField, Filled, HouseForm, TextField, not_in_future, tidy, tidy_lines
from webapp.web.questions import answer_of, question_fields, terms_field

REACHABLE = OneOf(
    "email", "phone", message=_("Enter an e-mail address or a phone number, so that the clinic can reach you.")
)
TOO_LONG = _("This is longer than 200 characters. Shorten it.")


class Needed:
    """A validator: a detail that this clinic cannot do without."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, detail: str) -> None:
        self.detail = detail

    def __call__(self, form: Form, field: Field) -> None:
        if not field.data and not field.process_errors:
            raise StopValidation(gettext(REQUIRED[self.detail]))


class PersonForm(HouseForm):
    """Who comes. How they are reached is the clinic's own: see contact_fields()."""

    full_name = TextField(
        _("Full name"),
        validators=[Filled(_("Enter the full name of the patient.")), Length(max=200, message=TOO_LONG)],
        render_kw={"autocomplete": "name"},
    )

    def patient(self) -> NewPatient:
        return NewPatient(
            full_name=self.full_name.data,
            email=self["email"].data or None,
            phone=as_dialled(self["phone"].data),
            date_of_birth=self["date_of_birth"].data,
            locale=str(get_locale()),
        )


class AgreementForm(HouseForm):
    """What the clinic asks before a visit is booked, and its terms: see agreement_form()."""

    questions: ClassVar[Sequence[Question]] = ()

    def said(self) -> Said:
        """What was said besides who comes."""
        answers = {question.id: answer_of(self[question.field]) for question in self.questions}
        return Said(answers, self["terms"].accepted if "terms" in self else None)


class DetailsForm(PersonForm, AgreementForm):
    """Both: see details_form()."""


def details_form(type_id: UUID | None, typed: Sequence[tuple[str, str]] = (), **options: Any) -> DetailsForm:
    """What the clinic asks of those who book this type of visit, with what was typed earlier in it; what is sent now
    comes first."""
    fields = contact_fields(g.clinic.required_fields) | _agreement(type_id)
    kind = type("DetailsForm", (DetailsForm,), fields)
    return kind(**({"formdata": MultiDict(typed)} if typed else {}), **options)  # type: ignore[no-any-return]


def agreement_form(type_id: UUID, **options: Any) -> AgreementForm:
    """What the clinic asks of somebody it knows already."""
    return type("AgreementForm", (AgreementForm,), _agreement(type_id))(**options)  # type: ignore[no-any-return]


def _agreement(type_id: UUID | None) -> dict[str, Any]:
    questions = questions_for(type_id)
    return {"questions": questions} | question_fields(questions) | accepting()


def contact_fields(needed: Sequence[str]) -> dict[str, Field]:
    """The fields of e-mail address, phone number and date of birth; one of the first two is always needed."""
    return reaching_fields(needed) | {"date_of_birth": birth_date_field(needed)}


def reaching_fields(needed: Sequence[str]) -> dict[str, Field]:
    """The fields of e-mail address and phone number; one of them is always needed."""
    either = not {"email", "phone"} & set(needed)
    wanted = {name: [Needed(name)] if name in needed else [REACHABLE] if either else [] for name in ("email", "phone")}
    return {
        "email": EmailField(
            _("E-mail address"),
            description=_("We need an e-mail address or a phone number.") if either else "",
            filters=[tidy],
            validators=[*wanted["email"], Length(max=200, message=TOO_LONG), email_address],
            render_kw={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"},
        ),
        "phone": TelField(
            _("Phone number"),
            filters=[tidy],
            validators=[*wanted["phone"], Length(max=200, message=TOO_LONG), phone_number, whole_number],
            render_kw={"autocomplete": "tel"},
        ),
    }


def birth_date_field(needed: Sequence[str]) -> BirthDateField:
    validators = [*([Needed("date_of_birth")] if "date_of_birth" in needed else []), not_in_future]
    return BirthDateField(_("Date of birth"), validators=validators)


def accepting() -> dict[str, Field]:
    """The field of the clinic's terms, where it has some."""
    clinic = g.clinic
    return {"terms": terms_field(clinic.rules, clinic.terms, clinic.terms_link)} if clinic.terms else {}


def said(field: Field) -> str | Markup:
    """An answer as it is read back before the booking; empty when nothing was said."""
    if field.type == "BirthDateField":
        return day_long(field.data) if field.data else ""
    if field.type in ("ConsentField", "TermsField"):
        return gettext("Yes") if field.data else gettext("No")
    if field.type in ("RadioField", "SelectField", "CheckboxesField"):
        return ", ".join(str(choice.label.text) for choice in field if choice.checked)
    words = read_back(field.data) if field.type == "TelField" and field.data else field.data
    return Markup("<bdi>{}</bdi>").format(words) if words else ""


class CancelForm(HouseForm):
    """Cancelling one's own visit; ``version`` is the visit that was looked at."""

    reason = TextAreaField(
        _("Why do you cancel?"),
        description=_("Only the clinic reads this. You need not give a reason."),
        filters=[tidy_lines],
        validators=[Length(max=500, message=_("This is longer than 500 characters. Shorten it."))],
        render_kw={"rows": 3},
    )
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


def reference_in_form(form: Form, field: Field) -> None:
    """A validator: what could be a reference, whether or not there is such a visit."""
    if end_of_id(field.data) is None:
        raise ValidationError(
            _("Enter the reference as it was given to you: nine letters and digits, such as K7M-2PQ-9XD.")
        )


def birth_date_given(form: Form, field: Field) -> None:
    """A validator of a BirthDateField: something must stand in it; what is wrong with it, it says itself."""
    if not any(field.typed.values()):
        raise ValidationError(_("Enter the date of birth of the patient."))


birth_date_given.field_flags = {"required": True}  # type: ignore[attr-defined]


class FindForm(HouseForm):
    """What tells a visit without its link."""

    reference = TextField(
        _("Reference"),
        description=_("Nine letters and digits. They never hold 0, 1, I, L, O or U."),
        validators=[InputRequired(_("Enter the reference of the visit.")), reference_in_form],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 40},
    )
    date_of_birth = BirthDateField(
        _("Date of birth"),
        description=_("Of the patient, as it was given when the visit was booked."),
        validators=[birth_date_given, not_in_future],
    )
