"""One view, two answers: the whole page, or the piece of it that a script asked for."""

from typing import Any

from flask import Response, make_response, render_template, request

from webapp.web.forms import HouseForm


def wants_fragment() -> bool:
    return request.headers.get("X-Fragment") == "1"


def render(name: str, status: int = 200, **context: Any) -> Response:
    """Render templates/<folder>/<view>.html, or its _<view>.html, if it has one, when a script asked for the piece."""
    folder, _, view = name.rpartition("/")
    templates = [f"{folder}/_{view}.html", f"{name}.html"] if wants_fragment() else [f"{name}.html"]
    problem = any(isinstance(value, HouseForm) and value.errors for value in context.values())
    response = make_response(render_template(templates, problem=problem, fragment=wants_fragment(), **context), status)
    response.vary.add("X-Fragment")
    return response
