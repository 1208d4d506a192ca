from collections.abc import Sequence
from typing import Any

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import EmailField, Field, Form, IntegerField, TelField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from webapp.rules.references import end_of_id
from webapp.services.booking import NewPatient
from webapp.web.contact import OneOf, as_dialled, email_address, phone_number
from webapp.web.filters import day_long
from webapp.web.forms import BirthDateField, HouseForm, TextField, not_in_future, tidy, tidy_lines

REACHABLE = OneOf(
    "email", "phone", message=_("Enter an e-mail address or a phone number, so that the clinic can reach you.")
)
TOO_LONG = _("This is longer than 200 characters. Shorten it.")


class DetailsForm(HouseForm):
    """Who comes: a name, and one way to reach them."""

    full_name = TextField(
        _("Full name"),
        validators=[InputRequired(_("Enter the full name of the patient.")), Length(max=200, message=TOO_LONG)],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        _("E-mail address"),
        description=_("We need an e-mail address or a phone number."),
        filters=[tidy],
        validators=[Length(max=200, message=TOO_LONG), REACHABLE, email_address],
        render_kw={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"},
    )
    phone = TelField(
        _("Phone number"),
        filters=[tidy],
        validators=[Length(max=200, message=TOO_LONG), REACHABLE, phone_number],
        render_kw={"autocomplete": "tel"},
    )
    date_of_birth = BirthDateField(_("Date of birth"), validators=[not_in_future])

    def patient(self) -> NewPatient:
        return NewPatient(
            full_name=self.full_name.data,
            email=self.email.data or None,
            phone=as_dialled(self.phone.data),
            date_of_birth=self.date_of_birth.data,
            locale=str(get_locale()),
        )


def details_form(typed: Sequence[tuple[str, str]] = (), **options: Any) -> DetailsForm:
    """The form with what was typed earlier in it; what is sent now comes first."""
    return DetailsForm(**({"formdata": MultiDict(typed)} if typed else {}), **options)


def said(field: Field) -> str | Markup:
    """An answer as it is read back before the booking; empty when nothing was said."""
    if field.type == "BirthDateField":
        return day_long(field.data) if field.data else ""
    if field.type == "BooleanField":
        return gettext("Yes") if field.data else gettext("No")
    if field.type in ("RadioField", "SelectField", "CheckboxesField"):
        return ", ".join(str(choice.label.text) for choice in field if choice.checked)
    return Markup("<bdi>{}</bdi>").format(field.data) if field.data else ""


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
