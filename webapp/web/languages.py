"""The language of a page: the reader's where a catalogue exists, else the clinic's, else English."""

from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from flask import Flask, g, has_request_context, request
from flask_babel import get_babel, get_locale

from webapp.extensions import babel

SPOKEN = ("en", "de", "es", "fr", "ar")


def init_app(app: Flask) -> None:
    babel.init_app(app, default_locale="en", locale_selector=choose)
    app.context_processor(_of_page)


def choose() -> str:
    """The reader's first language that we speak; in the clinic's own regional form when that is the same language."""
    if not has_request_context():
        return "en"
    offered = spoken_here()
    clinic = _known(g.clinic.locale if "clinic" in g else "en")
    reader = request.accept_languages.best_match(offered)
    if clinic.language in offered and reader in (None, clinic.language):
        return str(clinic)
    return reader or "en"


def of_clinic(locale: str) -> str:
    """What the clinic itself speaks, where no reader is asking: its own locale if there is a catalogue for it."""
    known = _known(locale)
    return str(known) if known.language in spoken_here() else "en"


@lru_cache(maxsize=1)
def spoken_here() -> list[str]:
    """The languages there is a catalogue for; the sentences in the source are English."""
    catalogues = {found.language for found in get_babel().instance.list_translations()}
    return [language for language in SPOKEN if language == "en" or language in catalogues]


def _known(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _of_page() -> dict[str, Any]:
    locale = get_locale() or Locale("en")
    return {"lang": str(locale).replace("_", "-"), "direction": locale.text_direction}
