"""Pages that stay true by themselves: a tag that says whether days have changed, and where to hear of it at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, wraps
from hashlib import blake2b
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, make_response, request, session
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from webapp.core import tickets
from webapp.core.timezones import utc_now
from webapp.queries.day_version import span_version
from webapp.web import clock
from webapp.web.throttle import digest

View = Callable[..., Any]
STREAM = "days"  # what a ticket of ours is for
FRESH_TICKET = timedelta(hours=1)  # half of a ticket's life: the page is drawn again with another one


@dataclass(frozen=True)
class Live:
    """What a page must carry to stay true; ``quiet`` when a script asked by itself and messages are not for it."""

    first: date
    last: date
    version: str
    tag: str
    quiet: bool

    @property
    def attributes(self) -> Markup:
        """For the element that is put in the place of the old one when something has changed."""
        return Markup('data-version="{}" data-tag="{}" data-stream="{}"').format(self.version, self.tag, self._stream())

    def _stream(self) -> str:
        """Where changes of these days are told, with a ticket that names the clinic and the days; or nothing."""
        base = _stream_base()
        if not base:
            return ""
        names = [g.clinic.id, self.first.isoformat(), self.last.isoformat()]
        return f"{base}/days?ticket={tickets.issue(current_app.config['SECRET_KEY'], purpose=STREAM, names=names)}"


def init_app(app: Flask) -> None:
    app.config["EDITION"] = edition(Path(app.root_path).parent) + app.config["SETTINGS"].model_dump_json()
    app.context_processor(lambda: {"live": g.get("live")})


def live(span: Callable[..., tuple[date, date]]) -> Callable[[View], View]:
    """A view of the days ``span(**its values)``, first and last: answered 304 before anything is read or drawn while
    neither they nor who asks, in which words and for what, have changed. Goes below the guard.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(**values: Any) -> Any:
            quiet = request.headers.get("X-Live") == "1"
            page, part = _look(*span(**values), quiet=quiet)
            tag = part if request.headers.get("X-Fragment") == "1" else page
            told = "_flashes" in session and not quiet  # shown once: not to be shown again from a cache
            if not told and request.if_none_match.contains_weak(tag):
                return _tagged(Response(status=304), tag)
            response = make_response(view(**values))
            return response if told or response.status_code != 200 else _tagged(response, tag)

        return answered

    return decorate


def _look(first: date, last: date, *, quiet: bool) -> tuple[str, str]:
    """Fill ``g.live``; the tags of the whole page and of its fragment."""
    version = span_version(first=first, last=last, zone=g.clinic.timezone, now=utc_now()).digest
    seen = digest("live", version, *_asking())[:32]
    g.live = Live(first, last, version, f'W/"{seen}-part"', quiet)
    g.stream_origin = _origin(_stream_base())
    return f"{seen}-page", f"{seen}-part"


def _asking() -> list[str]:
    """All else that the page depends on: this program, the hour of its ticket, the address, the words, and who asks."""
    if "csrf_token" not in session:
        generate_csrf()  # the secret that the forms of this session are bound to
    hour = str(int(utc_now().timestamp() // FRESH_TICKET.total_seconds()))
    kept = sorted((name, str(value)) for name, value in session.items() if name != "_flashes")
    cookies = sorted(item for item in request.cookies.items() if item[0] != current_app.config["SESSION_COOKIE_NAME"])
    facts = [current_app.config["EDITION"], hour, clock.today().isoformat(), request.scheme, request.host]
    facts += [request.full_path, str(get_locale())]
    return [*facts, repr(g.person.shown), repr(kept), repr(cookies)]


def _stream_base() -> str:
    return str(current_app.config["SETTINGS"].stream_base(scheme=request.scheme, host=request.host))


def _origin(address: str) -> str:
    """What a policy calls it; nothing for an address on the page's own host."""
    return "/".join(address.split("/")[:3]) if "://" in address else ""


def _tagged(response: Response, tag: str) -> Response:
    response.set_etag(tag, weak=True)  # another answer to the same question has other form tokens
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(["Cookie", "Accept-Language", "X-Fragment", "X-Live"])
    return response


@lru_cache(maxsize=1)
def edition(root: Path) -> str:
    """What this program is made of: the same for all its workers, another after an update."""
    kinds = {".py", ".html", ".po", ".css", ".js", ".svg"}
    rooms = [root / name for name in ("webapp", "templates", "static", "translations")]
    files = sorted(path for room in rooms for path in room.rglob("*") if path.suffix in kinds)
    facts = [(path.relative_to(root).as_posix(), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return blake2b(repr(facts).encode(), digest_size=12).hexdigest()
