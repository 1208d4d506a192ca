"""Block a stretch of a specialist's time: where from, until when, what for; and open it again."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, SelectField
from wtforms.validators import InputRequired, Length

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.forms import specialist_choices
from webapp.blueprints.desk.taking import give_back
from webapp.blueprints.desk.why import instant_asked
from webapp.core.errors import DomainError, NotFound
from webapp.core.timezones import to_wall
from webapp.queries.appointments import find_appointment
from webapp.queries.blocked import affected_by, find_block
from webapp.services.blocks import block_time, unblock_time
from webapp.web import clock
from webapp.web.forms import HouseForm, TextField, WallTimeField, in_calendar, moments_of
from webapp.web.fragments import render
from webapp.web.guards import actor, staff

AN_HOUR = timedelta(hours=1)


class BlockForm(HouseForm):
    """``hold`` is the held time it began at: it is given back."""

    specialist_id = SelectField(_("Who"), invalid_choice_message=_("Choose a specialist."))
    day = DateField(_("Day"), validators=[InputRequired(_("Enter the day.")), in_calendar])
    begins = WallTimeField(_("From"), validators=[InputRequired(_("Enter when it begins."))])
    until = WallTimeField(_("To"), validators=[InputRequired(_("Enter when it ends."))])
    reason = TextField(
        _("What for"),
        validators=[
            InputRequired(_("Say what the time is needed for.")),
            Length(max=200, message=_("This is longer than 200 characters. Shorten it.")),
        ],
        render_kw={"autocomplete": "off"},
    )
    hold = HiddenField()

    def offer(self) -> None:
        self.specialist_id.choices = specialist_choices()

    def span(self) -> tuple[datetime, datetime] | None:
        """UTC; 00:00 is the day's end. None, with a sentence beside the field, for what the clocks do not show."""
        midnight = self.until.data == time()
        starts = moments_of(self.day.data, self.begins)
        ends = moments_of(self.day.data + timedelta(days=midnight), self.until)
        if starts and ends and ends[-1] <= starts[0]:
            self.until.errors = [gettext("The end must be after the start.")]
            return None
        return (starts[0], ends[-1]) if starts and ends else None


@blueprint.get("/block")
@staff("OPERATOR")
def block() -> Any:
    """``specialist``, ``at`` and ``until`` (minutes since 1970), ``hold`` or ``day`` say where one was."""
    form = BlockForm(formdata=None, data=_where())
    return _page(form)


@blueprint.post("/blocks")
@staff("OPERATOR")
def add_block() -> Any:
    form = BlockForm()
    form.offer()
    span = form.span() if form.validate() else None
    if span is None:
        return _page(form, 400)
    specialist_id, held = UUID(form.specialist_id.data), _own_hold(form.hold.data)
    inside = [one for one in affected_by(specialist_id=specialist_id, start=span[0], end=span[1]) if one.id != held]
    if inside and "sure" not in request.form:
        return _page(form, 409, inside=inside)
    try:
        if held is not None:
            give_back(held)
        done = block_time(
            specialist_id=specialist_id, start=span[0], end=span[1], reason=form.reason.data, actor=actor()
        )
    except DomainError as error:
        form.refuse(error)
        return _page(form, error.status)
    flash({"text": gettext("The time is blocked."), "closure_id": str(done.closure_id)}, "unblock")
    return redirect(url_for("desk.day", day=form.day.data), code=303)


@blueprint.post("/blocks/<uuid:closure_id>/open")
@staff("OPERATOR")
def open_block(closure_id: UUID) -> Any:
    found = find_block(closure_id)
    if found is None:
        raise NotFound(gettext("This time is not blocked any more."))
    unblock_time(closure_id=closure_id, actor=actor())
    flash(gettext("The time is open again."), "good")
    return redirect(url_for("desk.day", day=clock.day_of(max(found.start, _today(found.end)))), code=303)


def _today(end: datetime) -> datetime:
    """Now, unless the block is over."""
    now = clock.now()
    return now if now < end else datetime.min.replace(tzinfo=UTC)


def _where() -> dict[str, Any]:
    held = find_appointment(request.args.get("hold", type=UUID) or UUID(int=0))
    start = held.start if held else instant_asked("at") or _begin_of(clock.parse_day(request.args.get("day", "")))
    end = (held.end if held else instant_asked("until")) or start + AN_HOUR
    zone = g.clinic.timezone
    return {
        "specialist_id": str(held.specialist_id if held else request.args.get("specialist", "")),
        "day": clock.day_of(start),
        "begins": to_wall(start, zone).time(),
        "until": to_wall(end, zone).time(),
        "hold": str(held.id) if held else "",
    }


def _begin_of(day: date | None) -> datetime:
    """The quarter of an hour it is now, or nine o'clock of another day."""
    if day and day != clock.today():
        return clock.moments(day, time(9))[0] if clock.moments(day, time(9)) else clock.start_of(day)
    now = clock.now().replace(second=0, microsecond=0)
    return now + timedelta(minutes=-now.minute % 15)


def _own_hold(text: str | None) -> UUID | None:
    """The hold that the form began at, while it lives and is this user's."""
    try:
        found = find_appointment(UUID(text or ""))
    except ValueError:
        return None
    return found.id if found and found.is_held_by(g.person.user_id) else None


def _page(form: BlockForm, status: int = 200, **more: Any) -> Any:
    form.offer()
    return render("desk/block", status, form=form, day=form.day.data or clock.today(), **{"inside": [], **more})
