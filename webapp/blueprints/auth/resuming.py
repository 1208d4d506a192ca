"""A form that comes after its session has ended meets the lock of a new one: whose, a signed cookie says.

That session opens nothing until its person gives the password, so the words wait for nobody else (docs/adr/0011).
"""

from typing import Any
from uuid import UUID

from flask import Response, after_this_request, current_app, g, redirect, request, url_for
from flask_login import login_user
from flask_wtf.csrf import CSRFError, generate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer

from webapp.blueprints.auth import blueprint
from webapp.blueprints.auth.sessions import load, session_id
from webapp.core.tenancy import current_tenant
from webapp.queries.identity import colleagues
from webapp.services.signin import open_locked_session
from webapp.web.errors import answer
from webapp.web.fragments import wants_fragment
from webapp.web.identity import Person, in_background, page_behind, person_asking

COOKIE = "holdfast-last"
KEPT_SECONDS = 24 * 3600  # a session, and as long again


def remember_last(person: Person) -> None:
    """Who signed in last on this browser: an id, for a day."""
    if not person.may("OPERATOR"):
        return

    @after_this_request
    def write(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            str(_serializer().dumps(person.user_id.hex)),
            max_age=KEPT_SECONDS,
            path=url_for("patient.front"),
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]) or request.is_secure,
            httponly=True,
            samesite="Lax",  # so that no other site can send a form in this person's name
        )
        return response


@blueprint.before_app_request
def _ended() -> Any:
    return _locked_anew()


@blueprint.app_errorhandler(CSRFError)
def _unknown_token(error: CSRFError) -> Any:
    """Signing out in another window takes the secret of every form along, before any guard has looked."""
    return _locked_anew() or answer(error)


def _locked_anew() -> Any:
    """The lock, where staff sent a form and nobody is signed in any more; None for everything else."""
    guard = getattr(current_app.view_functions.get(request.endpoint or ""), "guard", "")
    own = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if request.method != "POST" or not guard.startswith("staff:") or not own or in_background() or "clinic" not in g:
        return None
    last = None if person_asking() else _last()
    if last is None or not colleagues([last]):
        return None
    login_user(load(session_id(open_locked_session(user_id=last))))  # loading it keeps what was sent
    if not wants_fragment():
        return redirect(url_for("auth.locked", next=page_behind(request) or None), code=303)
    # The page stays, and its forms need a token of the new session.
    return "", 423, {"X-CSRF-Token": generate_csrf()}


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"holdfast.last.{current_tenant()}")


def _last() -> UUID | None:
    try:
        return UUID(_serializer().loads(request.cookies.get(COOKIE, ""), max_age=KEPT_SECONDS))
    except (BadSignature, TypeError, ValueError):
        return None
