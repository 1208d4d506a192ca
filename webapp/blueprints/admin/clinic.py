"""The clinic's settings: who it is, and what patients may do by themselves."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from webapp.blueprints.admin import blueprint
from webapp.blueprints.admin.clinic_form import ClinicForm, clinic_form, differing
from webapp.blueprints.admin.setting_history import history
from webapp.core.errors import DomainError, StaleVersion
from webapp.queries.clinics import clinic_settings
from webapp.services.clinic import ZoneMovesVisits, change_clinic
from webapp.web.fragments import render
from webapp.web.guards import actor, staff


@blueprint.get("/clinic")
@staff("ADMIN")
def clinic() -> Any:
    return _page(clinic_form(clinic_settings()))


@blueprint.post("/clinic")
@staff("ADMIN")
def set_clinic() -> Any:
    form = clinic_form(clinic_settings(), sent=True)
    if not form.validate():
        return _page(form, 400)
    try:
        seen = form.seen.data or ""
        change_clinic(settings=form.settings(), seen=seen, zone_confirmed=form.confirm_zone.data, actor=actor())
    except StaleVersion as error:
        return _stale(form, error)
    except DomainError as error:
        form.refuse(error)
        return _page(form, error.status, ask_zone=isinstance(error, ZoneMovesVisits))
    flash(_("The settings were saved. Visits that are booked already stay as they are."), "good")
    return redirect(url_for("admin.clinic"), code=303)


def _stale(form: ClinicForm, error: StaleVersion) -> Any:
    """Name what differs from what somebody else saved; saving once more keeps what stands here."""
    stored = clinic_settings()
    form.refuse(error)
    form.form_errors.append(
        _(
            "Different here from what is stored: %(fields)s. Save again to keep yours.",
            fields=", ".join(differing(form, stored)),
        )
    )
    form.seen.data = stored.digest
    return _page(form, error.status)


def _page(form: ClinicForm, status: int = 200, *, ask_zone: bool = False) -> Any:
    ask_zone = ask_zone or form.confirm_zone.data
    return render("admin/clinic", status, form=form, ask_zone=ask_zone, history=history(form))
