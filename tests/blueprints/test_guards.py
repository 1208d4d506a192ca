"""Every page for staff: closed to strangers, patients and other clinics, whatever its address."""

from uuid import uuid4

import pytest
from flask import Flask

VALUES = {"day": "2031-03-03", "step": "cancel"}


def staff_routes(app: Flask, *blueprints: str) -> list[tuple[str, str]]:
    """(method, path within the clinic) of every route of these blueprints."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in blueprints:
            continue
        path = rule.rule.partition("/c/<clinic>")[2]
        for name in rule.arguments - {"clinic"}:
            start, end = path.index("<"), path.index(">")
            path = path[:start] + VALUES.get(path[start + 1 : end].partition(":")[2], str(uuid4())) + path[end + 1 :]
            assert name
        found += [(method, path) for method in rule.methods & {"GET", "POST"}]
    return sorted(found)


def knock(visitor, method, path):
    visitor.csrf()
    return visitor.get(path) if method == "GET" else visitor.post(path)


def test_there_are_routes_to_try(app):
    assert len(staff_routes(app, "desk", "admin")) > 15


def test_strangers_are_sent_to_sign_in(app, visitor):
    for method, path in staff_routes(app, "desk", "admin"):
        assert knock(visitor, method, path).path.endswith("/sign-in"), (method, path)


def test_staff_of_another_clinic_are_strangers(app, mallory):
    for method, path in staff_routes(app, "desk", "admin"):
        assert knock(mallory, method, path).path.endswith("/sign-in"), (method, path)


def test_patients_are_refused(app, pat):
    for method, path in staff_routes(app, "desk", "admin"):
        page = knock(pat, method, path)
        assert page.status == 403, (method, path)
        assert page.heading == "You may not see this page"


def test_receptionists_are_refused_in_the_admin(app, olga):
    for method, path in staff_routes(app, "admin"):
        assert knock(olga, method, path).status == 403, (method, path)


def test_wrong_methods(app, alice):
    routes = staff_routes(app, "desk", "admin")
    paths = {path for _method, path in routes}
    alice.csrf()
    for path in paths:
        allowed = {method for method, known in routes if known == path}
        for method in {"GET", "POST", "DELETE"} - allowed:
            response = alice.client.open(alice.url(path), method=method, data={"csrf_token": alice.token})
            assert response.status_code in (404, 405), (method, path)


def test_every_form_needs_its_token(app, alice):
    for method, path in staff_routes(app, "desk", "admin", "auth", "patient"):
        if method == "POST":
            assert alice.client.post(alice.url(path), data={}).status_code == 400, path


def test_a_disabled_account_is_out_at_once(olga, records):
    records.rows("UPDATE users SET is_active = false WHERE tenant_id = :id", id=olga.clinic.id)
    assert olga.get("/desk/").path.endswith("/sign-in")


def test_an_ended_session_is_out_at_once(olga, records):
    records.rows(
        "UPDATE user_sessions SET expires_at = now() - interval '1 second' WHERE tenant_id = :id", id=olga.clinic.id
    )
    assert olga.get("/desk/").path.endswith("/sign-in")


def test_a_lower_role_counts_from_the_next_page_on(alice, records):
    records.rows("UPDATE users SET role = 'OPERATOR' WHERE email LIKE 'alice%' AND tenant_id = :id", id=alice.clinic.id)
    assert alice.get("/admin/").status == 403


@pytest.mark.parametrize("path", ["/desk", "/admin"])
def test_addresses_without_their_slash_lead_on(alice, path):
    assert alice.get(path).status == 200
