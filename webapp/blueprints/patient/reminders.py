"""No more reminders: the page behind the link in each of them."""

from typing import Any
from uuid import UUID

from flask import abort, redirect, request, url_for

from webapp.blueprints.patient import blueprint
from webapp.extensions import csrf
from webapp.queries.reminders import wants_reminders
from webapp.services.reminders import want_reminders
from webapp.web.fragments import render
from webapp.web.guards import reminded

_PATH = "/c/<clinic>/reminders/<token>"


@blueprint.get(_PATH)
@reminded
def reminders(patient_id: UUID, token: str) -> Any:
    wanted = wants_reminders(patient_id)
    if wanted is None:
        abort(404)
    return render("patient/reminders", token=token, wanted=wanted)


@blueprint.post(_PATH)
@csrf.exempt
@reminded
def set_reminders(patient_id: UUID, token: str) -> Any:
    """The page's own buttons; or a mail program's, which has no form of ours but says what it is (RFC 8058)."""
    if request.form.get("List-Unsubscribe") != "One-Click":
        csrf.protect()
    want_reminders(patient_id=patient_id, wanted=request.form.get("wanted") == "yes")
    return redirect(url_for("patient.reminders", token=token), code=303)
