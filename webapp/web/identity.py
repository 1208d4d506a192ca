"""Who is signed in. The cookie holds "<tenant>:<token>"; who that is, the sign-in blueprint's loader answers."""

from dataclasses import dataclass
from uuid import UUID

from flask import Flask, Request, g, request
from flask.sessions import SecureCookieSessionInterface
from flask_login import UserMixin, current_user

from webapp.extensions import csrf, login

#: What each role may do includes what the ones before it may.
RANK = {"CLIENT": 0, "OPERATOR": 1, "ADMIN": 2}


@dataclass(frozen=True)
class Person(UserMixin):
    """Somebody signed in at the current clinic."""

    session_id: str
    user_id: UUID
    email: str
    full_name: str
    role: str

    def get_id(self) -> str:
        return self.session_id

    def may(self, role: str) -> bool:
        return RANK[self.role] >= RANK[role]

    @property
    def actor(self) -> str:
        """How events name this person."""
        return f"user:{self.user_id}"


class CookieSession(SecureCookieSessionInterface):
    """The cookie is Secure behind a proxy or when the request came over TLS, so that plain loopback works too."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return bool(app.config["SESSION_COOKIE_SECURE"]) or request.is_secure


def init_app(app: Flask) -> None:
    app.session_interface = CookieSession()
    csrf.init_app(app)
    # Our own context processor: flask-login's would ask the database who is signed in for every page, error pages too.
    login.init_app(app, add_context_processor=False)
    login.session_protection = None  # the token in the database is what is checked, not the browser's address
    app.context_processor(lambda: {"person": g.get("person")})


def person_asking() -> Person | None:
    """Who is signed in at this clinic, if somebody is."""
    g.person = current_user._get_current_object() if current_user.is_authenticated else None
    return g.person


def came_from(incoming: Request) -> str:
    """The path to come back to after signing in: only a page that was asked for, never a form that was sent."""
    return incoming.full_path.rstrip("?") if incoming.method == "GET" else ""
