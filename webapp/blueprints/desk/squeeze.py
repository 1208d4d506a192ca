"""An urgent visit where the time is full: the one overflow seat, for those who may, for a reason that is kept."""

from typing import Any
from uuid import UUID

from flask import abort, flash, g, redirect, request, url_for

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.taking import once
from webapp.core.errors import DomainError, Forbidden
from webapp.queries.identity import may_squeeze_in
from webapp.queries.slots import slot_summary
from webapp.services.booking import Booking, squeeze_in
from webapp.web import clock
from webapp.web.errors import sentence
from webapp.web.forms import tidy
from webapp.web.guards import staff

REASON_LENGTH = 500


@blueprint.post("/squeeze-ins")
@staff("OPERATOR")
def squeeze() -> Any:
    slot_id = request.form.get("slot_id", type=UUID) or abort(400)
    try:
        booking = _take(slot_id, tidy(request.form.get("reason"))[:REASON_LENGTH], request.form.get("key", ""))
    except Forbidden:
        raise
    except DomainError as error:
        slot = slot_summary(slot_id)
        flash(sentence(error), "bad")
        return redirect(url_for("desk.day", day=clock.day_of(slot.start) if slot else clock.today()), code=303)
    return redirect(url_for("desk.hold", appointment_id=booking.id), code=303)


def squeeze_slot(slot_id: UUID | None) -> UUID | None:
    """The slot to offer the overflow seat of, to somebody who may take it."""
    return slot_id if slot_id and may_squeeze_in(g.person.user_id) else None


def _take(slot_id: UUID, reason: str, page_key: str) -> Booking:
    what = {"slot_id": slot_id, "reason": reason}
    return once(squeeze_in, f"squeeze:{page_key}:{slot_id}", what, **what, user_id=g.person.user_id)
