"""The person behind a session id "<tenant>:<token>": this clinic's, not ended, still active; or nobody.

A session left alone for IDLE_LOCK_MINUTES is locked here, by whatever request comes next: the browser need not help.
"""

from contextlib import suppress

from flask import current_app, g, request, session, url_for
from flask_login import login_user

from webapp.core.errors import Busy
from webapp.extensions import login
from webapp.queries.identity import SignedIn, user_of_session
from webapp.services.signin import keep_form, lock_session, note_use, sign_out, token_digest
from webapp.web.fragments import wants_fragment
from webapp.web.identity import Person, in_background, person_asking

NOTE_AFTER_SECONDS = 5  # a page a second is one write in five; static/js/lock.js tells no sooner either

MOST_KEPT = 50_000  # letters of a form that was sent to a locked desk


def session_id(token: str) -> str:
    return f"{g.clinic.id}:{token}"


def token_of(person: Person) -> str:
    return person.session_id.rpartition(":")[2]


def begin(token: str) -> Person:
    """Make this browser the person's behind a new token; whoever was signed in before is signed out."""
    before = person_asking()
    if before:
        sign_out(token=token_of(before))
    session.clear()  # nothing that was put here before may outlive the change of person
    person = load(session_id(token))
    login_user(person)
    return person


def home_of(role: str) -> str:
    return url_for("patient.front") if role == "CLIENT" else url_for("desk.index")


@login.user_loader  # type: ignore[untyped-decorator]
def load(session_id: str) -> Person | None:
    tenant_id, _, token = session_id.rpartition(":")
    if "clinic" not in g or tenant_id != g.clinic.id:
        return None
    user = user_of_session(token_digest(token))
    if user is None:
        return None
    limit = current_app.config["SETTINGS"].idle_lock_minutes * 60
    # The last use may be this much younger than its note: the lock comes late by that, never early.
    slack = min(NOTE_AFTER_SECONDS, limit / 10)
    left = limit - user.idle_seconds if limit else None
    locked = user.locked or (left is not None and left + slack <= 0)
    with suppress(Busy):  # what is shown does not depend on the note, and a lock that is due comes due again
        _take_note(user, token, locked, slack)
    return Person(session_id, user.user_id, user.email, user.full_name, user.role, locked, left, user.settings)


def _take_note(user: SignedIn, token: str, locked: bool, slack: float) -> None:
    if locked and not user.locked:
        lock_session(token=token)
    if locked and _is_form():
        keep_form(token=token, path=request.full_path.rstrip("?"), fields=_typed())
    if not locked and not in_background() and user.idle_seconds > slack:
        note_use(token=token)


def _is_form() -> bool:
    """Did somebody send a form of the desk without scripting? A script keeps the page with what was typed itself."""
    sent = request.method == "POST" and request.blueprint != "auth" and not wants_fragment() and not in_background()
    return sent and sum(len(value) for _name, value in _typed()) <= MOST_KEPT


def _typed() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
