"""What a translator wrote can be shown: with the same places to fill in, in every form the language has."""

import re
from collections import Counter
from io import BytesIO

import pytest
from babel.messages.extract import extract
from babel.messages.plurals import get_plural
from jinja2 import TemplateSyntaxError

from translations.collect import TRANSLATED, catalogue, collected, marked, waiting
from webapp.web.catalogues import catalogue as shown

#: %(name)s places, {name} places that a script fills, tags, and percent signs
PLACE = re.compile(r"%\(\w+\)[sd]|%%|(?<!%)%(?![(%])|\{\w+\}|</?\w[^>]*>")

languages = pytest.mark.parametrize("language", TRANSLATED)


def translated(language):
    """(sentence, its forms, the translation's forms) of everything that is translated."""
    for message in catalogue(language):
        said = message.id if message.pluralizable else (message.id,)
        forms = message.string if message.pluralizable else (message.string,)
        if message.id and any(forms):
            yield said, forms


def places(sentence):
    return Counter(PLACE.findall(sentence))


@languages
def test_each_place_of_a_sentence_is_in_its_translation_once(language):
    """In a plural form the number may be a word: "two appointments" is one word in Arabic."""
    for said, forms in translated(language):
        wanted = places(said[-1])
        without_number = wanted - Counter(["%(num)s"])
        for form in forms:
            allowed = [wanted] if len(forms) == 1 else [wanted, without_number]
            assert places(form) in allowed, (said, form)


@languages
def test_the_last_form_says_the_number(language):
    """It is the one for most numbers."""
    for said, forms in translated(language):
        if len(forms) > 1:
            assert "%(num)s" in forms[-1], said


@languages
def test_a_translation_ends_as_its_sentence_does(language):
    """A sentence stays one, and a label does not become one; spaces at the ends are the page's."""
    for said, forms in translated(language):
        for form in forms:
            assert form == form.strip() or said[0] != said[0].strip(), form
            ends = (said[0].endswith("."), said[0].rstrip().endswith("?"), said[0].rstrip().endswith(":"))
            assert (form.endswith("."), form[-1] in "?؟", form.endswith(":")) == ends, (said[0], form)


@languages
def test_plural_forms_are_the_languages_own(language):
    known = catalogue(language)
    assert (known.num_plurals, known.plural_expr) == tuple(get_plural(language))[:2]
    for message in known:
        if message.pluralizable:
            assert len(message.string) == known.num_plurals
            assert all(message.string) or not any(message.string), message.id


@languages
def test_every_sentence_is_translated(language):
    """`make translations` brings new ones into the catalogue; docs/translating.md has our words."""
    known = catalogue(language)
    source = collected()
    missing = [
        message.id for message in source if message.id and known.get(_first(message.id), message.context) is None
    ]
    assert missing == [], "not in the catalogue yet: make translations"
    assert list(waiting(known)) == [], "in the catalogue without a translation"


def _first(sentence):
    return sentence[0] if isinstance(sentence, tuple | list) else sentence


@languages
def test_nothing_is_guessed(language):
    assert [message.id for message in catalogue(language) if message.fuzzy and message.id] == []


def test_arabic_counts():
    arabic = shown("ar")
    counted = [arabic.ungettext("%(num)s minute", "%(num)s minutes", number) for number in (1, 2, 3, 10, 11, 99, 100)]
    assert counted[:2] == ["دقيقة واحدة", "دقيقتان"]
    assert counted[2] == counted[3] == "%(num)s دقائق"
    assert counted[4:] == ["%(num)s دقيقة"] * 3


def test_a_sentence_is_collected_wherever_it_stands_in_a_program():
    """Alone, in pieces, inside another call, inside an f-string; and nothing that is no sentence."""
    program = b"""_("alone"), N_("in " "pieces"), ngettext("one", "many", n)
_("outer %(it)s", it=_("inner")), f"{_('in an f-string')}, {x}", _(name), other("no"), pgettext("a button", "Close")
"""
    keywords = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
    found = extract(marked, BytesIO(program), keywords=keywords)
    assert {(message, context) for _line, message, _comments, context in found} == {
        ("alone", None),
        ("in pieces", None),
        (("one", "many"), None),
        ("outer %(it)s", None),
        ("inner", None),
        ("in an f-string", None),
        ("Close", "a button"),
    }


def test_a_page_that_cannot_be_read_stops_the_collecting(tmp_path):
    """Its sentences would look as if they were gone, and their translations would be dropped."""
    (tmp_path / "webapp").mkdir()
    (tmp_path / "templates").mkdir()
    page = tmp_path / "templates" / "broken.html"
    page.write_text('{{ _("Good day") }}{% if %}')
    with pytest.raises(TemplateSyntaxError) as broken:
        collected(tmp_path)
    assert broken.value.filename == str(page)
    page.write_text('{{ _("Good day") }}')
    assert [message.id for message in collected(tmp_path) if message.id] == ["Good day"]


def test_sentences_of_programs_and_pages_are_collected():
    known = {message.id for message in collected()}
    assert {"Skip to content", "There is no such page", "Your visit is booked"} <= known
