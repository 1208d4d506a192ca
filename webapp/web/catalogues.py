"""The sentences of each language, read from its .po file itself: nothing to compile, nothing to go stale."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask_babel import Domain, get_locale

FOLDER = Path(__file__).parents[2] / "translations"


class Catalogues(Domain):
    """Where flask-babel looks sentences up: one catalogue a language, whatever its region."""

    def get_translations(self) -> NullTranslations:
        return sentences()


def sentences() -> NullTranslations:
    """Those of the language that is spoken now."""
    locale = get_locale()
    return catalogue(locale.language) if locale else NullTranslations()


@lru_cache
def catalogue(language: str) -> NullTranslations:
    """A language's sentences; those without a translation, and every one where there is no file, stay English."""
    file = _file(language)
    if not file.exists():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def has_catalogue(language: str) -> bool:
    return _file(language).exists()


def _file(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"
