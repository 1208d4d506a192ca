"""Several visits at once: every few weeks at the same time, each one looked at before all are booked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.appointments import found_or_404, tell_asked
from webapp.core.errors import Conflict, DomainError, InvalidInput, NotFound
from webapp.queries.appointments import AppointmentView
from webapp.queries.availability import find_type, wanted_for
from webapp.queries.series import Outlook, outlook
from webapp.queries.slots import slot_summary
from webapp.rules.fitting import Wanted
from webapp.rules.idempotency import check_key, fingerprint
from webapp.rules.series import MOST_VISITS, MOST_WEEKS, Pattern, occurrences
from webapp.services import appointments as steps
from webapp.services.booking import Key
from webapp.services.series import book_series
from webapp.web import clock
from webapp.web.errors import sentence
from webapp.web.filters import weekday_names
from webapp.web.forms import tidy
from webapp.web.fragments import render
from webapp.web.guards import actor, staff


@dataclass
class Choices:
    """What was chosen for the visits: slots, and the numbers of those for which nothing was."""

    slots: list[UUID] = field(default_factory=list)
    open: list[int] = field(default_factory=list)


@blueprint.get("/appointments/<uuid:appointment_id>/series")
@staff("OPERATOR")
def series(appointment_id: UUID) -> Any:
    found = _found(appointment_id)
    try:
        return _page(found, _looked_up(found))
    except InvalidInput as error:
        return _page(found, [], error.status, sentence(error))


@blueprint.post("/appointments/<uuid:appointment_id>/series")
@staff("OPERATOR")
def save_series(appointment_id: UUID) -> Any:
    """Book the chosen visits, all or none; none but the held first one is a booking like any other."""
    found = _found(appointment_id)
    try:
        number = _book(found, _choices())
    except DomainError as error:
        return _page(found, _looked_up(found), error.status, sentence(error))
    flash(ngettext("%(num)s visit booked.", "%(num)s visits booked.", number), "good")
    return redirect(url_for("desk.day", day=clock.day_of(found.start), at=found.id), code=303)


@blueprint.post("/appointments/<uuid:appointment_id>/cancel-following")
@staff("OPERATOR")
def cancel_following(appointment_id: UUID) -> Any:
    """Cancel a visit and the later ones of its series."""
    found = _found(appointment_id)
    reason = tidy(request.form.get("reason"))[:500]
    version = request.form.get("version", type=int) or 0
    try:
        done = steps.cancel_following(
            appointment_id=found.id, actor=actor(), reason=reason, version=version, notify=tell_asked()
        )
    except Conflict as error:
        flash(sentence(error), "bad")
        return redirect(url_for("desk.appointment", appointment_id=found.id), code=303)
    flash(ngettext("%(num)s visit cancelled.", "%(num)s visits cancelled.", len(done)), "good")
    return redirect(url_for("desk.day", day=clock.day_of(found.start), at=found.id), code=303)


def _book(found: AppointmentView, choices: Choices) -> int:
    if choices.open:
        raise InvalidInput(_("Choose another time for each visit that cannot be had, or leave it out."))
    if found.status == "HOLD" and not found.is_held_by(g.person.user_id):
        raise Conflict(_("Somebody else is choosing this time."))
    if not choices.slots and found.status == "HOLD":
        steps.confirm(appointment_id=found.id, actor=actor(), holder=g.person.user_id)
        return 1
    asked = fingerprint({"appointment": found.id, "slots": sorted(map(str, choices.slots))})
    made = book_series(
        appointment_id=found.id,
        version=request.form.get("version", type=int) or 0,
        slot_ids=choices.slots,
        actor=actor(),
        created_by=g.person.user_id,
        key=Key(check_key(f"series:{request.form.get('key', '')}")[:250], asked),
    )
    return len(made.visits)


def _choices() -> Choices:
    """Boxes and buttons are called visit-<number>; ``asked`` are the numbers of those that need a choice."""
    chosen = {
        number: value
        for name, value in request.form.items()
        if name.startswith("visit-") and (number := _whole(name.removeprefix("visit-"))) is not None
    }
    asked = {number for text in request.form.getlist("asked") if (number := _whole(text)) is not None}
    slots = [_slot_id(value) for _number, value in sorted(chosen.items()) if value != "skip"]
    return Choices(slots, sorted(asked - chosen.keys()))


def _slot_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(_("Choose one of the times that are offered.")) from None


def _found(appointment_id: UUID) -> AppointmentView:
    found = found_or_404(appointment_id)
    if found.specialist_id is None:
        raise NotFound(_("A series needs an appointment with a specialist."))
    return found


def _looked_up(found: AppointmentView) -> list[Outlook]:
    visits = occurrences(found.start, _pattern(), g.clinic.timezone)[1:]
    wanted = _wanted(found)
    return outlook(
        visits,
        wanted=wanted,
        specialist_id=found.specialist_id,
        patient_id=found.patient_id,
        now=clock.now(),
    )


def _pattern() -> Pattern:
    """What was asked for; six visits a week apart unless said otherwise. Numbers that are none are out of bounds."""
    interval, count = (_number(name, default) for name, default in (("interval", 1), ("count", 6)))
    days = {7 if (day := _whole(text)) is None else day for text in request.values.getlist("day")}
    return Pattern(interval, count, frozenset(days))


def _number(name: str, default: int) -> int:
    text = tidy(request.values.get(name)) if name in request.values else str(default)
    return _whole(text) or 0


def _whole(text: str) -> int | None:
    """A number as people count visits and weeks; None for anything else, however many digits it has."""
    return int(text) if text.isdecimal() and len(text) < 5 else None


def _wanted(found: AppointmentView) -> Wanted:
    minutes = round(((found.end or found.start) - found.start) / timedelta(minutes=1))
    visit = find_type(found.type_id) if found.type_id else None
    if visit is not None:
        return wanted_for(visit, minutes=minutes)
    slot = slot_summary(found.slot_id) if found.slot_id else None
    return Wanted(minutes, is_group=slot is not None and slot.capacity > 1)


def _page(found: AppointmentView, plans: Iterable[Outlook], status: int = 200, refusal: str = "") -> Any:
    pattern = _pattern()
    return render(
        "desk/series",
        status,
        appointment=found,
        plans=list(plans),
        refusal=refusal,
        pattern=pattern,
        kept=request.form,
        weekdays=weekday_names(),
        own_day=clock.day_of(found.start).weekday(),
        most={"visits": MOST_VISITS, "weeks": MOST_WEEKS},
        whys=_why_words(),
        day=clock.day_of(found.start),
        now=clock.now(),
        key=uuid4().hex,
    )


def _why_words() -> dict[str, str]:
    return {
        "GAP": _("the clocks skip this time that day"),
        "CLOSED": _("no hours at this time"),
        "HELD": _("held by somebody"),
        "TAKEN": _("taken"),
        "TOO_SHORT": _("not enough free time"),
        "BUSY": _("the patient has another appointment then"),
    }
