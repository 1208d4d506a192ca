"""What all forms share: tidy text, one look for refusals, answers that are never lost."""

import unicodedata
from datetime import date, datetime, time
from typing import Any, ClassVar

from flask import abort, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Field, Form, SelectMultipleField, StringField, ValidationError
from wtforms.utils import unset_value
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from webapp.core.errors import DomainError, InvalidInput
from webapp.rules.people import check_birth
from webapp.web import clock
from webapp.web.errors import sentence

_NOT_ANSWERS = {"csrf_token", "slot_id", "key"}
_NO_VERSION = 2**31  # more than a row counts
#: These turn the direction of all that follows, and of the clinic's own words with it: embeddings, overrides, isolates.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FOUR_DIGITS = 1000
_SEEN = "LNPS"  # letters, digits, punctuation and signs, by the first letter of their category


def tidy(text: str | None) -> str:
    """Text as people mean it: composed letters, no characters that command instead of saying something, no spaces
    around. Joiners stay, which Persian, Hindi and families of emoji are written with.
    """
    letters = unicodedata.normalize("NFC", text or "")
    return "".join(c for c in letters if c not in _TURNS and unicodedata.category(c) != "Cc").strip()


def tidy_lines(text: str | None) -> str:
    """The same for a text of several lines."""
    return "\n".join(tidy(line) for line in (text or "").splitlines()).strip()


def version_seen() -> int:
    """The version of what the sender looked at; without one that can be, the request is none of our forms: 400."""
    version = request.form.get("version", type=int) or 0
    return version if 1 <= version < _NO_VERSION else abort(400)


class Filled:
    """A validator: something must be there to be read, and not only spaces or joiners."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, message: object) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        if not any(unicodedata.category(c)[0] in _SEEN for c in field.data or ""):
            raise StopValidation(str(self.message))


class TextField(StringField):
    """One line of text in any script."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, filters=[tidy, *options.pop("filters", ())], **options)


class BirthDateField(Field):
    """A date of birth as three texts: day, month, year; None when all are empty."""

    parts = ("day", "month", "year")

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.typed = {part: tidy(formdata.get(f"{self.name}-{part}")) if formdata else "" for part in self.parts}
        super().process(formdata, data, extra_filters)
        if not formdata and self.data:
            self.typed = {part: str(getattr(self.data, part)) for part in self.parts}

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if any(self.typed.values()):
            self.data = self._read()

    def _read(self) -> date:
        if not all(typed.isdecimal() and len(typed) <= len("1984") for typed in self.typed.values()):
            raise ValueError(_("Enter day, month and year of birth in numbers, such as 27 3 1984."))
        day, month, year = (int(self.typed[part]) for part in self.parts)
        if year < _FOUR_DIGITS:
            raise ValueError(_("Enter the year of birth with four digits, such as 1984."))
        try:
            born = date(year, month, day)
            check_birth(born, today=born)  # whether it is over, not_in_future() asks
            return born
        except InvalidInput as error:
            raise ValueError(sentence(error)) from None
        except ValueError:
            raise ValueError(_("This day does not exist in the calendar. Check day and month of birth.")) from None


class WallTimeField(Field):
    """A time of day on the clinic's clocks, HH:MM."""

    widget = TextInput()

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("render_kw", {})
        options["render_kw"] |= {"type": "time", "autocomplete": "off"}
        super().__init__(*args, **options)

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else f"{self.data:%H:%M}" if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = time.fromisoformat(tidy(valuelist[0])).replace(tzinfo=None)
        except ValueError:
            raise ValueError(str(_("Enter a time of day such as 08:30."))) from None


class CheckboxesField(SelectMultipleField):
    """Several of a list, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class HouseForm(FlaskForm):
    """A form whose refusals look alike, wherever they come from."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            """What was sent, without files: no field of ours takes one."""
            sent = super().wrap_formdata(form, formdata)
            return request.form if isinstance(sent, CombinedMultiDict) else sent

    def refuse(self, error: DomainError) -> None:
        """Show a refusal of a service beside the field it concerns, or above all fields."""
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(sentence(error))
        else:
            field.errors = [*field.errors, sentence(error)]

    def show_problems(self, checked: "HouseForm") -> None:
        """Show here what is wrong with another form of the same answers."""
        checked.validate()
        for field in checked:
            self[field.short_name].errors = field.errors

    def typed(self) -> list[tuple[str, str]]:
        """What was sent for this form, by the names of its inputs and as it was typed, to be kept for another page."""
        own = {name for field in self if field.short_name not in _NOT_ANSWERS for name in _inputs(field)}
        return [(name, text.replace("\0", "")) for name, text in request.form.items(multi=True) if name in own]


def _inputs(field: Field) -> list[str]:
    """The names of its inputs."""
    return [f"{field.name}-{part}" for part in field.parts] if isinstance(field, BirthDateField) else [field.name]


def moments_of(day: date, field: Field) -> tuple[datetime, ...]:
    """The instants (UTC) at which the clinic's clocks show the field's time that day, one or two; none, with a sentence
    beside the field, for a time that they skip."""
    found = clock.moments(day, field.data)
    if not found:
        field.errors = [gettext("The clocks skip this time on that day. Choose a time before or after the change.")]
    return found


def in_calendar(form: FlaskForm, field: Field) -> None:
    """A validator: a day a clinic could mean."""
    if field.data and not clock.FIRST_DAY <= field.data <= clock.LAST_DAY:
        raise ValidationError(_("This day is too far away. Check the year."))


def not_in_future(form: FlaskForm, field: Field) -> None:
    """A validator: a day that has begun where the clinic is."""
    if field.data and field.data > clock.today():
        raise ValidationError(_("The date of birth is in the future. Check the year."))
