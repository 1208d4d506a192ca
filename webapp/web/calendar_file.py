"""A visit as a calendar file (RFC 5545): one event that keeps its UID and raises its SEQUENCE with each change."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask_babel import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from webapp.queries.appointments import AppointmentView
from webapp.queries.clinics import Clinic

MEDIA_TYPE = "text/calendar"
FILE_NAME = "visit.ics"
PRODUCT = "-//Holdfast//Appointment book//EN"
#: The right side of each UID. Not the server's address: that may change, and a calendar would keep both events.
UID_DOMAIN = "holdfast"
_STANDING = ("HOLD", "CONFIRMED", "ARRIVED", "COMPLETED")


def calendar_file(
    visit: AppointmentView, clinic: Clinic, *, now: datetime, organizer: str = "", attendee: str = ""
) -> bytes:
    """The file of a visit as it stands; ``now`` (UTC) becomes its time stamp.

    Sent from an ``organizer`` to an ``attendee`` (e-mail addresses) it is a REQUEST, downloaded without them PUBLISH;
    for a visit that is over it is a CANCEL, which takes the event out of the calendar. It says where and when, not why.
    """
    book = _book(method_of(visit, sent=bool(attendee)))
    event = _event(visit, clinic, now)
    if attendee:
        _invite(event, clinic, organizer, attendee)
    book.add_component(event)
    return bytes(book.to_ical())


def calendar_of_all(visits: Sequence[AppointmentView], clinic: Clinic, *, now: datetime) -> bytes:
    """One file to download with all of these visits that stand: an event each, under the UID that it has alone."""
    book = _book("PUBLISH")
    for visit in visits:
        if visit.status in _STANDING:
            book.add_component(_event(visit, clinic, now))
    return bytes(book.to_ical())


def _book(method: str) -> Calendar:
    book = Calendar()
    book.add("prodid", PRODUCT)
    book.add("version", "2.0")
    book.add("method", method)
    return book


def _event(visit: AppointmentView, clinic: Clinic, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{visit.id}@{UID_DOMAIN}")
    event.add("sequence", visit.version)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", visit.start.astimezone(UTC))
    if visit.end:
        event.add("dtend", visit.end.astimezone(UTC))
    event.add("status", "CONFIRMED" if visit.status in _STANDING else "CANCELLED")
    event.add("class", "PRIVATE")
    event.add("summary", _("Visit: %(clinic)s", clinic=clinic.name))
    event.add("location", ", ".join(filter(None, (clinic.name, clinic.address))))
    return event


def method_of(visit: AppointmentView, *, sent: bool) -> str:
    """What a calendar is to do with the file; a mail names it in its header too."""
    if visit.status not in _STANDING:
        return "CANCEL"
    return "REQUEST" if sent else "PUBLISH"


def _invite(event: Event, clinic: Clinic, organizer: str, attendee: str) -> None:
    """Who asks whom; nothing is asked back, the visit is booked."""
    asks = vCalAddress(f"mailto:{organizer}")
    asks.params["cn"] = vText(clinic.name)
    event["organizer"] = asks
    comes = vCalAddress(f"mailto:{attendee}")
    comes.params["partstat"] = vText("ACCEPTED")
    comes.params["rsvp"] = vText("FALSE")
    event.add("attendee", comes, encode=0)
