"""E-mail addresses, phone numbers and dates as people type them."""

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from email_validator import EmailNotValidError, validate_email
from flask import g
from flask_babel import lazy_gettext as _
from phonenumbers import CountryCodeSource, PhoneNumber
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


def whole_number(form: Form, field: Field) -> None:
    """A validator: a number of which nobody else's can be made; one that only means something to people passes."""
    if field.data and not can_be_called(field.data):
        raise ValidationError(
            _(
                "This number cannot be called from elsewhere. Enter it with its area code, such as 030 1234567, or "
                "with + and the code of its country."
            )
        )


def can_be_called(typed: str) -> bool:
    """Is it a whole number, or nothing that could be taken for one?"""
    is_international = typed.startswith("+")
    return bool(_number(typed) or _has_words(typed) or not (is_international or _country()))


def as_dialled(typed: str | None) -> str | None:
    """E.164 where the number can be read from the clinic's country, else as it was typed: nothing is sent to that."""
    number = _number(typed or "")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if number else typed or None


def read_back(typed: str) -> str:
    """As it will be dialled, in groups."""
    number = _number(typed)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL) if number else typed


def _number(typed: str) -> PhoneNumber | None:
    """The whole number that was typed; none for one that rings at somebody's only from next door."""
    if not typed or _has_words(typed):
        return None
    try:
        number = phonenumbers.parse(typed, _country(), keep_raw_input=True)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    if number.country_code_source == CountryCodeSource.FROM_DEFAULT_COUNTRY and not _has_area_code(number):
        return None
    return number


def _has_area_code(number: PhoneNumber) -> bool:
    """Was it typed as the whole country dials it? Without the first 0 another one would be made of it."""
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    typed = phonenumbers.normalize_digits_only(number.raw_input or "")
    return phonenumbers.is_valid_number(number) and typed.endswith(phonenumbers.normalize_digits_only(national))


def _has_words(typed: str) -> bool:
    """ "Ask for Bo" or "ext. 12" says more than the digits in it."""
    return any(c.isalpha() for c in typed)


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


def _country() -> str | None:
    """Where a number that does not say so is from: the clinic's own number's country, else that of its time zone, else
    the one its locale names, where the number is no more than a guess."""
    known = (_of_number(g.clinic.phone), _ZONE_TERRITORIES.get(g.clinic.timezone), _of_locale())
    return next((one for one in known if one in phonenumbers.SUPPORTED_REGIONS), None)


def _of_number(phone: str | None) -> str | None:
    try:
        number = phonenumbers.parse(phone or "", None)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(number.country_code)


def _of_locale() -> str | None:
    try:
        return Locale.parse(g.clinic.locale.replace("-", "_")).territory
    except (UnknownLocaleError, ValueError):
        return None


def _territory() -> str | None:
    """Whose way to write dates the clinic has: as its locale names it, else where its time zone lies."""
    return _of_locale() or _ZONE_TERRITORIES.get(g.clinic.timezone)
