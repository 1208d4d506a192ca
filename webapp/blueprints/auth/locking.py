"""A desk left alone asks for its person's password; what was on the screen comes back after it."""

from typing import Any

from flask import flash, jsonify, redirect, request, url_for

from webapp.blueprints.auth import blueprint
from webapp.blueprints.auth.sessions import home_of, token_of
from webapp.core.errors import DomainError, Forbidden, TooManyAttempts
from webapp.queries.identity import kept_form
from webapp.services import signin
from webapp.services.signin import token_digest
from webapp.web import throttle
from webapp.web.errors import sentence
from webapp.web.fragments import render, wants_fragment
from webapp.web.guards import public
from webapp.web.identity import Person, local_path, page_behind, person_asking


@blueprint.get("/c/<clinic>/locked")
@public
def locked() -> Any:
    person = person_asking()
    if person is None:
        return _to_sign_in()
    return _screen(person) if person.locked else redirect(_wanted() or home_of(person.role))


@blueprint.post("/c/<clinic>/lock")
@public
def lock() -> Any:
    """ "Lock now": does at once what time would do."""
    person = person_asking()
    if person is None:
        return _to_sign_in()
    signin.lock_session(token=token_of(person))
    if wants_fragment():
        return "", 204
    return redirect(url_for("auth.locked", next=page_behind(request) or None), code=303)


@blueprint.post("/c/<clinic>/unlock")
@public
def unlock() -> Any:
    person = person_asking()
    if person is None:
        return _to_sign_in()
    try:
        throttle.count_try(email=person.email)
        signin.unlock_session(token=token_of(person), password=request.form.get("password", ""))
    except (Forbidden, TooManyAttempts) as error:
        return _screen(person, error)
    throttle.forget_tries(email=person.email)
    if wants_fragment():
        return "", 204
    if kept_form(token_digest(token_of(person))):
        flash(url_for("auth.kept", next=_wanted()), "kept")
    return redirect(_wanted() or home_of(person.role), code=303)


@blueprint.get("/c/<clinic>/kept")
@public
def kept() -> Any:
    """What was sent while the desk was locked, ready to be sent again."""
    person = person_asking()
    if person is None:
        return _to_sign_in()
    found = kept_form(token_digest(token_of(person)))
    if person.locked or found is None:
        return redirect(url_for("auth.locked", next=_wanted()))
    return render("auth/kept", form=found, leave=url_for("auth.forget_kept", next=_wanted()))


@blueprint.post("/c/<clinic>/kept/forget")
@public
def forget_kept() -> Any:
    person = person_asking()
    if person is None:
        return _to_sign_in()
    signin.drop_form(token=token_of(person))
    return redirect(_wanted() or home_of(person.role), code=303)


@blueprint.get("/c/<clinic>/lock/state")
@public
def lock_state() -> Any:
    """For the page's own clock: is the session locked, whose is it, and in how many seconds would it be."""
    person = person_asking()
    if person is None:
        return "", 401
    return jsonify(locked=person.locked, who=str(person.user_id), seconds=person.locks_in)


@blueprint.post("/c/<clinic>/lock/active")
@public
def active() -> Any:
    """Somebody types or points without asking the server anything: the loader has noted it when this is reached."""
    person = person_asking()
    if person is None:
        return "", 401
    return ("", 423) if person.locked else ("", 204)


def _screen(person: Person, error: DomainError | None = None) -> Any:
    status = error.status if error else 200
    refusal = sentence(error) if error else ""
    answer = render("auth/locked", status, person=person, refusal=refusal, wanted=_wanted())
    if isinstance(error, TooManyAttempts):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _to_sign_in() -> Any:
    return redirect(url_for("auth.sign_in", next=_wanted() or page_behind(request) or None), code=303)


def _wanted() -> str | None:
    return local_path(request.args.get("next", ""))
