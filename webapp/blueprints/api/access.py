"""Who calls the API, and for which clinic."""

import base64
import binascii
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request

from webapp.core.errors import DomainError, Forbidden, InvalidInput
from webapp.core.tenancy import tenant_scope
from webapp.queries.identity import program_of_token
from webapp.rules.addresses import is_loopback_name
from webapp.services.signin import token_digest
from webapp.services.tenants import ensure_tenant


class Unauthorized(DomainError):
    status = 401


@dataclass(frozen=True, slots=True)
class Caller:
    tenant_id: str
    actor: str
    named: bool  # the request says which clinic it means


#: Clinics this process has seen: they are never removed, so there is no need to ask again.
_known: set[str] = set()


def identify(scope: str, *, default: bool = True) -> Caller:
    """The clinic a request is for, once it may have ``scope`` there; without one named, the default clinic's if any.

    Raises Unauthorized, Forbidden, InvalidInput.
    """
    settings = current_app.config["SETTINGS"]
    named = named_tenant()
    if settings.api_access == "token":
        return _by_token(scope, named)
    if not settings.open_on_network:
        _only_from_here()
    if named is None and not default:
        raise InvalidInput("Name the clinic: send X-Tenant-ID, or tenant_id.", field="tenant_id")
    tenant_id = named or settings.default_tenant
    if request.method == "POST" and tenant_id not in _known:
        with tenant_scope(tenant_id):
            ensure_tenant(public_booking=False)  # a clinic of programs is not for patients to find
        _known.add(tenant_id)
    return Caller(tenant_id, "api", named is not None)


def _only_from_here() -> None:
    """Open access is for this machine: not for a web page elsewhere that makes a visitor's browser ask."""
    hosts = {request.host, urlsplit(request.headers.get("Origin", "")).netloc or request.host}
    if any(not is_loopback_name(_without_port(host)) for host in hosts):
        raise Forbidden("The open API answers this machine only. Use an API token.")


def _without_port(host: str) -> str:
    return host if host.endswith("]") else host.rsplit(":", 1)[0]


def named_tenant() -> str | None:
    """The clinic named by header, query or body; InvalidInput when two of them differ."""
    body = request.get_json(force=True) if request.method == "POST" and request.get_data() else None
    given: list[Any] = [request.headers.get("X-Tenant-ID"), *request.args.getlist("tenant_id")]
    if isinstance(body, dict):
        given.append(body.get("tenant_id"))
    named = [value for value in given if value is not None]
    for value in named:
        if not isinstance(value, str) or not 1 <= len(value) <= 255 or not value.isprintable():
            raise InvalidInput("A clinic's id has 1 to 255 printable characters.", field="tenant_id")
    if len(set(named)) > 1:
        raise InvalidInput("The request names two different clinics. Name one.", field="tenant_id")
    return named[0] if named else None


def _by_token(scope: str, named: str | None) -> Caller:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    tenant_id = tenant_of(token) if kind.lower() == "bearer" else None
    if tenant_id is None:
        raise Unauthorized("Send your API token: Authorization: Bearer …")
    with tenant_scope(tenant_id):
        program = program_of_token(token_digest(token))
    if program is None:
        raise Unauthorized("This API token is not valid, or it was revoked.")
    if named is not None and named != tenant_id:
        raise Forbidden("This API token is for another clinic.")
    if scope not in program.scopes and "admin" not in program.scopes:
        raise Forbidden(f"This API token lacks the scope “{scope}”.")
    return Caller(tenant_id, f"token:{program.token_id}", named=True)


def make_token(tenant_id: str) -> str:
    """A new secret that names its clinic, so that it can be looked up behind row-level security."""
    clinic = base64.urlsafe_b64encode(tenant_id.encode()).decode().rstrip("=")
    return f"hf_{clinic}.{secrets.token_urlsafe(32)}"


def tenant_of(token: str) -> str | None:
    clinic, dot, secret = token.removeprefix("hf_").partition(".")
    if not (token.startswith("hf_") and dot and secret):
        return None
    try:
        tenant_id = base64.urlsafe_b64decode(clinic + "=" * (-len(clinic) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return tenant_id if 1 <= len(tenant_id) <= 255 and tenant_id.isprintable() else None
