"""Who signed in on this browser before: a signed cookie of one clinic's pages that holds ids, no names.

Whoever unticks the box at sign-in, or presses "Forget", is not in it.
"""

from uuid import UUID

from flask import Response, current_app, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from webapp.core.tenancy import current_tenant
from webapp.queries.identity import Colleague, colleagues

COOKIE = "holdfast-known"
MOST = 12
KEPT_SECONDS = 90 * 24 * 3600


def known_here() -> list[Colleague]:
    """Those who may sign in at this clinic and did so here, by name."""
    ids = _ids()
    return colleagues(ids) if ids else []


def remember(answer: Response, user_id: UUID) -> None:
    others = [one for one in _ids() if one != user_id]
    _write(answer, [user_id, *others][:MOST])


def forget(answer: Response, user_id: UUID) -> None:
    others = [one for one in _ids() if one != user_id]
    if len(others) < len(_ids()):
        _write(answer, others)


def forget_all(answer: Response) -> None:
    answer.delete_cookie(COOKIE, path=_path())


def _serializer() -> URLSafeTimedSerializer:
    # The clinic is part of the salt: a cookie of another clinic's pages says nothing here.
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"holdfast.known.{current_tenant()}")


def _ids() -> list[UUID]:
    try:
        return [UUID(one) for one in _serializer().loads(request.cookies.get(COOKIE, ""), max_age=KEPT_SECONDS)]
    except (BadSignature, TypeError, ValueError):
        return []


def _write(answer: Response, ids: list[UUID]) -> None:
    answer.set_cookie(
        COOKIE,
        str(_serializer().dumps([one.hex for one in ids])),
        max_age=KEPT_SECONDS,
        path=_path(),
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]) or request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def _path() -> str:
    return url_for("patient.front").rstrip("/") + "/"
