"""Response headers every page carries."""

import base64
import hashlib
import re
from collections.abc import Iterator

from flask import Flask, Response, g, request

from webapp.web.framing import ancestors, is_framed

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'"
FOR_OTHER_SITES = "js/embed.js"  # the one file that is meant to be part of their pages


def _policy() -> str:
    """With who may frame the page, and the one other place that it may listen to, if it does."""
    policy = f"{POLICY}; frame-ancestors {ancestors()}"
    if styles := g.get("styles_within"):
        policy += f"; style-src 'self' {styles}"
    stream = g.get("stream_origin")
    return f"{policy}; connect-src 'self' {stream}" if stream else policy


def allow_styles_of(page: str) -> None:
    """Let this answer show a letter in a frame with the styles that it carries: these, by digest, and no other."""
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in styles)
    g.styles_within = " ".join(f"'sha256-{digest}'" for digest in digests)


def _for_other_sites() -> bool:
    return request.endpoint == "static" and (request.view_args or {}).get("filename") == FOR_OTHER_SITES


def init_app(app: Flask) -> None:
    app.after_request(protect)


def protect(response: Response) -> Response:
    chosen = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - a list of pairs, not a mapping
    for name, value in _ours():
        if name.lower() not in chosen:
            response.headers.add(name, value)
    return response


def _ours() -> Iterator[tuple[str, str]]:
    """What an answer says unless it says something else itself."""
    shared = _for_other_sites()
    if shared:
        yield "Access-Control-Allow-Origin", "*"
    yield "Content-Security-Policy", _policy()
    yield "X-Content-Type-Options", "nosniff"
    yield "Referrer-Policy", "same-origin"  # links carry secrets
    yield "Cross-Origin-Opener-Policy", "same-origin"
    yield "Cross-Origin-Resource-Policy", "cross-origin" if shared or is_framed() else "same-origin"
    yield "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
    if "token" in (request.view_args or {}):
        yield "X-Robots-Tag", "noindex, nofollow"  # the address is the key
    if request.is_secure:
        yield "Strict-Transport-Security", "max-age=31536000"
    if request.endpoint != "static":
        # Names and free times go stale and are nobody else's business.
        yield "Cache-Control", "no-store"
