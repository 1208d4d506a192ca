"""Reading what all API requests share: the idempotency key, paging cursors."""

from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request
from pydantic import BaseModel, ValidationError

from webapp.core.errors import InvalidInput
from webapp.core.timezones import iso, parse_instant
from webapp.rules.idempotency import check_key, fingerprint
from webapp.services.booking import Key

BodyShape = TypeVar("BodyShape", bound=BaseModel)


def idempotency_key(in_body: str | None, *, required: bool = False, **payload: Any) -> Key | None:
    """The key of a request with the fingerprint of what it asks for; InvalidInput when it is missing or unfit."""
    headers = [request.headers.get(name) for name in ("X-Idempotency-Key", "Idempotency-Key")]
    given = {_unquoted(value) for value in headers if value is not None} | ({in_body} if in_body is not None else set())
    if len(given) > 1:
        raise InvalidInput("The request carries two different idempotency keys. Send one.", field="idempotency_key")
    if not given:
        if required:
            raise InvalidInput(
                "Send an idempotency key, as X-Idempotency-Key or idempotency_key.", field="idempotency_key"
            )
        return None
    return Key(check_key(given.pop()), fingerprint(payload))


def _unquoted(value: str) -> str:
    """A header's key; one that the server could not read as ASCII arrives empty and is refused as such."""
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def optional_body(shape: type[BodyShape]) -> BodyShape:
    """The body of a request that may do without one; InvalidInput when there is one and it is not right."""
    try:
        return shape.model_validate(request.get_json(force=True) if request.get_data() else {})
    except ValidationError as error:
        faults = ", ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors())
        raise InvalidInput(f"Mend these members and send it again: {faults}") from None


def read_cursor(text: str | None) -> tuple[datetime, UUID] | None:
    """Where the page before ended, as next_page() wrote it."""
    if text is None:
        return None
    start, _, row_id = text.partition("~")
    try:
        return parse_instant(start, field="after"), UUID(row_id)
    except (InvalidInput, ValueError):
        raise InvalidInput("after is not the cursor of a page. Leave it out to begin anew.", field="after") from None


def link_next(response: Response, start: datetime, row_id: UUID) -> Response:
    """Name the address of the next page, RFC 8288."""
    query = request.args.to_dict() | {"after": f"{iso(start)}~{row_id}"}
    response.headers["Link"] = f'<{request.path}?{urlencode(query)}>; rel="next"'
    return response
