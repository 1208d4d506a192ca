"""E-mail addresses, phone numbers and dates as people type them."""

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from email_validator import EmailNotValidError, validate_email
from flask import g
from flask_babel import lazy_gettext as _
from wtforms import Field, Form, ValidationError

_ZONE_TERRITORIES = get_global("zone_territories")


def email_address(form: Form, field: Field) -> None:
    """A validator: what is there must be able to be an address; nothing is asked of the network."""
    if not field.data:
        return
    address = as_address(field.data)
    if address is None:
        raise ValidationError(_("Enter an e-mail address in the form name@example.com."))
    field.data = address


def as_address(typed: str) -> str | None:
    """The address in its normal form; None for what can be none."""
    try:
        return str(validate_email(typed, check_deliverability=False).normalized)
    except EmailNotValidError:
        return None


def phone_number(form: Form, field: Field) -> None:
    """A validator: any format, but there must be digits enough to call."""
    if field.data and sum(c.isdigit() for c in field.data) < 3:
        raise ValidationError(_("Enter a phone number with its digits, such as 030 1234567."))


class OneOf:
    """A validator of several fields of which one must be filled in; the first of them says so."""

    def __init__(self, *names: str, message: object) -> None:
        self.names, self.message = names, message
        self.field_flags = {"either": True}

    def __call__(self, form: Form, field: Field) -> None:
        if field.short_name == self.names[0] and not any(form[name].data for name in self.names):
            raise ValidationError(self.message)


def as_dialled(typed: str | None) -> str | None:
    """E.164 where the number can be read from the clinic's country, else as it was typed."""
    if not typed:
        return None
    if any(c.isalpha() for c in typed):  # "ask for Bo" or "ext. 12" says more than the digits in it
        return typed
    try:
        number = phonenumbers.parse(typed, _territory())
    except phonenumbers.NumberParseException:
        return typed
    if not phonenumbers.is_possible_number(number):
        return typed
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def writes_month_first() -> bool:
    """Is 3/4 the fourth of March, where the clinic is?"""
    language = g.clinic.locale.replace("-", "_").partition("_")[0]
    for name in (f"{language}_{_territory()}", language, "en_GB"):
        try:
            pattern = Locale.parse(name).date_formats["short"].pattern
        except (UnknownLocaleError, ValueError):
            continue
        return pattern.find("M") < pattern.find("d") and not pattern.startswith("y")
    return False


def _territory() -> str | None:
    """The clinic's country: as its locale names it, else where its time zone lies."""
    try:
        named = Locale.parse(g.clinic.locale.replace("-", "_")).territory
    except (UnknownLocaleError, ValueError):
        named = None
    return named or _ZONE_TERRITORIES.get(g.clinic.timezone)
