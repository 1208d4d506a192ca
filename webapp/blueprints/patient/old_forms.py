"""Forms whose session has ended, or whose browser keeps no cookies: what was typed is shown again, to be sent again."""

from contextlib import suppress
from functools import partial
from typing import Any

from flask import request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.details import keep_typed
from webapp.blueprints.patient.finding import find_again
from webapp.blueprints.patient.held import HeldParty, HeldTime
from webapp.blueprints.patient.joining import join_again
from webapp.core.errors import N_, DomainError, InvalidInput
from webapp.web.errors import answer
from webapp.web.guards import View

_SEND_AGAIN = N_(
    "This form was open too long, or your browser keeps no cookies. Look at it once more and send it again."
)
_FORMS = {"patient.find": find_again, "patient.join": join_again}
_HELD = {"/hold/<token>": HeldTime, "/party/<token>": HeldParty}


@blueprint.errorhandler(CSRFError)
def too_old(error: CSRFError) -> Any:
    """Nothing is done that the form asked for: another site may have sent it.

    Only what was typed for a held time is kept: whoever sent it has the secret link.
    """
    view = _view_of(InvalidInput(_SEND_AGAIN))
    if view is not None:
        with suppress(DomainError, HTTPException):  # its link opens nothing, or nothing can be booked here any more
            return view(**request.view_args or {})
    return answer(error)


def _view_of(refusal: InvalidInput) -> View | None:
    if request.endpoint in _FORMS:
        return partial(_FORMS[request.endpoint], refusal)
    kind = next((kind for address, kind in _HELD.items() if address in str(request.url_rule)), None)
    return kind and kind.opened_by(lambda held: keep_typed(held, refusal))
