from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import EmailField, HiddenField, SelectField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from webapp.queries.availability import VisitType
from webapp.queries.specialists import list_specialists
from webapp.services.booking import NewPatient
from webapp.web.contact import as_dialled, email_address, phone_number
from webapp.web.filters import minutes
from webapp.web.forms import BirthDateField, HouseForm, TextField, not_in_future, tidy, tidy_lines

TOO_LONG = _("This is longer than 200 characters. Shorten it.")


def specialist_choices() -> list[SelectChoice]:
    """Everybody who works here, for a list to choose from."""
    return [SelectChoice(str(one.id), one.full_name) for one in list_specialists()]


class VisitForm(HouseForm):
    """What the visit is for."""

    type_id = SelectField(
        _("Visit"),
        invalid_choice_message=_("Choose a visit that this specialist offers."),
        render_kw={"data-fit": True},
    )

    def offer(self, types: list[VisitType]) -> None:
        self.type_id.choices = [
            SelectChoice("", _("Not said")),
            *(SelectChoice(str(one.id), _label(one)) for one in types),
        ]


class PatientFields:
    """What is written down about a patient: only the name must be known."""

    full_name = TextField(
        _("Full name"),
        validators=[DataRequired(_("Enter the patient's name.")), Length(max=200, message=TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )
    phone = TelField(
        _("Phone number"),
        filters=[tidy],
        validators=[Length(max=200, message=TOO_LONG), phone_number],
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(
        _("E-mail address"),
        filters=[tidy],
        validators=[Length(max=200, message=TOO_LONG), email_address],
        render_kw={"autocomplete": "off"},
    )
    date_of_birth = BirthDateField(_("Date of birth"), validators=[not_in_future])

    def written(self) -> dict[str, Any]:
        """The answers as the services take them."""
        return {
            "full_name": self.full_name.data,
            "email": self.email.data or None,
            "phone": as_dialled(self.phone.data),
            "date_of_birth": self.date_of_birth.data,
        }


class NewPatientForm(PatientFields, VisitForm):
    """Somebody who calls for the first time."""

    def patient(self) -> NewPatient:
        return NewPatient(**self.written())

    def look(self) -> dict[str, Any]:
        """What tells whether the clinic knows them."""
        return {name: value for name, value in self.written().items() if name != "email"}


class PatientForm(PatientFields, HouseForm):
    """Somebody the clinic knows."""

    notes = TextAreaField(
        _("Note for the desk"),
        filters=[tidy_lines],
        validators=[Length(max=2000, message=_("This is longer than 2,000 characters. Shorten it."))],
        render_kw={"rows": 3},
    )
    version = HiddenField()

    def written(self) -> dict[str, Any]:
        return super().written() | {"notes": self.notes.data or None}


def _label(visit: VisitType) -> Any:
    return _("%(name)s, %(length)s", name=visit.name, length=minutes(visit.minutes))
