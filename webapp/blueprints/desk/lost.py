"""A time that is not one's own any more, or never was: what became of it, and the free times nearest to it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _

from webapp.blueprints.desk.told import holder_words
from webapp.core.errors import Conflict
from webapp.queries.appointments import AppointmentView
from webapp.queries.availability import FreeTime, find_type
from webapp.queries.slots import slot_summary
from webapp.queries.why_not import near_free
from webapp.web import clock
from webapp.web.errors import sentence
from webapp.web.fragments import render


@dataclass(frozen=True, slots=True)
class Standing:
    """Is the time held by who asks? Else what became of it, its slot where that is free again, and others near it."""

    mine: bool
    words: str = ""
    again: UUID | None = None
    near: list[FreeTime] = field(default_factory=list)


def standing_of(found: AppointmentView) -> Standing:
    """How a time stands that was held for somebody."""
    if found.is_held_by(g.person.user_id):
        return Standing(mine=True)
    visit = find_type(found.type_id) if found.type_id else None
    where = {"specialist_id": found.specialist_id, "start": found.start}
    near = near_free(**where, visit=visit, now=clock.now()) if found.specialist_id else []
    again = next((time.slot_id for time in near if time.slot_id == found.slot_id), None)
    return Standing(False, _words(found), again, [time for time in near if time.slot_id != again])


def lost_page(slot_id: UUID, error: Conflict) -> Any:
    """Somebody was faster: what is free near the time that was wanted."""
    slot = slot_summary(slot_id)
    if slot is None:
        flash(sentence(error), "bad")
        return redirect(url_for("desk.day", day=clock.today()), code=303)
    near = near_free(specialist_id=slot.specialist_id, start=slot.start, visit=None, now=clock.now())
    day, key = clock.day_of(slot.start), uuid4().hex
    return render("desk/lost", error.status, slot=slot, near_times=near, refusal=sentence(error), day=day, key=key)


def _words(found: AppointmentView) -> str:
    if found.status in ("CANCELLED", "EXPIRED"):
        return _("The hold on this time has ended.")
    if found.status == "HOLD":
        return _("%(who)s took this time over.", who=holder_words(found.source, found.taker))
    return _("This time was booked meanwhile.")
