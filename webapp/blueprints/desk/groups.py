"""A group session: who has a seat, one more, who is here, and the list on paper."""

from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext as _

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.squeeze import squeeze_slot
from webapp.core.errors import NotFound
from webapp.queries.roster import roster as seats_of
from webapp.queries.slots import SlotSummary, slot_summary
from webapp.web import clock
from webapp.web.fragments import render
from webapp.web.guards import staff


@blueprint.get("/slots/<uuid:slot_id>")
@staff("OPERATOR")
def slot(slot_id: UUID) -> Any:
    """Who is in a group, and a seat for one more."""
    found = _found(slot_id)
    full = squeeze_slot(slot_id if found.seats_left < 1 else None)
    shown = {"slot": found, "squeeze_slot": full, **_seats(found)}
    day = clock.day_of(found.start)
    return render("desk/slot", day=day, may_arrive=day <= clock.today(), key=uuid4().hex, **shown)


@blueprint.get("/slots/<uuid:slot_id>/roster")
@staff("OPERATOR")
def roster(slot_id: UUID) -> Any:
    """The list to print, with room to sign."""
    found = _found(slot_id)
    return render("desk/roster", slot=found, day=clock.day_of(found.start), now=clock.now(), **_seats(found))


def _found(slot_id: UUID) -> SlotSummary:
    found = slot_summary(slot_id)
    if found is None:
        raise NotFound(_("This slot does not exist."))
    return found


def _seats(found: SlotSummary) -> dict[str, Any]:
    seats = seats_of(found.slot_id)
    return {
        "seats": seats,
        "session": next((seat.type_name for seat in seats if seat.type_name), ""),
        "here": sum(seat.status in ("ARRIVED", "COMPLETED") for seat in seats),
    }
