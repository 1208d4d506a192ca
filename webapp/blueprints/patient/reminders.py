"""No more reminders: the page behind the link in each of them."""

from functools import wraps
from typing import Any
from uuid import UUID

from flask import abort, redirect, request, url_for

from webapp.blueprints.patient import blueprint
from webapp.extensions import csrf
from webapp.queries.reminders import wants_reminders
from webapp.services.reminders import want_reminders
from webapp.web.fragments import render
from webapp.web.guards import reminded


def _ours_or_one_click(view: Any) -> Any:
    """A form of ours has its token; a mail program has no form of ours and says what it is (RFC 8058)."""

    @wraps(view)
    def checked(**values: Any) -> Any:
        if request.form.get("List-Unsubscribe") != "One-Click":
            csrf.protect()
        return view(**values)

    return checked


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
@_ours_or_one_click
@reminded
def set_reminders(patient_id: UUID, token: str) -> Any:
    want_reminders(patient_id=patient_id, wanted=request.form.get("wanted") == "yes")
    return redirect(url_for("patient.reminders", token=token), code=303)
