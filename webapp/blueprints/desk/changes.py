"""What the desk changes about an appointment where it stands: visit and length, priority, note; and taking it back."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.appointments import (
    back_to_day,
    found_or_404,
    page_of,
    refusal_page,
    say_undoable,
    tell_asked,
)
from webapp.blueprints.desk.fitting import in_the_way, is_for_room
from webapp.blueprints.desk.told import priorities
from webapp.core.errors import N_, DomainError, InvalidInput
from webapp.queries.appointments import AppointmentView
from webapp.queries.availability import find_type
from webapp.queries.messages import waits
from webapp.services.amend import set_priority, write_note
from webapp.services.booking import reschedule
from webapp.services.messages import keep_back
from webapp.services.undo import undo as take_back
from webapp.web.errors import sentence
from webapp.web.forms import tidy, version_seen
from webapp.web.guards import actor, staff

NOTE_LENGTH = 1000
LONGEST = 1439  # minutes


@blueprint.post("/appointments/<uuid:appointment_id>/visit")
@staff("OPERATOR")
def visit(appointment_id: UUID) -> Any:
    """Another type or length where it stands; another type brings its own length, unless one is asked for too."""
    found, version = found_or_404(appointment_id), version_seen()
    type_id, minutes = request.form.get("type_id", type=UUID), request.form.get("minutes", type=int)
    if found.slot_id is None or (minutes is None and type_id is None):
        abort(400)
    if minutes is not None and not 1 <= minutes <= LONGEST:
        return _refused(appointment_id, InvalidInput(N_("Enter the length in minutes, between 1 and 1,439.")))
    if type_id not in (None, found.type_id) and minutes == found.minutes:
        minutes = None
    if (type_id or found.type_id) == found.type_id and minutes in (None, found.minutes):
        return redirect(url_for("desk.appointment", appointment_id=appointment_id), code=303)
    asked = {
        "type_id": type_id,
        "minutes": minutes,
        "version": version,
        "slot_id": found.slot_id,
        "notify": tell_asked(),
    }
    try:
        moved = reschedule(appointment_id=appointment_id, actor=actor(), source="DESK", **asked)
    except DomainError as error:
        kind = find_type(type_id) if type_id else None
        return _too_long(found, minutes or (kind.minutes if kind else 0), error) or refusal_page(
            appointment_id, error, again=_("Change the visit all the same")
        )
    say_undoable(_("Changed."), appointment_id, moved.version, told=waits(appointment_id, moved.version))
    return back_to_day(found)


@blueprint.post("/appointments/<uuid:appointment_id>/priority")
@staff("OPERATOR")
def priority(appointment_id: UUID) -> Any:
    found, version = found_or_404(appointment_id), version_seen()
    wanted = request.form.get("priority", "")
    if wanted not in priorities():
        abort(400)
    try:
        state = set_priority(appointment_id=appointment_id, priority=wanted, version=version, actor=actor())
    except DomainError as error:
        return refusal_page(appointment_id, error, again=_("Change the priority all the same"))
    say_undoable(_("Priority changed."), appointment_id, state.version)
    return back_to_day(found)


@blueprint.post("/appointments/<uuid:appointment_id>/note")
@staff("OPERATOR")
def note(appointment_id: UUID) -> Any:
    """A note that only the desk reads."""
    found, version = found_or_404(appointment_id), version_seen()
    # Lines are kept, so each is tidied by itself.
    words = "\n".join(tidy(line) for line in request.form.get("note", "").splitlines()).strip()[:NOTE_LENGTH]
    try:
        write_note(appointment_id=appointment_id, note=words, version=version, actor=actor())
    except DomainError as error:
        return refusal_page(appointment_id, error, again=_("Save my note all the same"))
    flash(_("Note saved.") if words else _("Note removed."), "good")
    return back_to_day(found)


@blueprint.post("/appointments/<uuid:appointment_id>/dont-tell")
@staff("OPERATOR")
def dont_tell(appointment_id: UUID) -> Any:
    """Keep the letter about a change back, from the message that told of the change; the change stays."""
    found, version = found_or_404(appointment_id), version_seen()
    if keep_back(appointment_id=appointment_id, version=version, actor=actor()):
        say_undoable(_("The patient is not written to."), appointment_id, version)
    else:
        flash(_("It is too late for that: the message is on its way."), "bad")
    return back_to_day(found)


@blueprint.post("/appointments/<uuid:appointment_id>/undo")
@staff("OPERATOR")
def undo(appointment_id: UUID) -> Any:
    """Take back the latest change, from the message that told it or from the history."""
    found_or_404(appointment_id)
    version = version_seen()
    try:
        take_back(appointment_id=appointment_id, version=version, actor=actor(), source="DESK")
    except DomainError as error:
        return refusal_page(appointment_id, error)
    flash(_("Undone."), "good")
    return back_to_day(found_or_404(appointment_id))


def _too_long(found: AppointmentView, minutes: int, error: DomainError) -> Any:
    """The panel, with who or what leaves the visit no more time; None where that is not why it was refused."""
    words = in_the_way(found, minutes) if is_for_room(error) else ""
    return page_of(found, error.status, refusal=words) if words else None


def _refused(appointment_id: UUID, error: InvalidInput) -> Any:
    return page_of(found_or_404(appointment_id), error.status, refusal=sentence(error))
