"""The form of the clinic's settings, and the settings it stands for."""

from functools import lru_cache

from babel import Locale
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, TelField, TextAreaField, URLField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp

from webapp.blueprints.admin.fields import HoursBeforeField, LengthField, NumberOrNothingField, WholeNumberField
from webapp.core.timezones import known_zones
from webapp.rules.clinic_settings import ClinicSettings
from webapp.web.contact import phone_number
from webapp.web.forms import CheckboxesField, HouseForm, TextField, WallTimeField, tidy, tidy_lines

TOO_LONG = _("This is longer than 200 characters. Shorten it.")
MINUTES_A_YEAR = 366 * 24 * 60
BEFORE = {"units": ("minute", "hour", "day"), "least": 0, "most": MINUTES_A_YEAR}
LOCALES = ("en-GB", "en-US", "en-IE", "de-DE", "de-AT", "de-CH", "es-ES", "es-MX", "fr-FR", "fr-BE", "fr-CH", "ar-EG")
LOCALES += ("ar-AE", "ar-SA")


class ClinicForm(HouseForm):
    name = TextField(
        _("Name of the clinic"),
        validators=[InputRequired(_("Enter the clinic's name.")), Length(max=200, message=TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )
    address = TextField(_("Address"), validators=[Length(max=200, message=TOO_LONG)], render_kw={"autocomplete": "off"})
    phone = TelField(
        _("Phone number"),
        description=_("Shown to patients wherever they cannot go on by themselves."),
        filters=[tidy],
        validators=[Length(max=200, message=TOO_LONG), phone_number],
        render_kw={"autocomplete": "off"},
    )
    timezone = SelectField(_("Time zone"))
    confirm_zone = BooleanField(_("Yes, change the time zone. I look after the visits that are booked."))
    locale = SelectField(
        _("Language and region"),
        description=_("How dates and times are written, and the language of those who ask for no other."),
    )

    public_booking = BooleanField(_("Patients may book online"))
    closed_message = TextAreaField(
        _("Message while online booking is off"),
        description=_("Shown in its place, for example why, and until when."),
        filters=[tidy_lines],
        validators=[Length(max=1000, message=_("The message is longer than 1,000 characters. Shorten it."))],
        render_kw={"rows": 2},
    )
    notice = LengthField(
        _("Shortest notice"), description=_("How long before a visit patients can still book it."), **BEFORE
    )
    horizon_days = WholeNumberField(
        _("Days ahead"), description=_("How far ahead patients can book, and times are made."), least=1, most=3660
    )
    bookings_a_person = NumberOrNothingField(
        _("Bookings a person"),
        description=_("To come at a time; known by e-mail, phone, or name and date of birth. Empty: any number."),
        least=1,
        most=100,
    )
    required_fields = CheckboxesField(
        _("Needed besides the name"),
        description=_("Without a tick, an e-mail address or a phone number will do."),
        choices=[
            SelectChoice("email", _("E-mail address")),
            SelectChoice("phone", _("Phone number")),
            SelectChoice("date_of_birth", _("Date of birth")),
        ],
    )

    cancel_cutoff = LengthField(
        _("Cancelling online ends"), description=_("Before the visit; later, patients have to call."), **BEFORE
    )
    move_cutoff = LengthField(
        _("Moving online ends"), description=_("Before the visit; later, patients have to call."), **BEFORE
    )

    terms = TextAreaField(
        _("What patients accept when they book"),
        description=_("For example: I accept the terms of the clinic. Each new wording is a new version."),
        filters=[tidy_lines],
        validators=[
            Length(max=2000, message=_("The terms are longer than 2,000 characters. Link to the rest of them."))
        ],
        render_kw={"rows": 3},
    )
    terms_link = URLField(
        _("Where to read more"),
        filters=[tidy],
        validators=[
            Length(max=500, message=_("This address is too long. Shorten it.")),
            Regexp(r"^(https?://\S+)?$", message=_("Enter the address in the form https://example.com/terms.")),
        ],
        render_kw={"autocomplete": "off", "placeholder": "https://"},
    )

    hold = LengthField(
        _("A time is held for"),
        description=_("While somebody types; it can be extended ten times."),
        units=("second", "minute", "hour"),
        least=1,
        most=86_400,
    )
    offer = LengthField(
        _("An offer stands for"),
        description=_("When a freed time is offered to somebody on the waiting list."),
        units=("second", "minute", "hour", "day"),
        least=1,
        most=604_800,
    )
    offers_by_itself = BooleanField(
        _("Offer freed times to the waiting list without being asked"),
        description=_("To those whom a message reaches; the others are to be called."),
    )

    reminder_hours = HoursBeforeField(
        _("Hours before a visit"),
        description=_("Up to five reminders, for example 48, 2. Empty: none."),
        least=1,
        most=720,
        validators=[Length(max=5, message=_("Enter up to five reminders."))],
        render_kw={"autocomplete": "off"},
    )
    quiet_from = WallTimeField(
        _("Quiet from"),
        description=_("By the clinic's clocks. Reminders wait while it is quiet; the same time twice: never."),
        validators=[InputRequired(_("Enter when the quiet hours begin."))],
    )
    quiet_until = WallTimeField(_("Quiet until"), validators=[InputRequired(_("Enter when the quiet hours end."))])
    seen = HiddenField()

    def validate_terms(self, field: TextAreaField) -> None:
        if self.terms_link.data and not field.data:
            raise ValidationError(gettext("Enter the words that patients accept, too."))

    def settings(self) -> ClinicSettings:
        return ClinicSettings(
            name=self.name.data,
            phone=self.phone.data or None,
            address=self.address.data or None,
            timezone=self.timezone.data,
            locale=self.locale.data,
            public_booking=self.public_booking.data,
            closed_message=self.closed_message.data,
            notice_minutes=self.notice.data,
            horizon_days=self.horizon_days.data,
            bookings_a_person=self.bookings_a_person.data,
            required_fields=self.required_fields.data,
            cancel_cutoff_minutes=self.cancel_cutoff.data,
            move_cutoff_minutes=self.move_cutoff.data,
            terms=self.terms.data,
            terms_link=self.terms_link.data,
            hold_seconds=self.hold.data,
            offer_seconds=self.offer.data,
            offers_by_itself=self.offers_by_itself.data,
            reminder_hours=self.reminder_hours.data,
            quiet_from=self.quiet_from.data,
            quiet_until=self.quiet_until.data,
        )


#: The settings whose fields are called otherwise.
_FIELDS = {
    "notice_minutes": "notice",
    "cancel_cutoff_minutes": "cancel_cutoff",
    "move_cutoff_minutes": "move_cutoff",
    "hold_seconds": "hold",
    "offer_seconds": "offer",
}


def clinic_form(stored: ClinicSettings, *, sent: bool = False) -> ClinicForm:
    """The form with what is stored in it, or with what was sent."""
    values = {_FIELDS.get(name, name): getattr(stored, name) for name in ClinicSettings.__slots__}
    form = ClinicForm(seen=stored.digest, **values, **({} if sent else {"formdata": None}))
    form.timezone.choices = _zone_choices(stored.timezone)
    form.locale.choices = _locale_choices(stored.locale)
    return form


def differing(form: ClinicForm, stored: ClinicSettings) -> list[str]:
    """The names of the fields in which the form says something else than what is stored."""
    wanted = form.settings()
    names = [name for name in ClinicSettings.__slots__ if getattr(wanted, name) != getattr(stored, name)]
    return [label_of(form, name) for name in names]


def label_of(form: ClinicForm, name: str) -> str:
    """What the form calls a setting."""
    return str(form[_FIELDS.get(name, name)].label.text)


def _zone_choices(current: str) -> list[SelectChoice]:
    names = _zones() if current in _zones() else (current, *_zones())
    return [SelectChoice(name, name.replace("_", " "), optgroup=name.partition("/")[0]) for name in names]


@lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    """The zones named after places, by continent, and UTC."""
    places = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    return ("UTC", *sorted(name for name in known_zones() if name.partition("/")[0] in places and "/" in name))


def _locale_choices(current: str) -> list[SelectChoice]:
    names = LOCALES if current in LOCALES else (current, *LOCALES)
    return [SelectChoice(name, _in_its_own_words(name)) for name in names]


@lru_cache(maxsize=64)
def _in_its_own_words(name: str) -> str:
    locale = Locale.parse(name.replace("-", "_"))
    words = str(locale.get_display_name(locale))
    return words[:1].upper() + words[1:]
