"""Somebody was faster: what was seen, how it stands now, and the change that was wanted, ready to be sent again."""

from dataclasses import dataclass

from flask import request

from webapp.blueprints.desk.told import Told, summary
from webapp.queries.appointments import AppointmentView
from webapp.web.forms import tidy

_NOT_AGAIN = {"csrf_token", "version", "seen"}
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Stale:
    """``again`` are the fields of the refused form; without a ``label`` there is nothing to send again."""

    seen: str
    now: str
    since: list[Told]
    action: str
    again: list[tuple[str, str]]
    label: str


def refused(found: AppointmentView, told: list[Told], *, label: str = "") -> Stale:
    """What to show of the form that was just sent; ``told`` is the appointment's whole history."""
    version = request.form.get("version", type=int) or 0
    # Each change is one event and one version, unless somebody wrote past the services: then the last one is told.
    since = told[version:] if len(told) == found.version else told[-1:]
    return Stale(
        seen=tidy(request.form.get("seen"))[:LONGEST],
        now=summary(found),
        since=since,
        action=request.path,
        again=[(name, value) for name, value in request.form.items() if name not in _NOT_AGAIN],
        label=label,
    )
