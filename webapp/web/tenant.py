"""Whose clinic this request is about: /c/<clinic>/… opens that clinic's scope until the request ends."""

import re
from collections import OrderedDict
from contextlib import ExitStack
from typing import Any, Final

from flask import Flask, abort, current_app, g, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from webapp.core.errors import Busy
from webapp.core.tenancy import tenant_scope
from webapp.core.transactions import one_snapshot
from webapp.queries.clinics import Clinic, find_clinic

_CLINIC: Final = re.compile("/c/([^/]+)/")
_MOST_REMEMBERED: Final = 500
_remembered: OrderedDict[str, Clinic] = OrderedDict()  # as last seen; only for the page that says the book is away
READS: Final = {"GET", "HEAD"}  # what only reads sees the book at one moment


def init_app(app: Flask) -> None:
    app.url_value_preprocessor(enter_clinic)
    app.url_defaults(stay_in_clinic)
    app.teardown_request(leave_clinic)
    app.context_processor(lambda: {"clinic": g.get("clinic")})


def enter_clinic(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take the clinic out of the URL, so that no view can forget or mistake it. What says that there is no such page
    below a clinic's address is the clinic's own page too."""
    missed = isinstance(request.routing_exception, NotFound | MethodNotAllowed) and _CLINIC.match(request.path)
    if missed:
        values = {"clinic": missed[1]}
    if not values or "clinic" not in values:
        return
    name = values.pop("clinic")
    clinic = _found(name) if name.isprintable() else None
    if clinic is None:
        abort(404)
    g.clinic_scope = scope = ExitStack()
    scope.enter_context(tenant_scope(clinic.id))
    if request.method in READS:
        scope.enter_context(one_snapshot())
    g.clinic = clinic


def _found(name: str) -> Clinic | None:
    try:
        clinic = find_clinic(name)
    except Busy:
        if name in _remembered:
            g.clinic = _remembered[name]  # whose name, phone and language the page of the failure shows
        raise
    if clinic is not None:
        _remembered[name] = clinic
        _remembered.move_to_end(name)
        while len(_remembered) > _MOST_REMEMBERED:
            _remembered.popitem(last=False)
    return clinic


def leave_clinic(_error: BaseException | None) -> None:
    scope = g.pop("clinic_scope", None)
    if scope is not None:
        scope.close()


def stay_in_clinic(endpoint: str, values: dict[str, Any]) -> None:
    clinic = None if "clinic" in values else g.get("clinic")
    if clinic and current_app.url_map.is_endpoint_expecting(endpoint, "clinic"):
        values["clinic"] = clinic.id
