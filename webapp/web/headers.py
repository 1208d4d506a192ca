"""Response headers every page carries."""

from flask import Flask, Response, g, request

POLICY = "; ".join(
    (
        "default-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)


def _policy() -> str:
    """With the one other place that a page of ours may listen to, if it does."""
    stream = g.get("stream_origin")
    return f"{POLICY}; connect-src 'self' {stream}" if stream else POLICY


def init_app(app: Flask) -> None:
    app.after_request(protect)


def protect(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")  # links carry secrets
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
    if "token" in (request.view_args or {}):
        headers.setdefault("X-Robots-Tag", "noindex, nofollow")  # the address is the key
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        # Names and free times go stale and are nobody else's business.
        headers.setdefault("Cache-Control", "no-store")
    return response
