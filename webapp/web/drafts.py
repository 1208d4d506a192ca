"""What was typed into a form that has no row to be kept in: it stays in the visitor's cookie until it is sent well."""

from typing import Any, Final
from urllib.parse import urlencode

from flask import redirect, request, session
from werkzeug.datastructures import MultiDict

from webapp.core.errors import DomainError
from webapp.web.forms import HouseForm
from webapp.web.languages import speak
from webapp.web.refusals import carried, carry

#: Characters; with what else is in it the cookie must stay below the 4096 bytes that browsers keep.
ROOM: Final = 1500


def show_again(form: HouseForm, error: DomainError | None = None) -> Any:
    """To the page of the form, with what was typed and what is wrong with it; None where the cookie has no room."""
    return _to_page(form, {"sent": 1, **(carry(error) if error else {})})


def asks_for_language() -> bool:
    """Was a form sent only to be shown in another language?"""
    return "lang" in request.form


def show_translated(form: HouseForm) -> Any:
    """To the page of the form in the language that was asked for, with what was typed as far as there is room."""
    speak(request.form.get("lang", ""))
    return _to_page(form, {"typed": 1}) or redirect(_page({}), code=303)


def drafted(**more: str) -> MultiDict[str, str] | None:
    """What was typed into the form of this page, and ``more`` that it needs besides; None: it is looked at anew."""
    kept, is_new = session.get("draft") or {}, not {"sent", "typed"} & set(request.args)
    return MultiDict([*kept["typed"], *more.items()]) if kept.get("page") == request.path and not is_new else None


def drop_draft() -> None:
    session.pop("draft", None)


def complain(form: HouseForm, checked: HouseForm) -> int:
    """Say on the page what is wrong with what was sent; the status of the page."""
    if "sent" not in request.args or drafted() is None:
        return 200
    form.show_problems(checked)
    refusal = carried()
    if refusal:
        form.refuse(refusal)
    return refusal.status if refusal else 400 if form.errors else 200


def _to_page(form: HouseForm, asked: dict[str, Any]) -> Any:
    typed = form.typed()
    if sum(len(ascii(text)) + len(name) for name, text in typed) > ROOM:
        return None
    session["draft"] = {"page": request.path, "typed": typed}
    return redirect(_page(asked), code=303)


def _page(asked: dict[str, Any]) -> str:
    """The address of the form's page, which is the one it was sent to."""
    path = request.script_root + request.path
    return f"{path}?{urlencode(asked)}" if asked else path
