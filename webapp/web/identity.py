"""Who is signed in. The cookie holds "<tenant>:<token>"; who that is, the sign-in blueprint's loader answers."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Request, Response, g, request, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import UserMixin, current_user

from webapp.extensions import csrf, login
from webapp.rules.desk_settings import DeskSettings
from webapp.web.framing import is_framed

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
    locked: bool = False
    locks_in: float | None = None  # seconds, when nothing more is done; None: never
    settings: DeskSettings = field(default_factory=DeskSettings)

    def get_id(self) -> str:
        return self.session_id

    @property
    def shown(self) -> tuple[object, ...]:
        """What of the person a page depends on: all but how long until the desk locks, which is another each time."""
        return self.user_id, self.full_name, self.role, self.locked, self.settings

    def may(self, role: str) -> bool:
        return RANK[self.role] >= RANK[role]

    @property
    def actor(self) -> str:
        """How events name this person."""
        return f"user:{self.user_id}"


class CookieSession(SecureCookieSessionInterface):
    """The cookie is Secure behind a proxy or when the request came over TLS, so that plain loopback works too.
    A page in a frame of another site has none.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        # Programs send none: an empty session needs nothing to be read or its signature checked with.
        has_none = self.get_cookie_name(app) not in request.cookies
        return self.session_class() if has_none or is_framed() else super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not is_framed():
            super().save_session(app, session, response)

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


def page_behind(incoming: Request) -> str:
    """The page that asked, or on which the form stood that was sent; empty when the browser does not say."""
    page = urlsplit(incoming.referrer or "")
    behind = f"{page.path}?{page.query}" if page.query else page.path
    return came_from(incoming) or local_path(behind) or ""


def in_background() -> bool:
    """Did a script ask by itself, to look for changes? Then nobody need be at the desk."""
    return request.headers.get("X-Background") == "1"


def local_path(wanted: str) -> str | None:
    """The path, if it leads to a page of this clinic and nowhere else."""
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return None
    inside = f"{url_for('patient.front')}"
    climbs = ".." in wanted or "\\" in wanted or "%2e" in wanted.lower()
    if parts.scheme or parts.netloc or climbs or not wanted.startswith(inside) or not wanted.isprintable():
        return None
    return wanted
