"""Why not? What refuses a time, in words, and the way on: the nearest free times, or the overflow seat."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from flask import abort, g, request
from flask_babel import gettext as _

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.squeeze import squeeze_slot
from webapp.blueprints.desk.told import Told, holder_words, tell
from webapp.core.errors import NotFound
from webapp.queries.availability import all_types
from webapp.queries.desk_events import blockings
from webapp.queries.sick_day import closed_by
from webapp.queries.why_not import Refusal, WhyNot, why_not
from webapp.web import clock
from webapp.web.filters import clock as clock_words
from webapp.web.filters import moment
from webapp.web.fragments import render
from webapp.web.guards import staff


@blueprint.get("/why")
@staff("OPERATOR")
def why() -> Any:
    """``specialist`` and ``at``, minutes since 1970; ``type`` may name a visit."""
    specialist_id = request.args.get("specialist", type=UUID) or abort(400)
    at, type_id = instant_asked("at") or abort(400), request.args.get("type", type=UUID)
    try:
        found = why_not(specialist_id=specialist_id, at=at, type_id=type_id, zone=g.clinic.timezone, now=clock.now())
    except LookupError:
        raise NotFound(_("This specialist does not exist.")) from None
    return render(
        "desk/why",
        found=found,
        reasons=[(one, words_for(one)) for one in found.refusals],
        blocked=_blocked(found),
        absence=closed_by(specialist_id=specialist_id, at=found.start),
        types=all_types(),
        type_id=type_id,
        at=minutes(at),
        day=clock.day_of(found.start),
        squeeze_slot=squeeze_slot(found.slot_id if found.may_squeeze else None),
        key=uuid4().hex,
    )


def _blocked(found: WhyNot) -> dict[UUID, Told]:
    """By whom and when each blocked stretch was."""
    ids = [one.id for one in found.refusals if one.rule == "closure" and one.id]
    events = blockings(found.specialist_id, ids)
    return dict(zip(events, tell(list(events.values())), strict=True))


def instant_asked(name: str) -> datetime | None:
    """A moment of an address, written in minutes since 1970; None unless a clinic could mean it."""
    asked = request.args.get(name, type=int)
    try:
        instant = datetime.fromtimestamp(asked * 60, UTC) if asked is not None else None
    except (ValueError, OverflowError, OSError):
        return None
    return instant if instant and 1900 <= instant.year < 2200 else None


def minutes(instant: datetime) -> int:
    return int(instant.timestamp() // 60)


def words_for(one: Refusal) -> str:
    """A refusal as a sentence."""
    start, end = (clock_words(one.start) if one.start else ""), (clock_words(one.end) if one.end else "")
    sentences = {
        "past": lambda: _("This time is over."),
        "closure": lambda: _closure(one),
        "break": lambda: _("There is a break from %(start)s to %(end)s.", start=start, end=end),
        "closed": lambda: _hours(start, end),
        "no_slots": lambda: _("No times have been made for these hours yet."),
        "booked": lambda: _("Booked from %(start)s to %(end)s.", start=start, end=end),
        "held": lambda: _("Held until %(time)s by %(who)s.", time=end, who=holder_words(one.source, one.who)),
        "buffer": lambda: _("The visit from %(start)s to %(end)s needs time around it.", start=start, end=end),
        "full": lambda: _("All %(seats)s seats of the group are taken.", seats=one.minutes),
        "room": lambda: _("The room is in use from %(start)s to %(end)s.", start=start, end=end),
        "not_offered": lambda: _("%(visit)s is not offered here.", visit=one.reason),
        "too_short": lambda: _("Too short for a visit of %(minutes)s minutes.", minutes=one.minutes),
    }
    return str(sentences[one.rule]())


def _closure(one: Refusal) -> str:
    times = {"start": moment(one.start), "end": moment(one.end)}
    if one.reason:
        return str(_("Closed from %(start)s to %(end)s: %(reason)s", reason=one.reason, **times))
    return str(_("Closed from %(start)s to %(end)s.", **times))


def _hours(ended: str, begins: str) -> str:
    if begins:
        return str(_("Closed: the hours begin at %(time)s.", time=begins))
    if ended:
        return str(_("Closed: the hours ended at %(time)s.", time=ended))
    return str(_("There are no hours on this day."))
