"""Who may call a view. Every route names one of these; each leaves its name on ``view.guard``."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import abort, g, redirect, request, url_for

from webapp.queries.appointments import AppointmentView, find_appointment
from webapp.queries.manage_links import managed_by
from webapp.queries.waitlist import OwnEntry, find_own_entry
from webapp.web import links
from webapp.web.fragments import render, wants_fragment
from webapp.web.identity import RANK, came_from, in_background, page_behind, person_asking

View = Callable[..., Any]


def public(view: View) -> View:
    """Anybody."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view


def patient(purpose: str) -> Callable[[View], View]:
    """Whoever holds the secret link: the view gets the ``appointment`` it opens, in place of its ``token``."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*, token: str, **values: Any) -> Any:
            appointment = _visit(links.unseal(purpose, token))
            if appointment is None:
                abort(404)
            return view(appointment=appointment, **values)

        guarded.guard = f"patient:{purpose}"  # type: ignore[attr-defined]
        return guarded

    return guard


def _linked(purpose: str, name: str, opened: Callable[[str], Any]) -> Callable[[View], View]:
    """Whoever holds a secret link: the view gets what its ``token`` opens, under this name, and the token itself.

    One and the same page for a link that never was, one that has run out and one of another clinic.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*, token: str, **values: Any) -> Any:
            found = opened(token)
            if found is None:
                return render("patient/no_visit", 404)
            return view(token=token, **{name: found}, **values)

        guarded.guard = f"patient:{purpose}"  # type: ignore[attr-defined]
        return guarded

    return guard


def _visit(appointment_id: UUID | None) -> AppointmentView | None:
    return find_appointment(appointment_id) if appointment_id else None


def _entry(entry_id: UUID | None) -> OwnEntry | None:
    return find_own_entry(entry_id) if entry_id else None


#: The link of a visit, of a reminder, of a place on the waiting list.
managed = _linked("manage", "appointment", lambda token: _visit(managed_by(token)))
reminded = _linked("reminders", "patient_id", lambda token: links.unseal("reminders", token))
waits = _linked("wait", "entry", lambda token: _entry(links.unseal("wait", token)))


def staff(role: str) -> Callable[[View], View]:
    """Somebody signed in at this clinic with the role or one above it; ``g.person`` says who."""
    needed = RANK[role]

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **values: Any) -> Any:
            person = person_asking()
            if person is None:
                return redirect(url_for("auth.sign_in", next=came_from(request) or None), code=303)
            if person.locked:
                return _locked()
            if RANK[person.role] < needed:
                abort(403)
            return view(*args, **values)

        guarded.guard = f"staff:{role}"  # type: ignore[attr-defined]
        return guarded

    return guard


def _locked() -> Any:
    """A page leads to the lock screen; a script is told, and draws its own."""
    if wants_fragment() or in_background():
        return "", 423
    return redirect(url_for("auth.locked", next=page_behind(request) or None), code=303)


def actor() -> str:
    """How events name whoever is signed in."""
    return str(g.person.actor)
