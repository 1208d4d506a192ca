"""The delivery log: what patients were told, what failed, and sending it again."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.desk import blueprint
from webapp.core.errors import Conflict
from webapp.queries.messages import delivery_log
from webapp.services.messages import send_again
from webapp.web import clock
from webapp.web.errors import sentence
from webapp.web.fragments import render
from webapp.web.guards import staff
from webapp.web.letter_names import kind_names

STATES = ("QUEUED", "SENT", "FAILED", "SKIPPED")


@blueprint.get("/messages")
@staff("OPERATOR")
def messages() -> Any:
    """The newest first, of one state, or of one appointment."""
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    about = request.args.get("appointment", type=UUID)
    return render(
        "desk/messages",
        log=delivery_log(status=state, appointment_id=about),
        state=state,
        about=about,
        states=state_words(),
        kinds=kind_names(),
        reasons=reason_words(),
        day=clock.today(),
    )


@blueprint.post("/messages/<uuid:message_id>/again")
@staff("OPERATOR")
def send_message_again(message_id: UUID) -> Any:
    try:
        send_again(message_id=message_id)
        flash(_("It goes out again in a moment."), "good")
    except Conflict as error:
        flash(sentence(error), "bad")
    return redirect(url_for("desk.messages"), code=303)


def state_words() -> dict[str, str]:
    return {
        "QUEUED": _("Waiting"),
        "SENDING": _("Being sent"),
        "SENT": _("Sent"),
        "FAILED": _("Failed"),
        "SKIPPED": _("Left out"),
    }


def reason_words() -> dict[str, str]:
    """What is not here is the answer of a mail server, and shown as it is."""
    return {
        "over": _("the visit was over"),
        "cancelled": _("the visit was cancelled"),
        "undone": _("undone before it was sent"),
        "not wanted": _("the desk did not want it sent"),
        "as told": _("the patient was told the same before"),
        "stands again": _("the visit stands again"),
        "ended": _("the offer had ended"),
        "not waiting": _("the patient does not wait any more"),
        "moved": _("the visit was moved"),
        "superseded": _("a later message says more"),
        "no reminders wanted": _("the patient wants no reminders"),
        "no address": _("no e-mail address and no mobile number"),
        "address": _("this is no e-mail address"),
        "not set up": _("sending is not set up"),
        "sign-in": _("the mail server refuses our password"),
        "connection": _("the mail server could not be reached"),
        "timeout": _("the mail server did not answer in time"),
    }
