"""What a clinic says to its patients unless it writes its own words; {places} are filled in when it is sent."""

from flask_babel import gettext as _

from webapp.rules.letters import Words


def house_words(kind: str, channel: str) -> Words:
    """The house's own words, in the language that is set."""
    return _short()[kind] if channel == "SMS" else _long()[kind]


def _long() -> dict[str, Words]:
    when_and_where = "{date}\n{time}\n{clinic}\n{place}\n{phone}"
    manage = _("See, move or cancel your visit: {link}")
    return {
        "CONFIRMATION": Words(
            _("Your visit on {date}"),
            f"{_('Your visit is booked.')}\n\n{when_and_where}\n\n{manage}",
        ),
        "CHANGE": Words(
            _("Changed: your visit on {date}"),
            f"{_('Your visit has changed. It is now:')}\n\n{when_and_where}\n\n{manage}",
        ),
        "CANCELLATION": Words(
            _("Cancelled: your visit on {date}"),
            f"{_('This visit has been cancelled:')}\n\n{when_and_where}\n\n{_('See the details: {link}')}",
        ),
        "REMINDER": Words(
            _("Reminder: your visit on {date}"),
            f"{_('We are expecting you:')}\n\n{when_and_where}\n\n{manage}\n\n{_('No more reminders: {stop}')}",
        ),
        "OFFER": Words(
            _("A time is free for you: {date}"),
            f"{_('A time has come free for you. It is kept for you until {until}.')}\n\n{when_and_where}\n\n"
            f"{_('Take it or leave it: {link}')}",
        ),
        "WAITING": Words(
            _("You are on the waiting list"),
            f"{_('When a time comes free that suits you, we write to you and keep it for you for a while.')}"
            "\n\n{clinic}\n{place}\n{phone}\n\n" + _("See or change what you wait for, or leave the list: {link}"),
        ),
    }


def _short() -> dict[str, Words]:
    return {
        "CONFIRMATION": Words("", _("{clinic}: your visit is booked for {date}, {time}. {link}")),
        "CHANGE": Words("", _("{clinic}: your visit is now on {date}, {time}. {link}")),
        "CANCELLATION": Words("", _("{clinic}: your visit on {date}, {time} is cancelled. {link}")),
        "REMINDER": Words("", _("{clinic}: we are expecting you on {date}, {time}. {link} No more reminders: {stop}")),
        "OFFER": Words("", _("{clinic}: {date}, {time} is free for you, kept until {until}. {link}")),
        "WAITING": Words("", _("{clinic}: you are on the waiting list. See, change or leave: {link}")),
    }
