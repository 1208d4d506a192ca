"""API_ACCESS=token: the clinic comes from the token, and so does what may be done."""

import pytest

from tests.conftest import settings_for
from webapp import create_app
from webapp.blueprints.api.access import make_token
from webapp.core import database
from webapp.core.tenancy import tenant_scope
from webapp.extensions import db
from webapp.services.api_tokens import keep_token, revoke_token
from webapp.services.signin import token_digest

pytestmark = pytest.mark.isolation


@pytest.fixture(scope="module")
def guarded(app, settings):
    """The application as it runs outside the demo, on the same database."""
    own = create_app(settings_for(settings.admin_url, api_access="token"))
    yield own
    with own.app_context():
        for engine in db.engines.values():
            engine.dispose()
    with app.app_context():
        database.bind(writer=db.engine, reader=db.engines["reader"])


@pytest.fixture
def token(guarded, clinic):
    def make(*scopes: str, where=clinic) -> str:
        secret = make_token(where.id)
        with tenant_scope(where.id):
            keep_token(name="till", digest=token_digest(secret), scopes=scopes)
        return secret

    return make


def ask(guarded, secret=None, *, path="/api/admin/doctors", method="GET", **more):
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return guarded.test_client().open(path, method=method, headers=headers | more.pop("headers", {}), **more)


def test_the_tokens_clinic_answers(guarded, token, clinic):
    response = ask(guarded, token("read"))
    assert [doctor["id"] for doctor in response.json] == [str(clinic.specialist_id)]


@pytest.mark.parametrize("secret", [None, "nonsense", "hf_.x", "hf_bm8.x", "hf_\u00fc.y"])
def test_no_token_or_no_good_one(guarded, secret):
    response = ask(guarded, secret and secret.encode().decode("latin-1"))
    assert (response.status_code, response.content_type) == (401, "application/problem+json")


def test_a_revoked_token_is_none(guarded, clinic):
    secret = make_token(clinic.id)
    with tenant_scope(clinic.id):
        revoke_token(token_id=keep_token(name="till", digest=token_digest(secret), scopes=["read"]))
    assert ask(guarded, secret).status_code == 401


def test_the_same_secret_under_another_clinics_name_is_none(guarded, token, other_clinic):
    stolen = make_token(other_clinic.id).split(".")[0] + "." + token("admin").split(".")[1]
    assert ask(guarded, stolen).status_code == 401


def test_another_clinic_cannot_be_named(guarded, token, other_clinic):
    assert ask(guarded, token("read"), headers={"X-Tenant-ID": other_clinic.id}).status_code == 403


@pytest.mark.parametrize(
    ("scope", "method", "path", "body", "status"),
    [
        ("read", "POST", "/api/admin/doctors", {"name": "X"}, 403),
        ("book", "POST", "/api/admin/doctors", {"name": "X"}, 403),
        ("read", "POST", "/bookings", {"start_time_utc": "2031-01-01T00:00:00Z"}, 403),
        ("book", "GET", "/bookings", None, 403),
        ("admin", "POST", "/api/admin/doctors", {"name": "X"}, 201),
        ("admin", "GET", "/bookings", None, 200),
    ],
)
def test_a_scope_is_what_may_be_done(guarded, token, scope, method, path, body, status):
    assert ask(guarded, token(scope), path=path, method=method, json=body).status_code == status


def test_an_unknown_clinic_is_not_made(guarded):
    secret = make_token("a clinic nobody made")
    response = ask(guarded, secret, path="/bookings", method="POST", json={"start_time_utc": "2031-01-01T00:00:00Z"})
    assert response.status_code == 401


def test_health_needs_none(guarded):
    assert ask(guarded, path="/health").json == {"status": "ok"}
