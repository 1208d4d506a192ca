"""Who may import whom, read from the source itself."""

import ast
from pathlib import Path

import pytest

from webapp.config import PROJECT

WEBAPP = PROJECT / "webapp"

#: layer -> what of ours it may import. `rules` may use core.timezones: it is as pure as they are.
ALLOWED = {
    "core": ("webapp.core",),
    "models": ("webapp.models", "webapp.core.database"),
    "rules": ("webapp.rules", "webapp.core.errors", "webapp.core.timezones"),
    "queries": ("webapp.queries", "webapp.models", "webapp.rules", "webapp.core"),
    "services": ("webapp.services", "webapp.models", "webapp.rules", "webapp.core"),
    "web": ("webapp.web", "webapp.queries", "webapp.core", "webapp.extensions", "webapp.rules"),
    "blueprints": ("webapp.web", "webapp.services", "webapp.queries", "webapp.rules", "webapp.core"),
}
#: helpers of the services that never commit; any use case may call them, and no use case another one.
HELPERS = {"audit", "claim", "outbox", "party_rows", "patient_rules", "slot_locks", "slot_plan", "standing", "turns"}
FLASK = ("flask", "flask_", "werkzeug", "apiflask", "wtforms")


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms(layer: str) -> list[Path]:
    return sorted((WEBAPP / layer).rglob("*.py"))


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


@pytest.mark.parametrize("layer", ALLOWED)
def test_a_layer_imports_only_what_it_may(layer):
    for path in rooms(layer):
        allowed = ALLOWED[layer]
        if layer == "blueprints":
            audience = path.relative_to(WEBAPP / "blueprints").parts[0].removesuffix(".py")
            allowed += (f"webapp.blueprints.{audience}", "webapp.extensions")
        strangers = {name for name in imports_of(path) if within(name, ("webapp",)) and not within(name, allowed)}
        strangers -= {"webapp.blueprints.api.problems.problem_response"} if path.name == "errors.py" else set()
        assert not strangers, f"{path.relative_to(PROJECT)} may not import {sorted(strangers)}"


@pytest.mark.parametrize("layer", ["core", "models", "rules", "services", "queries"])
def test_below_the_web_nothing_knows_flask(layer):
    for path in rooms(layer):
        found = {name for name in imports_of(path) if name.startswith(FLASK)}
        assert not found, f"{path.relative_to(PROJECT)} imports {sorted(found)}"


def test_blueprints_do_not_speak_to_the_database():
    for path in rooms("blueprints") + rooms("web"):
        found = {name for name in imports_of(path) if within(name, ("sqlalchemy", "psycopg"))}
        assert not found, f"{path.relative_to(PROJECT)} imports {sorted(found)}"


def test_no_use_case_calls_another():
    for path in rooms("services"):
        others = {
            name.split(".")[2]
            for name in imports_of(path)
            if name.startswith("webapp.services.") and name.split(".")[2] != path.stem
        }
        direct = {name for name in imports_of(path) if name.startswith("webapp.services.") and name.count(".") == 2}
        others |= {name.split(".")[2] for name in direct}
        assert others - {path.stem} <= HELPERS, f"{path.name} uses {sorted(others - HELPERS)}"


def test_one_room_knows_zones():
    knowing = {path.relative_to(WEBAPP).as_posix() for path in WEBAPP.rglob("*.py") if "zoneinfo" in path.read_text()}
    assert knowing == {"core/timezones.py"}


@pytest.mark.parametrize("call", ["commit", "rollback"])
def test_one_room_ends_transactions(call):
    """By hand, that is: the `with` blocks of transactions.py, and the counters of rate_limits.py, do the rest."""
    for path in WEBAPP.rglob("*.py"):
        calls = {
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert call not in calls or path.name == "transactions.py", path


def test_no_room_is_a_box_of_odds_and_ends():
    names = {path.stem for path in WEBAPP.rglob("*.py")}
    assert not names & {"utils", "util", "helpers", "helper", "manager", "misc", "common"}


def test_rooms_stay_small():
    sizes = {path.relative_to(PROJECT).as_posix(): len(path.read_text().splitlines()) for path in WEBAPP.rglob("*.py")}
    assert {name: size for name, size in sizes.items() if size > 300} == {}
