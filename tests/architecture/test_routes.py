"""Every route names who may call it."""

import re

UNGUARDED = {"static", "openapi.spec"}
GUARD = re.compile(r"public|patient:\w+|staff:(OPERATOR|ADMIN)|token:(read|book|admin)")


def test_every_route_names_a_guard(app):
    naked = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in UNGUARDED
        and not GUARD.fullmatch(getattr(app.view_functions[rule.endpoint], "guard", ""))
    }
    assert naked == set()


def test_what_is_left_out_is_still_there(app):
    assert set(app.view_functions) >= UNGUARDED


def test_no_route_of_the_desk_or_admin_is_public(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("desk."):
            assert app.view_functions[rule.endpoint].guard == "staff:OPERATOR", rule
        if rule.endpoint.startswith("admin."):
            assert app.view_functions[rule.endpoint].guard == "staff:ADMIN", rule
