"""How a route of the API is described: its answers and refusals, in one line each."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from webapp.blueprints.api import blueprint
from webapp.blueprints.api.document import ANSWERS, BODY
from webapp.blueprints.api.schemas import Problem

REFUSALS = {
    400: "The request is not right; the sentence says what to mend",
    401: "The API token is missing or not valid",
    403: "The API token may not do this",
    404: "There is no such thing at this clinic",
    409: "It cannot be done any more: taken, full, ended or changed meanwhile",
    413: "The request is too large",
    422: "The idempotency key was used for something else",
    503: "The appointment book cannot be reached; nothing was changed",
}


def operation(
    summary: str,
    *,
    tag: str,
    answers: dict[int, type[BaseModel]],
    refusals: tuple[int, ...] = (400,),
    body: type[BaseModel] | None = None,
) -> Callable[[Any], Any]:
    """Describe a view: what it answers by status, which refusals it knows beside those every route has, and a body
    that may be left out.
    """
    refused = sorted({*refusals, 401, 403, 413, 503})
    return blueprint.doc(
        summary=summary,
        tags=[tag],
        responses=dict.fromkeys(answers, summary) | {status: REFUSALS[status] for status in refused},
        extensions={
            ANSWERS: {status: model.__name__ for status, model in answers.items()}
            | dict.fromkeys(refused, Problem.__name__),
            BODY: body.__name__ if body else None,
        },
    )
