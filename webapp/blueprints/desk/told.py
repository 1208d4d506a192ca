"""An appointment and what happened to it, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.queries.appointments import AppointmentView, EventView
from webapp.queries.availability import all_types
from webapp.queries.specialists import list_specialists
from webapp.web.filters import clock_range, day_full, day_of_instant, moment


@dataclass(frozen=True, slots=True)
class Told:
    words: str
    who: str
    when: datetime
    extra: str = ""


def tell(events: list[EventView]) -> list[Told]:
    """The history, oldest first; the names of specialists and types are asked for once, and only where some moved."""
    moved = any(event.event_type == "RESCHEDULED" for event in events)
    names: dict[str, str] = {}
    if moved:
        names = {str(one.id): one.full_name for one in list_specialists(active_only=False)}
        names |= {str(one.id): one.name for one in all_types()}
    return [Told(_words(event, names), who(event), event.created_at, _extra(event)) for event in events]


def summary(found: AppointmentView) -> str:
    """One line: what a form shows again when somebody else was faster."""
    day = day_full(day_of_instant(found.start))
    parts = [status_words()[found.status], day, clock_range(found.start, found.end), found.specialist_name]
    return ", ".join(part for part in [*parts, found.type_name, _priority(found.priority)] if part)


def status_words() -> dict[str, str]:
    return {
        "HOLD": _("Held"),
        "CONFIRMED": _("Confirmed"),
        "ARRIVED": _("Arrived"),
        "COMPLETED": _("Done"),
        "CANCELLED": _("Cancelled"),
        "NO_SHOW": _("No-show"),
        "EXPIRED": _("Hold ran out"),
    }


def priorities() -> dict[str, str]:
    return {"NORMAL": _("Normal"), "VIP": _("VIP"), "URGENT": _("Urgent")}


def visit_keys() -> list[tuple[str, str]]:
    """The keys that act on the visit with the focus; static/js/actions.js does what they say."""
    return [
        ("a", _("Mark as arrived")),
        ("f", _("Mark as done")),
        ("n", _("Mark as a no-show")),
        ("x", _("Cancel, after a question")),
        ("m", _("Move: arrows choose, Enter saves, Escape leaves it")),
        ("u", _("Undo what was just done")),
    ]


def who(event: EventView) -> str:
    if event.actor == g.person.actor:
        return _("you")
    if event.actor_name:
        return event.actor_name
    kind = event.actor.partition(":")[0]
    known = {"user": _("the desk"), "patient": _("the patient"), "clock": _("the clock"), "api": _("a program")}
    return known.get(kind, _("a program") if kind == "token" else event.actor)


def holder_words(source: str, taker: str | None) -> str:
    """Who holds a time: what took it, or at the desk, whoever did."""
    kinds = {"PATIENT": _("a patient"), "WAITLIST": _("the waiting list"), "SICK_DAY": _("the sick-day plan")}
    return str(kinds.get(source) or taker or _("a program"))


def _priority(priority: str) -> str:
    return "" if priority == "NORMAL" else priorities()[priority]


def _words(event: EventView, names: Mapping[str, str]) -> str:
    detail = event.detail
    if event.event_type == "RESCHEDULED":
        return _moved(detail, names)
    if event.event_type == "PRIORITY":
        change = {name: priorities().get(detail[name], "") for name in ("from", "to")}
        return _("Priority changed from %(from)s to %(to)s", **change)
    if event.event_type == "NOTED":
        return _("Note removed") if detail.get("empty") else _("Note written")
    if event.event_type == "CHANGED":
        return _("Changed: %(details)s", details=", ".join(_details()[name] for name in detail["fields"]))
    if event.event_type == "UNDONE":
        return _("Undone: %(step)s", step=status_words().get(detail.get("undid", ""), ""))
    words = _kinds().get(event.event_type, event.event_type)
    reason = detail.get("reason")
    return f"{words}: {reason}" if reason else words


def _kinds() -> dict[str, str]:
    return {
        "HELD": _("Held"),
        "BOOKED": _("Booked"),
        "SQUEEZED_IN": _("Squeezed in"),
        "TO_BE_TOLD": _("To be told"),
        "TOLD": _("Told"),
        "NAMED": _("Patient chosen"),
        "CONFIRMED": _("Confirmed"),
        "EXTENDED": _("Held longer"),
        "NOT_TOLD": _("The patient is not told"),
        "TAKEN_OVER": _("Taken over"),
        "RELEASED": _("Given back"),
        "EXPIRED": _("Hold ran out"),
        "ARRIVED": _("Arrived"),
        "COMPLETED": _("Done"),
        "NO_SHOW": _("No-show"),
        "CANCELLED": _("Cancelled"),
        "SERIES": _("Planned with further visits"),
        "BLOCKED": _("Blocked"),
    }


def _details() -> dict[str, str]:
    return {
        "full_name": _("Full name"),
        "phone": _("Phone number"),
        "email": _("E-mail address"),
        "date_of_birth": _("Date of birth"),
        "notes": _("Note for the desk"),
    }


def _moved(detail: Mapping[str, Any], names: Mapping[str, str]) -> str:
    same_place = detail.get("from_slot") and detail.get("from_slot") == detail.get("to_slot")
    if same_place and detail.get("from_type") != detail.get("to_type"):
        visits = _pair(detail, names, "type", _("not said"))
        return _("Visit changed from %(from)s to %(to)s", **visits)
    if same_place and detail.get("from_end"):
        change = {name: _minutes(detail[name], detail[f"{name}_end"]) for name in ("from", "to")}
        return _("Length changed from %(from)s to %(to)s", **change)
    change = {name: moment(datetime.fromisoformat(detail[name])) for name in ("from", "to")}
    if detail.get("from_specialist") != detail.get("to_specialist"):
        people = _pair(detail, names, "specialist", _("Without a specialist"))
        change = {name: f"{change[name]}, {people[name]}" for name in change}
    if detail.get("undo"):
        return _("Moved back from %(from)s to %(to)s", **change)
    return _("Moved from %(from)s to %(to)s", **change)


def _pair(detail: Mapping[str, Any], names: Mapping[str, str], what: str, nothing: str) -> dict[str, str]:
    return {name: names.get(detail.get(f"{name}_{what}") or "", nothing) for name in ("from", "to")}


def _minutes(start: str, end: str) -> str:
    minutes = round((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() / 60)
    return ngettext("%(num)s minute", "%(num)s minutes", minutes)


def _extra(event: EventView) -> str:
    said = []
    if event.event_type == "RESCHEDULED" and "from_status" in event.detail:
        said.append(_("Arrived again.") if event.detail["status"] == "ARRIVED" else _("Not arrived any more."))
    notify = event.detail.get("notify")
    if notify is not None:
        said.append(_("The patient is to be told.") if notify else _("The patient is not to be told."))
    return " ".join(said)
