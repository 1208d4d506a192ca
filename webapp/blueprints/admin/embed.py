"""The sites that may show the booking pages inside their own, with the HTML they need, and programs that book."""

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, TextAreaField

from webapp.blueprints.admin import blueprint
from webapp.core.errors import DomainError, InvalidInput
from webapp.rules.origins import site_origin
from webapp.services.tenants import allow_embedding, ask_for_proof
from webapp.web.errors import sentence
from webapp.web.forms import HouseForm, tidy_lines
from webapp.web.fragments import render
from webapp.web.framing import PREFIX
from webapp.web.guards import staff


class SitesForm(HouseForm):
    sites = TextAreaField(
        lazy_gettext("Sites that may show the booking pages"),
        description=lazy_gettext("One on each line, such as https://www.clinic.example. Leave it empty to allow none."),
        filters=[tidy_lines],
        render_kw={"rows": 4, "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"},
    )

    def origins(self) -> list[str]:
        """Each site once, in the order they were entered; what is none is refused beside the field."""
        found, problems = [], []
        for line in self.sites.data.split():
            try:
                found.append(site_origin(line))
            except InvalidInput as error:
                problems.append(sentence(error))
        self.sites.errors = problems
        return list(dict.fromkeys(found))


class ProgramsForm(HouseForm):
    asked = BooleanField(
        lazy_gettext("Hold back programs that book by the hundred"),
        description=lazy_gettext(
            "The patient's browser then does a second of arithmetic while they type, which they do not notice. Without "
            "JavaScript ten bookings an hour can be made from one connection. Switch it on when you see made-up ones."
        ),
    )


@blueprint.get("/embed")
@staff("ADMIN")
def embed() -> Any:
    return _page(_sites())


@blueprint.post("/embed")
@staff("ADMIN")
def set_sites() -> Any:
    form = SitesForm()
    origins = form.origins() if form.validate() else []
    if form.errors:
        return _page(form, 400)
    try:
        allow_embedding(origins=origins)
    except DomainError as error:
        form.sites.errors = [sentence(error)]
        return _page(form, error.status)
    flash(_("Saved."), "good")
    return redirect(url_for("admin.embed"), code=303)


@blueprint.post("/embed/programs")
@staff("ADMIN")
def set_programs() -> Any:
    form = ProgramsForm()
    if not form.validate():
        return _page(_sites(), 400)
    ask_for_proof(asked=form.asked.data)
    flash(_("Saved."), "good")
    return redirect(url_for("admin.embed"), code=303)


def _sites() -> SitesForm:
    return SitesForm(formdata=None, sites="\n".join(g.clinic.embed_origins))


def _page(form: SitesForm, status: int = 200) -> Any:
    framed_url = f"{request.host_url.rstrip('/')}{PREFIX}{url_for('patient.front')}"
    programs = ProgramsForm(formdata=None, asked=g.clinic.proof_of_work)
    return render("admin/embed", status, form=form, programs=programs, framed_url=framed_url)
