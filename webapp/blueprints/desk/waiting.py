"""The waiting room: who is here, since when, for whom."""

from typing import Any

from webapp.blueprints.desk import blueprint
from webapp.queries.waiting import count_waiting, waiting_room
from webapp.web import clock
from webapp.web.fragments import render
from webapp.web.guards import staff


@blueprint.get("/waiting")
@staff("OPERATOR")
def waiting() -> Any:
    return render("desk/waiting", people=waiting_room(**_today()), now=clock.now(), day=clock.today())


@blueprint.context_processor
def _how_many() -> dict[str, Any]:
    """For the pages that show the number: asked for only where it is shown."""
    return {"waiting_count": lambda: count_waiting(**_today())}


def _today() -> dict[str, Any]:
    since, until = clock.bounds_of(clock.today())
    return {"since": since, "until": until}
