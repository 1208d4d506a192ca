"""A message as it goes out: the clinic's words in the patient's language, filled in at the moment of sending.

Everything here works inside in_language(), which stands for the request that a letter does not have.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from uuid import UUID, uuid4

from flask import current_app, g, render_template, url_for
from flask_babel import force_locale, get_locale, gettext
from markupsafe import Markup, escape

from webapp.core.mail import mailbox
from webapp.core.timezones import utc_now
from webapp.queries.appointments import AppointmentView
from webapp.queries.clinics import Clinic
from webapp.queries.letters import own_words
from webapp.rules.letters import TO_WHO_WAITS, Words, fill, paragraphs
from webapp.web import links
from webapp.web.calendar_file import FILE_NAME, calendar_file, method_of
from webapp.web.clock import bounds_of, today
from webapp.web.errors import one_way
from webapp.web.filters import clock, day_full, day_of_instant, moment, zone_name
from webapp.web.languages import of_clinic
from webapp.web.wording import house_words

#: These put the visit into the patient's calendar, change it there or take it out.
_WITH_CALENDAR: Final = ("CONFIRMATION", "CHANGE", "CANCELLATION")
_NO_TOKEN: Final = "0" * 22  # opens nothing


@dataclass(frozen=True, slots=True)
class Letter:
    """What there is to say: ``message_id`` names the message for good, ``token`` opens the page of the visit, or of
    whoever waits for one."""

    message_id: UUID
    kind: str
    visit: AppointmentView | None
    token: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Words as they would go out: ``page`` is the HTML part, ``values`` what stands in their places."""

    subject: str
    text: str
    page: str
    values: Mapping[str, str]


@contextmanager
def in_language(clinic: Clinic, locale: str | None) -> Iterator[None]:
    """The clinic's pages in a language, with links that lead there from outside; without one, the clinic's own."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    # Within a page too: a context of its own, so that its end is not the end of what the page began.
    with app.app_context(), app.test_request_context(base_url=app.config["SETTINGS"].address):
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
    mail = _addressed(address, _subject(words, values), letter.message_id)
    if letter.kind == "REMINDER":
        mail["List-Unsubscribe"] = f"<{values['stop']}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(f"{text}\n")
    mail.add_alternative(page_of(str(mail["Subject"]), text, values), subtype="html")
    if letter.visit and letter.kind in _WITH_CALENDAR:
        _add_calendar(mail, letter.visit, organizer=_sender(), attendee=address)
    return mail


def trial_letter(address: str) -> EmailMessage:
    """A letter that says nothing but that letters arrive. Raises Refused for an address that is none."""
    mail = _addressed(address, gettext("Test of mail from %(clinic)s", clinic=g.clinic.name), uuid4())
    mail.set_content(gettext("Mail from the appointment book arrives. Patients get theirs the same way.") + "\n")
    return mail


def message_id(message: UUID, sender: str) -> str:
    """The same for the same message, however often it is sent."""
    return f"<{message}@{sender.rpartition('@')[2]}>"


def short_text(letter: Letter) -> str:
    """The SMS, on one line."""
    return " ".join(fill(words_for(letter.kind, "SMS").body, places(letter)).split())


def words_for(kind: str, channel: str) -> Words:
    """The words for this kind of message in the language that is set: the clinic's own, else the house's."""
    return own_words(kind, channel, str(get_locale().language)) or house_words(kind, channel)


def places(letter: Letter) -> Mapping[str, str]:
    """What goes into the words: when, where and a way in; nothing of what for."""
    link, visit = _page_link(letter.kind, letter.token), letter.visit
    if visit is None:
        return _filled(None, until=None, link=link, stop="")
    return _filled(visit.start, until=visit.expires_at, link=link, stop=_stop_link(visit))


def made_up(kind: str) -> Mapping[str, str]:
    """The same for a visit that nobody booked, next week at half past nine, to show words with."""
    start = bounds_of(today() + timedelta(days=7))[0] + timedelta(hours=9, minutes=30)
    stop = url_for("patient.reminders", token=_NO_TOKEN, _external=True)
    return _filled(start, until=start - timedelta(days=1), link=_page_link(kind, _NO_TOKEN), stop=stop)


def show(words: Words, *, kind: str, channel: str) -> Shown:
    """How words would go out today, in the language that is set."""
    values = made_up(kind)
    text = fill(words.body, values)
    if channel == "SMS":
        return Shown("", " ".join(text.split()), "", values)
    subject = _subject(words, values)
    return Shown(subject, text, page_of(subject, text, values), values)


def page_of(subject: str, text: str, values: Mapping[str, str]) -> str:
    """The HTML part: the same words, with links to press."""
    blocks = [[_linked(line, values) for line in lines] for lines in paragraphs(text)]
    return render_template("mail/letter.html", subject=subject, blocks=blocks)


def _page_link(kind: str, token: str) -> str:
    page = "patient.waiting" if kind in TO_WHO_WAITS else "patient.visit"
    return url_for(page, token=token, _external=True)


def _stop_link(visit: AppointmentView) -> str:
    if visit.patient_id is None:
        return ""
    return url_for("patient.reminders", token=links.seal("reminders", visit.patient_id), _external=True)


def _linked(line: str, values: Mapping[str, str]) -> Markup:
    """A line with our own links made links; one at its end is shown as the words before it."""
    links_here = [link for link in (values["link"], values["stop"]) if link and link in line]
    if len(links_here) == 1 and line.endswith(links_here[0]) and line.count(links_here[0]) == 1:
        words = line.removesuffix(links_here[0]).strip().rstrip(":") or links_here[0]
        return _anchor(links_here[0], words)
    shown = escape(line)
    for link in links_here:
        shown = shown.replace(escape(link), _anchor(link, link))
    return shown


def _anchor(link: str, words: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(link, words)


def _filled(start: datetime | None, *, until: datetime | None, link: str, stop: str) -> Mapping[str, str]:
    return {
        "clinic": g.clinic.name,
        "place": g.clinic.address or "",
        "phone": one_way(g.clinic.phone or ""),
        "date": day_full(day_of_instant(start)) if start else "",
        "time": f"{clock(start)} ({zone_name()})" if start else "",
        "until": moment(until) if until else "",
        "link": link,
        "stop": stop,
    }


def _subject(words: Words, values: Mapping[str, str]) -> str:
    return " ".join(fill(words.subject, values).split())


def _sender() -> str:
    return str(current_app.config["SETTINGS"].sender)


def _addressed(address: str, subject: str, message: UUID) -> EmailMessage:
    """The head of a letter from the clinic."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = mailbox(_sender(), name=g.clinic.name)
    mail["To"] = mailbox(address)
    mail["Subject"] = subject
    mail["Message-ID"] = message_id(message, _sender())
    mail["Date"] = format_datetime(utc_now())
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _add_calendar(mail: EmailMessage, visit: AppointmentView, *, organizer: str, attendee: str) -> None:
    """Once as another form of the letter, which calendars act on, and once to open by hand."""
    file = calendar_file(visit, g.clinic, now=utc_now(), organizer=organizer, attendee=attendee)
    method = method_of(visit, sent=True)
    kind = {"maintype": "text", "subtype": "calendar"}
    mail.add_alternative(file, **kind, params={"method": method, "charset": "utf-8"})
    mail.add_attachment(file, **kind, filename=FILE_NAME, params={"charset": "utf-8"})
