"""Every route, asked by the other clinic with this clinic's ids: not one foreign byte comes back, nothing changes."""

from uuid import UUID

import pytest
from sqlalchemy import text

from tests.conftest import DAY, PASSWORD
from webapp.core.tenancy import tenant_scope
from webapp.rules.people import NewPatient
from webapp.services.booking import hold

pytestmark = pytest.mark.isolation

MARK = "Confidential-Name"
SKIPPED = {"static", "openapi.spec"}


@pytest.fixture
def secret(clinic):
    """Rows of the first clinic with a name that must not be read elsewhere."""
    slot = clinic.slot()
    with tenant_scope(clinic.id):
        held = hold(slot_id=slot, new_patient=NewPatient(full_name=MARK), actor="test", source="API")
    return {"slot": slot, "appointment": held.id, "specialist": clinic.specialist_id, "type": clinic.type_id}


def value_for(argument: str, secret: dict[str, UUID]) -> object:
    """This clinic's own id for an argument of a route."""
    return {
        "slot_id": secret["slot"],
        "booking_id": secret["appointment"],
        "appointment_id": secret["appointment"],
        "patient_id": secret["appointment"],
        "doctor_id": secret["specialist"],
        "specialist_id": secret["specialist"],
        "type_id": secret["type"],
        "closure_id": secret["slot"],
        "sick_day_id": secret["slot"],
        "entry_id": secret["slot"],
        "offer_id": secret["slot"],
        "message_id": secret["slot"],
        "other": secret["appointment"],
        "kind": "CONFIRMATION",
        "channel": "EMAIL",
        "language": "en",
        "number": 1,
        "question_id": secret["slot"],
        "day": DAY.date(),
        "token": "x",
        "step": "arrived",
    }[argument]


def snapshot(superuser, clinic_id: str) -> dict[str, list]:
    tables = ("appointments", "time_slots", "appointment_events", "patients", "specialists", "appointment_types")
    rows = {}
    with superuser.connect() as connection:
        for table in tables:
            query = text(f"SELECT t::text FROM {table} t WHERE tenant_id = :t")
            rows[table] = sorted(map(str, connection.scalars(query, {"t": clinic_id})))
    return rows


def addresses(app, secret, other_clinic) -> list[tuple[str, str]]:
    """(method, path) of every route below the other clinic, with the first clinic's ids in it."""
    found = []
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if rule.endpoint in SKIPPED:
                continue
            values = {name: other_clinic.id if name == "clinic" else value_for(name, secret) for name in rule.arguments}
            path = adapter.build(rule.endpoint, values, method=next(iter(rule.methods - {"HEAD", "OPTIONS"})))
            found += [(method, path) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


def bodies_for(secret) -> dict[str, object]:
    return {
        "patient_name": "X",
        "slot_id": str(secret["slot"]),
        "name": "X",
        "minutes": 30,
        "doctor_ids": [str(secret["specialist"])],
        "full_name": "X",
        "start_time": "2031-04-01T10:00:00Z",
        "end_time": "2031-04-01T11:00:00Z",
        "start_time_utc": "2031-04-01T10:00:00Z",
        "idempotency_key": "foreign",
        "reason": "none",
    }


def test_the_api_with_the_other_clinics_header(app, superuser, clinic, other_clinic, secret):
    client = app.test_client()
    before = snapshot(superuser, clinic.id)
    asked = 0
    for method, path in addresses(app, secret, other_clinic):
        if path.startswith(("/c/", "/sign", "/static")) or path == "/":
            continue
        json = bodies_for(secret) if method == "POST" else None
        response = client.open(path, method=method, json=json, headers={"X-Tenant-ID": other_clinic.id})
        body = response.get_data(as_text=True)
        assert response.status_code < 500, (method, path, body)
        assert MARK not in body, (method, path)
        assert not any(str(id_) in body for id_ in secret.values()), (method, path, body)
        assert clinic.id not in body, (method, path)
        asked += 1
    assert asked > 25
    assert snapshot(superuser, clinic.id) == before


def test_the_pages_with_the_other_clinics_admin_signed_in(app, superuser, clinic, other_clinic, staff, secret):
    client = app.test_client()
    app_csrf = app.config["WTF_CSRF_ENABLED"]
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        client.post(f"/c/{other_clinic.id}/sign-in", data={"email": staff["mallory"], "password": PASSWORD})
        before = snapshot(superuser, clinic.id)
        statuses = set()
        for method, path in addresses(app, secret, other_clinic):
            if not path.startswith("/c/") or path.endswith(("/sign-in", "/sign-out")):
                continue
            data = {key: str(value) for key, value in bodies_for(secret).items()} if method == "POST" else None
            response = client.open(path, method=method, data=data)
            body = response.get_data(as_text=True)
            statuses.add(response.status_code)
            assert response.status_code < 500, (method, path)
            assert MARK not in body, (method, path)
            assert clinic.id not in body, (method, path)
        assert 200 in statuses
        assert snapshot(superuser, clinic.id) == before
    finally:
        app.config["WTF_CSRF_ENABLED"] = app_csrf


def test_signed_in_here_is_nobody_there(app, clinic, other_clinic, staff):
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        client.post(f"/c/{other_clinic.id}/sign-in", data={"email": staff["mallory"], "password": PASSWORD})
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert client.get(f"/c/{other_clinic.id}/admin/").status_code == 200
    for page in ("desk/", "admin/"):
        response = client.get(f"/c/{clinic.id}/{page}")
        assert response.status_code == 303
        assert "/sign-in" in response.location
