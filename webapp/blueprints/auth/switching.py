"""Several people at one desk: a name and a password, and the desk is the next one's."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.auth import blueprint
from webapp.blueprints.auth.forms import SwitchForm
from webapp.blueprints.auth.known import forget_all, known_here, remember
from webapp.blueprints.auth.resuming import remember_last
from webapp.blueprints.auth.sessions import begin, home_of
from webapp.core.errors import DomainError, Forbidden, TooManyAttempts
from webapp.queries.identity import Colleague
from webapp.services import signin
from webapp.web import throttle
from webapp.web.fragments import render
from webapp.web.guards import public
from webapp.web.identity import local_path, person_asking


@blueprint.get("/c/<clinic>/switch")
@public
def switch() -> Any:
    known = known_here()
    if not known:
        return redirect(url_for("auth.sign_in", next=_wanted(), another=1))
    return _page(SwitchForm(formdata=None), known)


@blueprint.post("/c/<clinic>/switch")
@public
def change() -> Any:
    """Only somebody of this browser's list can be chosen, so the ids of others cannot be tried here."""
    form, known = SwitchForm(), known_here()
    form.who.choices = [(str(one.user_id), one.full_name) for one in known]
    if not form.validate():
        return _page(form, known, 400)
    chosen = next(one for one in known if one.user_id == UUID(form.who.data))
    try:
        token = _sign_in(chosen, form.password.data)
    except (Forbidden, TooManyAttempts) as error:
        form.refuse(error)
        return _page(form, known, error.status, error)
    person = begin(token)
    remember_last(person)
    answer = redirect(_wanted() or home_of(person.role), code=303)
    remember(answer, person.user_id)
    return answer


@blueprint.post("/c/<clinic>/switch/forget")
@public
def forget_known() -> Any:
    """Nobody is offered on this browser any more."""
    answer = redirect(url_for("auth.sign_in"), code=303)
    forget_all(answer)
    flash(_("The names are no longer kept on this browser."), "good")
    return answer


def _sign_in(chosen: Colleague, password: str) -> str:
    throttle.count_try(email=chosen.email)
    try:
        token = signin.sign_in(email=chosen.email, password=password)
    except Forbidden:
        raise Forbidden(signin.WRONG_PASSWORD, field="password") from None
    throttle.forget_tries(email=chosen.email)
    return token


def _page(form: SwitchForm, known: list[Colleague], status: int = 200, error: DomainError | None = None) -> Any:
    form.offer(known, asking=person_asking())
    answer = render("auth/switch", status, form=form, action=url_for("auth.change", next=_wanted()))
    if isinstance(error, TooManyAttempts):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _wanted() -> str | None:
    return local_path(request.args.get("next", ""))
