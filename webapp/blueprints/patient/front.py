from typing import Any

from webapp.blueprints.patient import blueprint
from webapp.queries.clinics import list_clinics
from webapp.web.fragments import render
from webapp.web.guards import public


@blueprint.get("/")
@public
def clinics() -> Any:
    return render("patient/clinics", clinics=list_clinics())


@blueprint.get("/c/<clinic>/")
@public
def front() -> Any:
    return render("patient/front")
