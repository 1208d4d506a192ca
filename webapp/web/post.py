"""Which way mail leaves this house."""

import sys
from urllib.parse import urlsplit

from flask import current_app

from webapp.core.mail import ConsolePost, NoPost, Post, SmtpPost
from webapp.rules.addresses import is_loopback_name


def post_here(*, patience: int | None = None) -> Post:
    """The way for mail that the settings name; it waits ``patience`` seconds for each answer, at most as long as the
    settings say."""
    settings = current_app.config["SETTINGS"]
    if settings.smtp_url:
        has_password = "@" in settings.smtp_url
        needs_tls = has_password and not is_loopback_name(urlsplit(settings.smtp_url).hostname or "")
        timeout = min(patience or settings.delivery_timeout_seconds, settings.delivery_timeout_seconds)
        return SmtpPost(settings.smtp_url, timeout=timeout, needs_tls=needs_tls)
    return ConsolePost(sys.stdout) if settings.demo else NoPost()
