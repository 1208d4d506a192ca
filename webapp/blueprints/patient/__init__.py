"""Patients book for themselves: no account, no script, five pages and a last look."""

from flask import Blueprint

blueprint = Blueprint("patient", __name__)

from webapp.blueprints.patient import (  # noqa: E402, F401
    check,
    choosing,
    details,
    finding,
    front,
    joining,
    moving,
    old_forms,
    party_moving,
    party_visits,
    reminders,
    times,
    together,
    visit,
    waiting,
)
