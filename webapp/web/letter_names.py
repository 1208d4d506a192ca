"""What the parts of letters are called, for those who write them."""

from flask_babel import gettext as _

from webapp.rules.letters import TO_WHO_WAITS


def kind_names() -> dict[str, str]:
    return {
        "CONFIRMATION": _("Confirmation"),
        "CHANGE": _("Change"),
        "CANCELLATION": _("Cancellation"),
        "REMINDER": _("Reminder"),
        "OFFER": _("Offer"),
        "WAITING": _("Waiting list"),
    }


def place_names(kind: str) -> dict[str, str]:
    """What is filled in for each word in braces in letters of this kind."""
    waits = kind in TO_WHO_WAITS
    return {
        "date": _("the day of the visit"),
        "time": _("its time, with the time zone"),
        "clinic": _("the clinic's name"),
        "place": _("the clinic's address"),
        "phone": _("the clinic's phone number"),
        "link": _("opens the patient’s page on the waiting list") if waits else _("opens the page of the visit"),
        "stop": _("ends the reminders"),
        "until": _("when the offer ends"),
    }
