"""A message as it goes out: the clinic's words in the patient's language, filled in at the moment of sending.

Everything here works inside in_language(), which stands for the request that a letter does not have.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from uuid import UUID

from flask import current_app, g, render_template, url_for
from flask_babel import force_locale
from markupsafe import Markup, escape

from webapp.core.mail import mailbox
from webapp.core.timezones import utc_now
from webapp.queries.appointments import AppointmentView
from webapp.queries.clinics import Clinic
from webapp.rules.letters import fill, paragraphs
from webapp.web import links
from webapp.web.calendar_file import FILE_NAME, calendar_file, method_of
from webapp.web.filters import clock, day_full, day_of_instant, moment, zone_name
from webapp.web.languages import of_clinic
from webapp.web.wording import Words, house_words

#: These put the visit into the patient's calendar, change it there or take it out.
_WITH_CALENDAR: Final = ("CONFIRMATION", "CHANGE", "CANCELLATION")


@dataclass(frozen=True, slots=True)
class Letter:
    """What there is to say: ``message_id`` names the message for good, ``token`` opens the visit's page."""

    message_id: UUID
    kind: str
    visit: AppointmentView
    token: str


@contextmanager
def in_language(clinic: Clinic, locale: str | None) -> Iterator[None]:
    """The clinic's pages in a language, with links that lead there from outside; without one, the clinic's own."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.test_request_context(base_url=app.config["SETTINGS"].address):
        g.clinic = clinic
        with force_locale(of_clinic(locale or clinic.locale)):
            yield


def compose(letter: Letter, address: str) -> EmailMessage:
    """The mail. Its Message-ID comes from the message's row, so that whoever gets it twice can tell.

    Raises Refused for an address that is none.
    """
    values = places(letter)
    words = words_for(letter.kind, "EMAIL")
    text = fill(words.body, values)
    mail = EmailMessage(policy=SMTP)
    sender = str(current_app.config["SETTINGS"].sender)
    mail["From"] = mailbox(sender, name=g.clinic.name)
    mail["To"] = mailbox(address)
    mail["Subject"] = " ".join(fill(words.subject, values).split())
    mail["Message-ID"] = message_id(letter.message_id, sender)
    mail["Date"] = format_datetime(utc_now())
    mail["Auto-Submitted"] = "auto-generated"
    if letter.kind == "REMINDER":
        mail["List-Unsubscribe"] = f"<{values['stop']}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(f"{text}\n")
    mail.add_alternative(page_of(str(mail["Subject"]), text, values), subtype="html")
    if letter.kind in _WITH_CALENDAR:
        _add_calendar(mail, letter.visit, organizer=sender, attendee=address)
    return mail


def message_id(message: UUID, sender: str) -> str:
    """The same for the same message, however often it is sent."""
    return f"<{message}@{sender.rpartition('@')[2]}>"


def short_text(letter: Letter) -> str:
    """The SMS, on one line."""
    return " ".join(fill(words_for(letter.kind, "SMS").body, places(letter)).split())


def words_for(kind: str, channel: str) -> Words:
    """The clinic's words for this kind of message in the language that is set."""
    return house_words(kind, channel)


def places(letter: Letter) -> Mapping[str, str]:
    """What goes into the words: when, where and a way in; nothing of what for."""
    visit = letter.visit
    return {
        "clinic": g.clinic.name,
        "place": g.clinic.address or "",
        "phone": g.clinic.phone or "",
        "date": day_full(day_of_instant(visit.start)),
        "time": f"{clock(visit.start)} ({zone_name()})",
        "until": moment(visit.expires_at) if visit.expires_at else "",
        "link": url_for("patient.visit", token=letter.token, _external=True),
        "stop": _stop_link(visit),
    }


def page_of(subject: str, text: str, values: Mapping[str, str]) -> str:
    """The HTML part: the same words, with links to press."""
    blocks = [[_linked(line, values) for line in lines] for lines in paragraphs(text)]
    return render_template("mail/letter.html", subject=subject, blocks=blocks)


def _stop_link(visit: AppointmentView) -> str:
    if visit.patient_id is None:
        return ""
    return url_for("patient.reminders", token=links.seal("reminders", visit.patient_id), _external=True)


def _linked(line: str, values: Mapping[str, str]) -> Markup:
    """A line with our own links made links, each shown as the words before it."""
    for link in filter(None, (values["link"], values["stop"])):
        if line.endswith(link):
            words = line.removesuffix(link).strip().rstrip(":") or link
            return Markup('<a href="{}">{}</a>').format(link, words)
    return escape(line)


def _add_calendar(mail: EmailMessage, visit: AppointmentView, *, organizer: str, attendee: str) -> None:
    """Once as another form of the letter, which calendars act on, and once to open by hand."""
    file = calendar_file(visit, g.clinic, now=utc_now(), organizer=organizer, attendee=attendee)
    method = method_of(visit, sent=True)
    kind = {"maintype": "text", "subtype": "calendar"}
    mail.add_alternative(file, **kind, params={"method": method, "charset": "utf-8"})
    mail.add_attachment(file, **kind, filename=FILE_NAME, params={"charset": "utf-8"})
