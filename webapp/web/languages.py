"""The language of a page: the one the reader chose, else the first of their browser's that we speak, else the clinic's,
else English.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode

from babel import Locale, UnknownLocaleError
from flask import Flask, current_app, g, has_request_context, redirect, request, session, url_for
from flask_babel import get_locale
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from werkzeug import Response

from webapp.extensions import babel
from webapp.rules.desk_settings import LANGUAGES
from webapp.web.catalogues import Catalogues, catalogue, has_catalogue, sentences
from webapp.web.framing import is_framed


@dataclass(frozen=True)
class Choice:
    """A language as its own speakers call it, and where the page is shown in it."""

    code: str
    name: str
    direction: str
    address: str
    is_current: bool


def init_app(app: Flask) -> None:
    babel.init_app(app, default_locale="en", locale_selector=choose)
    babel.domain_instance = Catalogues()
    app.add_template_global(say, "gettext")
    app.add_template_global(say, "_")
    app.before_request(remember)
    app.context_processor(_of_page)
    app.add_template_global(choices, "language_choices")


@pass_context
def say(context: Context, sentence: str, /, **values: object) -> str:
    """A sentence of a template in the reader's language, with these values in their places.

    The extension's own goes through five functions to say it; a page of the desk says a hundred.
    """
    text = (context.get("sentences") or sentences()).gettext(sentence)
    if context.eval_ctx.autoescape:
        text = Markup(text)  # noqa: S704 - our own sentences; the values are escaped
    return text % values if values or "%" in text else text


def choose() -> str:
    """The reader's language, in the clinic's own regional form when that is the same language."""
    if not has_request_context():
        return "en"
    offered = spoken_here()
    clinic = _known(g.clinic.locale if "clinic" in g else "en")
    reader = _chosen() or request.accept_languages.best_match(offered)
    if clinic.language in offered and reader in (None, clinic.language):
        return str(clinic)
    return reader or "en"


def _chosen() -> str | None:
    """What somebody at the desk set for themselves, or any reader with a link of the page."""
    person = g.get("person")
    chosen = (person and person.settings.language) or session.get("language")
    return chosen if chosen in spoken_here() else None


def remember() -> Response | None:
    """``?lang=de`` is kept for the session; the page is shown again without it, so that nobody passes it on."""
    if "lang" not in request.args or request.method != "GET" or request.blueprint in (None, "api") or is_framed():
        return None
    speak(request.args["lang"])
    return redirect(_here(), code=303)


def speak(code: str) -> None:
    """Speak a language for the rest of the session, if it is one of ours."""
    if code in spoken_here():
        session["language"] = code


def choices() -> list[Choice]:
    """Every language we speak, for the links at the foot of a page."""
    current, here = get_locale() or Locale("en"), _here()
    mark = "&" if "?" in here else "?"
    return [
        Choice(code, name_of(code), Locale(code).text_direction, f"{here}{mark}lang={code}", code == current.language)
        for code in spoken_here()
    ]


@cache
def name_of(code: str) -> str:
    """As the language calls itself, such as Deutsch."""
    return (Locale(code).get_language_name() or code).capitalize()


def _here() -> str:
    """This page's address; where a form was sent to what is no page, the front page's."""
    adapter = current_app.create_url_adapter(request)
    if request.url_rule is None or adapter is None or not adapter.test(method="GET"):
        path, kept = url_for("patient.front" if "clinic" in g else "patient.clinics"), []
    else:
        path = request.script_root + request.path
        kept = [pair for pair in request.args.items(multi=True) if pair[0] != "lang"]
    asked = urlencode(kept)
    return f"{path}?{asked}" if asked else path


def of_clinic(locale: str) -> str:
    """What the clinic itself speaks, where no reader is asking: its own locale if there is a catalogue for it."""
    known = _known(locale)
    return str(known) if known.language in spoken_here() else "en"


@lru_cache(maxsize=1)
def spoken_here() -> list[str]:
    """The languages there is a catalogue for; the sentences in the source are English."""
    return [language for language in LANGUAGES if language == "en" or has_catalogue(language)]


def _known(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _of_page() -> dict[str, Any]:
    locale = get_locale() or Locale("en")
    of_reader = {"lang": str(locale).replace("_", "-"), "direction": locale.text_direction}
    return of_reader | {"sentences": catalogue(locale.language)}
