"""Booking inside the page of another site: the same pages below /embed, which need no cookie.

Browsers keep our cookies from a frame on another site. So a form there carries, signed, what the cookie would hold, and
a held time is opened by its secret link as it is everywhere. No cookie is read or set below /embed.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from flask import Flask, abort, current_app, g, has_request_context, redirect, render_template, request, session
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from webapp.web.tenant import READS

PREFIX: Final = "/embed"
LIFE: Final = timedelta(days=1)  # of a form

#: What may stand in a frame: the way from the clinic's front page to the page of the visit. Whoever frames a page can
#: lay something over it, so nothing that changes a booking belongs here.
FRAMED: Final = frozenset(
    {
        "patient.front",
        "patient.types",
        "patient.specialists",
        "patient.days",
        "patient.times",
        "patient.take",
        "patient.taken",
        "patient.details",
        "patient.describe",
        "patient.another",
        "patient.translate",
        "patient.check",
        "patient.book",
        "patient.extend",
        "patient.give_back",
        "patient.instead",
        "patient.party_days",
        "patient.party_times",
        "patient.party_take",
        "patient.party_gone",
        "patient.party_details",
        "patient.party_describe",
        "patient.party_another",
        "patient.party_translate",
        "patient.party_check",
        "patient.party_book",
        "patient.party_extend",
        "patient.party_give_back",
        "patient.party_instead",
        "patient.visit",
        "patient.calendar",
        "patient.calendar_all",
    }
)

#: What the links and forms of a page in a frame carry on, by its name in their address: the sealed link of the time
#: that is held, or of the times held together, so that another one can take its place, and the language.
CARRIED: Final = {"held": "held", "party": "party", "lang": "language"}


def init_app(app: Flask) -> None:
    # As if the application stood a second time below the prefix: every link and redirect of its pages stays there.
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {PREFIX: app.wsgi_app})  # type: ignore[method-assign]
    app.before_request(_stay_inside)
    app.url_defaults(_carry)
    app.context_processor(lambda: {"framed": is_framed()})


def is_framed() -> bool:
    """Is this page asked for below the prefix, to be shown by another site?"""
    return has_request_context() and request.script_root.endswith(PREFIX)


def ancestors() -> str:
    """Who may show this answer in a frame, in the words of a policy header."""
    return " ".join(["'self'", *g.clinic.embed_origins]) if is_framed() and "clinic" in g else "'none'"


def outside(path: str) -> str:
    """The whole address that a page has for everybody, from its path here: to keep, to send, to open elsewhere."""
    return request.host_url.rstrip("/") + path.removeprefix(PREFIX)


def _stay_inside() -> Any:
    if not is_framed() or request.endpoint == "static":
        return None
    if request.blueprint != "patient" or "clinic" not in g:
        abort(404)
    address = request.full_path.rstrip("?")
    if request.method in READS and request.headers.get("Sec-Fetch-Dest") == "document":
        return redirect(address)  # a window of its own: a frame opened there, or a link that was carried out of one
    if request.endpoint in FRAMED:
        return _resume()
    return render_template("patient/outside.html", address=address) if request.method in READS else abort(404)


def _resume() -> None:
    """Take the visitor's name from the form that was sent; a page that is only looked at begins with a new one."""
    if request.method not in READS and request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise CSRFError("The form stood on another site.")
    visitor = _carried() or f"{g.clinic.id}:{uuid4().hex}"
    session.update(visitor=visitor, csrf_token=visitor)
    session.update({kept: request.args[name] for name, kept in CARRIED.items() if name in request.args})


def _carry(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint in FRAMED and is_framed():
        for name, kept in CARRIED.items():
            if kept in session:
                values.setdefault(name, session[kept])


def _carried() -> str | None:
    """The visitor named by the token of a form of this clinic, while it is good."""
    signed = URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="wtf-csrf-token")
    try:
        visitor = str(signed.loads(request.form.get("csrf_token", ""), max_age=LIFE.total_seconds()))
    except BadData:
        return None
    return visitor if visitor.startswith(f"{g.clinic.id}:") else None
