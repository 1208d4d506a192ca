from typing import Any

from flask import flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import logout_user

from webapp.blueprints.auth import blueprint
from webapp.blueprints.auth.forms import SignInForm
from webapp.blueprints.auth.known import forget, known_here, remember
from webapp.blueprints.auth.resuming import remember_last
from webapp.blueprints.auth.sessions import begin, home_of, token_of
from webapp.core.errors import Forbidden
from webapp.services import signin
from webapp.web import throttle
from webapp.web.fragments import render
from webapp.web.guards import public
from webapp.web.identity import local_path, person_asking


@blueprint.get("/c/<clinic>/sign-in")
@public
def sign_in() -> Any:
    """Who is signed in goes on to the desk, unless somebody else is to be ("another")."""
    person = None if "another" in request.args else person_asking()
    return redirect(home_of(person.role)) if person else _page(SignInForm())


@blueprint.post("/c/<clinic>/sign-in")
@public
def enter() -> Any:
    form = SignInForm()
    if not form.validate():
        return _page(form, 400)
    throttle.count_try(email=form.email.data)
    try:
        token = signin.sign_in(email=form.email.data, password=form.password.data)
    except Forbidden as error:
        form.refuse(error)
        return _page(form, error.status)
    throttle.forget_tries(email=form.email.data)
    person = begin(token)
    remember_last(person)
    answer = redirect(local_path(request.args.get("next", "")) or home_of(person.role), code=303)
    (remember if form.remembered.data else forget)(answer, person.user_id)
    return answer


@blueprint.post("/c/<clinic>/sign-out")
@public
def sign_out() -> Any:
    person = person_asking()
    if person:
        signin.sign_out(token=token_of(person))
    logout_user()
    session.clear()
    g.person = None
    flash(_("You are signed out."), "good")
    return redirect(url_for("auth.sign_in"), code=303)


def _page(form: SignInForm, status: int = 200) -> Any:
    wanted = local_path(request.args.get("next", ""))
    known = bool(known_here())
    return render("auth/sign_in", status, form=form, known=known, action=url_for("auth.enter", next=wanted))
