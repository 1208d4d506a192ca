"""What patients are told, in the clinic's words: by kind, channel and language, looked at first, and a test mail."""

from typing import Any, NamedTuple

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.admin import blueprint
from webapp.blueprints.admin.letter_form import LetterForm, letter_form
from webapp.core.errors import DomainError, StaleVersion
from webapp.core.mail import Delayed
from webapp.queries.letters import all_own_words, own_words
from webapp.rules.letters import CHANNELS, KINDS, Words, needed_for, places_for
from webapp.services.letters import reset_words, set_words
from webapp.web import headers
from webapp.web.fragments import render
from webapp.web.guards import actor, staff
from webapp.web.languages import choices, name_of, of_clinic, spoken_here
from webapp.web.letter_names import kind_names, place_names
from webapp.web.letters import Shown, in_language, show, trial_letter
from webapp.web.post import post_here
from webapp.web.throttle import count_trial
from webapp.web.wording import house_words

PATIENCE = 5  # seconds for each answer of the mail server, while somebody waits for the page
LONGEST_ANSWER = 300


class Text(NamedTuple):
    """Which of the clinic's texts."""

    kind: str
    channel: str
    language: str

    @property
    def address(self) -> dict[str, str]:
        return {"kind": self.kind.lower(), "channel": self.channel.lower(), "language": self.language}

    @property
    def own(self) -> Words | None:
        return own_words(*self)


@blueprint.get("/letters")
@staff("ADMIN")
def letters() -> Any:
    """The texts of one language, the clinic's if none is named."""
    language = request.args.get("language", "")
    language = language if language in spoken_here() else of_clinic(g.clinic.locale).partition("_")[0]
    own = all_own_words()
    with in_language(g.clinic, language):
        house = {(kind, channel): house_words(kind, channel) for kind in KINDS for channel in CHANNELS}
    return render(
        "admin/letters",
        language=language,
        languages=[(one.code, one.name, sum(key[2] == one.code for key in own)) for one in choices()],
        words={key: own.get((*key, language), words) for key, words in house.items()},
        own={key[:2] for key in own if key[2] == language},
        kinds=kind_names(),
    )


@blueprint.get("/letters/<kind>/<channel>/<language>")
@staff("ADMIN")
def letter(kind: str, channel: str, language: str) -> Any:
    about = _text(kind, channel, language)
    return _page(about, letter_form(*about, _stored(about), seen=about.own))


@blueprint.post("/letters/<kind>/<channel>/<language>")
@staff("ADMIN")
def set_letter(kind: str, channel: str, language: str) -> Any:
    """Save the words, or only look at how they would go out."""
    about = _text(kind, channel, language)
    form = letter_form(*about)
    if not form.validate():
        return _page(about, form, 400)
    if "look" in request.form:
        return _page(about, form)
    try:
        set_words(**about._asdict(), words=form.words(), seen=form.seen.data or "", actor=actor())
    except StaleVersion as error:
        return _stale(about, form, error)
    except DomainError as error:
        form.refuse(error)
        return _page(about, form, error.status)
    flash(_("The text was saved. Messages go out like this from now on."), "good")
    return redirect(url_for("admin.letter", **about.address), code=303)


@blueprint.post("/letters/<kind>/<channel>/<language>/reset")
@staff("ADMIN")
def reset_letter(kind: str, channel: str, language: str) -> Any:
    about = _text(kind, channel, language)
    reset_words(**about._asdict(), actor=actor())
    flash(_("The words that come with Holdfast are back."), "good")
    return redirect(url_for("admin.letter", **about.address), code=303)


@blueprint.post("/letters/test")
@staff("ADMIN")
def send_trial() -> Any:
    """One mail to whoever asks for it, now, with what the mail server says to it."""
    count_trial(str(g.person.user_id))
    post = post_here(patience=PATIENCE)
    try:
        post.open()
        answer = post.send(trial_letter(g.person.email))
        flash(_("The mail server took it and said: %(answer)s", answer=_short(answer or _("(nothing)"))), "good")
    except Delayed as error:
        flash(_("It did not go out: %(why)s", why=_short(error.answer or _why(error.code))), "bad")
    finally:
        post.close()
    return redirect(url_for("admin.letters", _anchor="test"), code=303)


def _text(kind: str, channel: str, language: str) -> Text:
    about = Text(kind.upper(), channel.upper(), language)
    if about.address != {"kind": kind, "channel": channel, "language": language}:
        abort(404)
    if about.kind not in KINDS or about.channel not in CHANNELS or language not in spoken_here():
        abort(404)
    return about


def _stored(about: Text) -> Words:
    with in_language(g.clinic, about.language):
        return about.own or house_words(about.kind, about.channel)


def _stale(about: Text, form: LetterForm, error: StaleVersion) -> Any:
    """What somebody else saved is shown as it goes out; saving once more keeps what stands in the form."""
    form.refuse(error)
    form.form_errors.append(_("Below is how theirs goes out. Save again to keep yours."))
    form.seen.data = about.own.digest if about.own else ""
    return _page(about, form, error.status, words=_stored(about))


def _page(about: Text, form: LetterForm, status: int = 200, *, words: Words | None = None) -> Any:
    """The form, and how its words go out; where they can't, how the stored ones do."""
    words = words or (_stored(about) if form.errors else form.words())
    with in_language(g.clinic, about.language):
        shown: Shown = show(words, kind=about.kind, channel=about.channel)
        house = house_words(about.kind, about.channel)
    headers.allow_styles_of(shown.page)
    return render(
        "admin/letter",
        status,
        about=about,
        form=form,
        shown=shown,
        house=house,
        is_own=about.own is not None,
        kind=kind_names()[about.kind],
        language_name=name_of(about.language),
        places=[
            (name, words, shown.values[name])
            for name, words in place_names(about.kind).items()
            if name in places_for(about.kind)
        ],
        needed=needed_for(about.kind),
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_ANSWER else f"{text[:LONGEST_ANSWER]}…"


def _why(code: str) -> str:
    """The reason in words, where the server said nothing itself."""
    return {
        "not set up": _("no mail server is set up. Set SMTP_URL and MAIL_FROM."),
        "connection": _("the mail server could not be reached"),
        "timeout": _("the mail server did not answer in time"),
        "sign-in": _("the mail server refuses our password"),
        "no TLS": _("the mail server offers no encryption, and a password goes out over none"),
        "address": _("your own address is no e-mail address"),
    }.get(code, code)
