"""Phone numbers, read as the clinic's neighbours mean them."""

import pytest
from flask import g

from webapp.core.tenancy import tenant_scope
from webapp.queries.clinics import find_clinic
from webapp.web.contact import as_dialled, can_be_called, read_back

BERLIN = {"timezone": "Europe/Berlin", "phone": "+49 30 901820", "locale": "en-GB"}


@pytest.fixture
def at_clinic(app, clinic, records):
    """What ``ask`` answers at a clinic with this zone, phone number and locale."""

    def asked(ask, typed, *, timezone="UTC", phone=None, locale="en"):
        query = "UPDATE tenants SET timezone = :timezone, phone = :phone, locale = :locale WHERE id = :id"
        records.rows(query, timezone=timezone, phone=phone, locale=locale, id=clinic.id)
        with app.test_request_context(), tenant_scope(clinic.id):
            g.clinic = find_clinic(clinic.id)
            return ask(typed)

    return asked


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        (BERLIN, "+49301234567"),
        ({"timezone": "Europe/London", "phone": "+49 30 901820", "locale": "en-GB"}, "+49301234567"),
        ({"timezone": "Europe/Berlin", "phone": "030 901820", "locale": "en-GB"}, "+49301234567"),
        ({"timezone": "Europe/Berlin", "locale": "fr-FR"}, "+49301234567"),
        ({"locale": "de-DE"}, "+49301234567"),
        ({"timezone": "Etc/UTC", "phone": "+999 1", "locale": "en"}, "030 1234567"),
        ({}, "030 1234567"),
    ],
)
def test_the_country_is_the_clinics_own_numbers_then_its_zones_then_its_locales(at_clinic, where, kept):
    assert at_clinic(as_dialled, "030 1234567", **where) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+43 1 5128888", "+4315128888"),
        ("0043 1 5128888", "+4315128888"),
        ("(030) 123-45 67", "+49301234567"),
        ("12345", "12345"),
        ("4567890", "4567890"),
        ("+12345", "+12345"),
        ("030 12345678901234567", "030 12345678901234567"),
        ("030 1234567, ask for Bo", "030 1234567, ask for Bo"),
        (None, None),
    ],
)
def test_what_is_no_whole_number_stays_as_it_was_typed(at_clinic, typed, kept):
    assert at_clinic(as_dialled, typed, **BERLIN) == kept


@pytest.mark.parametrize(
    ("typed", "where", "can"),
    [
        ("030 1234567", BERLIN, True),
        ("12345", BERLIN, False),
        ("4567890", BERLIN, False),  # +49 4567 890 is somebody else's
        ("+12345", BERLIN, False),
        ("(212) 555-2368", {"phone": "+1 212 555 2300"}, True),
        ("1-212-555-2368", {"phone": "+1 212 555 2300"}, True),
        ("555-2368", {"phone": "+1 212 555 2300"}, False),
        ("12345", {}, True),  # nobody knows from where: it is called as it was typed
        ("my sister, 12345", BERLIN, True),
    ],
)
def test_a_number_without_its_area_code_is_told_from_others(at_clinic, typed, where, can):
    assert at_clinic(can_be_called, typed, **where) is can


@pytest.mark.parametrize(
    ("typed", "shown"), [("0301234567", "+49 30 1234567"), ("my sister, 12345", "my sister, 12345"), ("", "")]
)
def test_a_number_is_read_back_as_it_will_be_dialled(at_clinic, typed, shown):
    assert at_clinic(read_back, typed, **BERLIN) == shown
