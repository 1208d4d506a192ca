"""What a receptionist set for the desk: remembered on every machine they sign in at."""

from typing import Any

from flask import g, redirect, request, url_for

from webapp.blueprints.desk import blueprint
from webapp.queries.specialists import list_specialists
from webapp.rules.desk_settings import KEYS
from webapp.services.user_settings import change_settings
from webapp.web.fragments import wants_fragment
from webapp.web.guards import staff
from webapp.web.identity import local_path, page_behind

_SWITCHES = {"1": True, "0": False}
_LISTS = {"specialists"}


@blueprint.post("/settings")
@staff("OPERATOR")
def settings() -> Any:
    """Only the settings that were sent change; a list is emptied by sending it once with nothing in it."""
    change_settings(user_id=g.person.user_id, changes={key: _sent(key) for key in KEYS if key in request.form})
    if wants_fragment():
        return "", 204
    return redirect(local_path(request.form.get("next", "")) or page_behind(request) or url_for("desk.index"), code=303)


def _sent(key: str) -> Any:
    if key in _LISTS:
        return _unless_all([one for one in request.form.getlist(key) if one])
    # The last one counts: a checkbox stands after a hidden field that says what an empty box means.
    value = request.form.getlist(key)[-1]
    return _SWITCHES.get(value, value)


def _unless_all(chosen: list[str]) -> list[str]:
    """Nobody when everybody is chosen: whoever is hired later is to be seen too."""
    return [] if {str(one.id) for one in list_specialists()} <= set(chosen) else chosen
