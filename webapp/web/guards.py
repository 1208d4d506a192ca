"""Who may call a view. Every route names one of these; each leaves its name on ``view.guard``."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, g, redirect, request, url_for

from webapp.queries.appointments import find_appointment
from webapp.queries.manage_links import managed_by
from webapp.queries.waitlist import find_own_entry
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
            appointment_id = links.unseal(purpose, token)
            appointment = find_appointment(appointment_id) if appointment_id else None
            if appointment is None:
                abort(404)
            return view(appointment=appointment, **values)

        guarded.guard = f"patient:{purpose}"  # type: ignore[attr-defined]
        return guarded

    return guard


def managed(view: View) -> View:
    """Whoever holds a visit's manage link: the view gets the ``appointment`` that its ``token`` opens.

    One and the same page for a link that never was, one that has run out and one of another clinic.
    """

    @wraps(view)
    def guarded(*, token: str, **values: Any) -> Any:
        appointment_id = managed_by(token)
        appointment = find_appointment(appointment_id) if appointment_id else None
        if appointment is None:
            return render("patient/no_visit", 404)
        return view(appointment=appointment, token=token, **values)

    guarded.guard = "patient:manage"  # type: ignore[attr-defined]
    return guarded


def reminded(view: View) -> View:
    """Whoever holds the link of a reminder: the view gets the ``patient_id`` who was reminded."""

    @wraps(view)
    def guarded(*, token: str, **values: Any) -> Any:
        patient_id = links.unseal("reminders", token)
        if patient_id is None:
            return render("patient/no_visit", 404)
        return view(patient_id=patient_id, token=token, **values)

    guarded.guard = "patient:reminders"  # type: ignore[attr-defined]
    return guarded


def waits(view: View) -> View:
    """Whoever holds the link of a place on the waiting list: the view gets the ``entry`` that its ``token`` opens."""

    @wraps(view)
    def guarded(*, token: str, **values: Any) -> Any:
        entry_id = links.unseal("wait", token)
        entry = find_own_entry(entry_id) if entry_id else None
        if entry is None:
            return render("patient/no_visit", 404)
        return view(entry=entry, token=token, **values)

    guarded.guard = "patient:wait"  # type: ignore[attr-defined]
    return guarded


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
