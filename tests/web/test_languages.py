"""Which language a page speaks."""

import pytest
from flask import g, render_template_string
from flask_babel import force_locale, get_locale, gettext
from markupsafe import Markup

from webapp.core.tenancy import tenant_scope
from webapp.queries.clinics import find_clinic
from webapp.rules.desk_settings import LANGUAGES
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
        assert set(languages.spoken_here()) <= set(LANGUAGES)


GERMAN = {"Accept-Language": "de"}


def shown_in(visitor, path="/book"):
    """The language and the direction of a page, for a browser that asks for German."""
    page = visitor.get(path, headers=GERMAN).one("html")
    return page["lang"], page["dir"]


def test_a_link_of_the_page_chooses_the_language_for_the_session(visitor, clinic):
    assert shown_in(visitor) == ("de", "ltr")
    answer = visitor.client.get(f"/c/{clinic.id}/book?a=1&lang=ar&b=%26")
    assert (answer.status_code, answer.location) == (303, f"/c/{clinic.id}/book?a=1&b=%26")
    assert shown_in(visitor) == ("ar", "rtl")
    visitor.get("/book?lang=en")
    assert shown_in(visitor) == ("en", "ltr")


@pytest.mark.parametrize("lang", ["xx", "", "de_CH", "../en"])
def test_a_language_nobody_speaks_changes_nothing(visitor, clinic, lang):
    answer = visitor.client.get(f"/c/{clinic.id}/book", query_string={"lang": lang})
    assert (answer.status_code, answer.location) == (303, f"/c/{clinic.id}/book")
    assert shown_in(visitor) == ("de", "ltr")


@pytest.mark.parametrize("path", ["/nothing?lang=de", "/c/nowhere/?lang=de", "/\\elsewhere.example/?lang=de"])
def test_a_choice_leads_to_no_other_place(visitor, path):
    assert visitor.client.get(path).status_code == 404


def test_a_program_may_have_a_value_called_lang(visitor):
    assert visitor.client.get("/health?lang=de").status_code == 200


def test_the_foot_of_a_page_names_each_language_in_itself(visitor):
    page = visitor.get("/book?with=", headers=GERMAN)
    links = page.soup.select(".languages a")
    assert [link.get_text() for link in links] == ["English", "Deutsch", "Español", "Français", "العربية"]
    assert [link["lang"] for link in links] == list(LANGUAGES)
    assert [link["dir"] for link in links] == ["ltr", "ltr", "ltr", "ltr", "rtl"]
    assert links[3]["href"].endswith("/book?with=&lang=fr")
    assert [link.get_text() for link in links if link.has_attr("aria-current")] == ["Deutsch"]


def test_where_only_a_form_leads_the_links_open_the_front_page(app, clinic):
    def first_link(path, method):
        with app.test_request_context(f"/c/{clinic.id}{path}", method=method), tenant_scope(clinic.id):
            g.clinic = find_clinic(clinic.id)
            return languages.choices()[0].address

    assert first_link("/sign-in", "POST") == f"/c/{clinic.id}/sign-in?lang=en"
    assert first_link("/sign-out", "POST") == f"/c/{clinic.id}/?lang=en"


def test_at_the_desk_a_setting_comes_first(olga):
    olga.get("/sign-in?lang=fr")
    assert shown_in(olga, "/desk/patients") == ("fr", "ltr")
    olga.post("/desk/settings", {"language": "es"})
    assert shown_in(olga, "/desk/patients") == ("es", "ltr")
    olga.post("/desk/settings", {"language": ""})
    assert shown_in(olga, "/desk/patients") == ("fr", "ltr")


def test_a_catalogue_serves_each_region(app):
    with app.test_request_context(headers={"Accept-Language": "de"}), force_locale("de_CH"):
        assert get_locale().territory == "CH"
        assert gettext("Monday to Friday") == "Montag bis Freitag"


def test_templates_speak_the_reader_s_language_and_escape_what_they_put_into_a_sentence(app):
    page = "{{ _('%(share)s %% taken', share=share) }} {{ _('Free') }}"
    macro = "{% macro said(share) %}" + page + "{% endmacro %}{{ said('<b>') }}"
    with app.test_request_context(headers={"Accept-Language": "de"}):
        for source in (page, macro):
            assert render_template_string(source, share="<b>") == "&lt;b&gt;\xa0% belegt Frei"
        assert render_template_string(page, share=Markup("<b>")) == "<b>\xa0% belegt Frei"
        with force_locale("es"):
            assert render_template_string(page, share="12").endswith("Libre")
        assert app.jinja_env.from_string("{{ _('Free') }}").render() == "Frei"
