from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from webapp.blueprints.admin.fields import WholeNumberField
from webapp.web.forms import CheckboxesField, HouseForm, TextField, WallTimeField, in_calendar, moments_of

TOO_LONG = _("This is longer than 200 characters. Shorten it.")


class SpecialistForm(HouseForm):
    full_name = TextField(
        _("Name"),
        validators=[InputRequired(_("Enter the specialist's name.")), Length(max=200, message=TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )
    service_type = TextField(
        _("What they do"),
        description=_("Shown below the name, for example Dentist."),
        validators=[Length(max=200, message=TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )
    colour = SelectField(
        _("Colour in the calendar"),
        choices=[
            SelectChoice("", _("The next free one")),
            SelectChoice("0", _("Teal")),
            SelectChoice("1", _("Indigo")),
            SelectChoice("2", _("Plum")),
            SelectChoice("3", _("Rust")),
            SelectChoice("4", _("Olive")),
            SelectChoice("5", _("Blue")),
            SelectChoice("6", _("Rose")),
            SelectChoice("7", _("Gold")),
        ],
    )


class TypeForm(HouseForm):
    name = TextField(
        _("Name"),
        description=_("As patients read it, for example First visit."),
        validators=[InputRequired(_("Enter a name for this type of visit.")), Length(max=200, message=TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )
    minutes = WholeNumberField(_("Minutes"), least=1, most=1439, default=30)
    buffer_before = WholeNumberField(_("Minutes kept free before"), least=0, most=240, default=0)
    buffer_after = WholeNumberField(_("Minutes kept free after"), least=0, most=240, default=0)
    specialist_ids = CheckboxesField(_("Offered by"))
    is_group = BooleanField(_("For groups: offered where a slot has several seats"))
    is_public = BooleanField(_("Patients may book it themselves"), default=True)


class TypeChangeForm(TypeForm):
    """The same of one that there is."""

    is_group = BooleanField(
        _("For groups: offered where a slot has several seats"),
        description=_("This can be changed while no visit of this type is booked."),
    )
    is_active = BooleanField(_("It can be booked"), description=_("Without the tick it has ended: nobody can book it."))

    def values(self) -> dict[str, Any]:
        """What the service wants to know of it."""
        names = ("name", "minutes", "buffer_before", "buffer_after", "is_group", "is_public", "is_active")
        return {name: self[name].data for name in names} | {
            "specialist_ids": [UUID(chosen) for chosen in self.specialist_ids.data]
        }


class OfferForm(HouseForm):
    type_ids = CheckboxesField(_("Types of visit"))


class SlotForm(HouseForm):
    """One slot on one day, by the clinic's clocks."""

    day = DateField(_("Day"), validators=[InputRequired(_("Enter the day.")), in_calendar])
    opens = WallTimeField(_("From"), validators=[InputRequired(_("Enter the time the slot begins."))])
    closes = WallTimeField(_("To"), validators=[InputRequired(_("Enter the time the slot ends."))])
    capacity = WholeNumberField(_("Seats"), least=1, most=100_000, default=1)
    which = RadioField(
        _("Which one?"),
        choices=[
            SelectChoice("first", _("The first time the clocks show it")),
            SelectChoice("second", _("The second time")),
        ],
        validators=[Optional()],
    )
    ambiguous = False

    def span(self) -> tuple[datetime, datetime] | None:
        """The slot in UTC; None, with a sentence beside the field, where the clocks have no such time or two."""
        start = self._instant(self.opens)
        end = self._instant(self.closes)
        if start is None or end is None:
            return None
        if end <= start:
            self.closes.errors = [gettext("The end must be after the start.")]
            return None
        return start, end

    def _instant(self, field: Any) -> datetime | None:
        found = moments_of(self.day.data, field)
        if len(found) == 2:
            self.ambiguous = True
            if self.which.data not in ("first", "second"):
                self.which.errors = [gettext("The clocks show this time twice on that day. Say which one you mean.")]
                return None
        return found[-1 if self.which.data == "second" else 0] if found else None
