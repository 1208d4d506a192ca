"""Who can be told by a message, as this server is set up."""

from flask import current_app

from webapp.rules.waitlist import Reach


def reach_here() -> Reach:
    settings = current_app.config["SETTINGS"]
    return Reach(mail=settings.sends_mail, sms=settings.sends_sms)


def can_be_told(*, email: str | None, phone: str | None) -> bool:
    return reach_here().reaches(email=email, phone=phone)


def ways() -> list[str]:
    """The channels by which this server sends messages: EMAIL, SMS."""
    settings = current_app.config["SETTINGS"]
    return [way for way, works in (("EMAIL", settings.sends_mail), ("SMS", settings.sends_sms)) if works]


def gets_link(*, email: str | None, phone: str | None) -> bool:
    """Does a secret link reach this address and nobody else? The demo only shows what it would send."""
    return can_be_told(email=email, phone=phone) and not current_app.config["SETTINGS"].demo
