"""Which language a page speaks."""

import pytest
from flask import g

from webapp.core.tenancy import tenant_scope
from webapp.queries.clinics import find_clinic
from webapp.web import languages


@pytest.fixture
def choose(app, clinic, records, monkeypatch):
    """The language of a page, for a clinic's and a reader's, when there are German and Arabic catalogues."""

    def chosen(at_clinic: str, reader: str) -> str:
        records.rows("UPDATE tenants SET locale = :locale WHERE id = :id", locale=at_clinic, id=clinic.id)
        with app.test_request_context(headers={"Accept-Language": reader}), tenant_scope(clinic.id):
            g.clinic = find_clinic(clinic.id)
            return languages.choose()

    monkeypatch.setattr(languages, "spoken_here", lambda: ["en", "de", "ar"])
    return chosen


@pytest.mark.parametrize(
    ("at_clinic", "reader", "spoken"),
    [
        ("en", "en-US", "en"),
        ("en_GB", "en-US,en;q=0.9", "en_GB"),
        ("en_GB", "de-AT,de;q=0.9", "de"),
        ("de-CH", "de", "de_CH"),
        ("de_CH", "", "de_CH"),
        ("de", "ar,en;q=0.5", "ar"),
        ("en", "fi", "en"),
        ("fi", "", "en"),
        ("nonsense!", "", "en"),
    ],
)
def test_the_readers_language_then_the_clinics(choose, at_clinic, reader, spoken):
    assert choose(at_clinic, reader) == spoken


def test_only_languages_with_a_catalogue_are_spoken(app):
    with app.test_request_context():
        assert "en" in languages.spoken_here()
        assert set(languages.spoken_here()) <= set(languages.SPOKEN)
