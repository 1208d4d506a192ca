"""What administrators changed, in words: which setting, from what to what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext as _

from webapp.blueprints.admin.clinic_form import ClinicForm, label_of
from webapp.queries.availability import all_types
from webapp.queries.setting_events import PAGE, SettingEventView, setting_events
from webapp.rules.clinic_settings import ClinicSettings
from webapp.web.filters import weekday_names
from webapp.web.languages import name_of
from webapp.web.letter_names import kind_names

NOTHING = "–"
MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Told:
    """One change: ``lines`` are what is called how, what it was and what it is."""

    what: str
    who: str
    when: datetime
    lines: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Page:
    changes: list[Told]
    number: int
    has_more: bool


def history(form: ClinicForm) -> Page:
    """The page of changes that the address asks for; the first one otherwise."""
    asked = request.args.get("changes", 1, type=int)
    number = asked if 1 <= asked <= MOST_PAGES else 1
    found = setting_events(number)
    types = {str(one.id): one.name for one in all_types()}
    return Page([_told(one, form, types) for one in found[:PAGE]], number, len(found) > PAGE)


def _told(event: SettingEventView, form: ClinicForm, types: dict[str, str]) -> Told:
    days = dict(weekday_names())
    lines = [
        (_name(one["name"], form), *(_value(one[side], one["name"], days, types) for side in ("from", "to")))
        for one in event.changes
    ]
    differing = [line for line in lines if line[1] != line[2]]  # a new question has nothing where it says nothing
    return Told(_subject(event), event.actor_name or _("Set up"), event.created_at, differing)


def _subject(event: SettingEventView) -> str:
    if event.subject == "LETTER":
        kind, channel, language = event.about.split("/")
        kinds = {"EMAIL": _("E-mail"), "SMS": _("SMS")}
        return _("Letter: %(which)s", which=f"{kind_names()[kind]}, {kinds[channel]}, {name_of(language)}")
    if event.subject == "HOURS":
        return _("Hours: %(who)s", who=event.about or _("Without a specialist"))
    if event.subject == "TYPE":
        return _("Type of visit: %(name)s", name=event.about)
    return _("Question: %(words)s", words=event.about) if event.subject == "QUESTION" else _("Clinic")


def _name(name: str, form: ClinicForm) -> str:
    if name in ClinicSettings.__slots__:
        return label_of(form, name)
    return {
        "hours": _("Hours"),
        "label": _("Question"),
        "hint": _("Hint"),
        "kind": _("How it is answered"),
        "choices": _("Answers to choose from"),
        "required": _("It must be answered to book"),
        "type_ids": _("Asked for"),
        "is_active": _("Asked"),
        "position": _("Place"),
        "type": _("Name"),
        "minutes": _("Minutes"),
        "buffer_before": _("Minutes kept free before"),
        "buffer_after": _("Minutes kept free after"),
        "is_group": _("For groups"),
        "is_public": _("Patients may book it themselves"),
        "bookable": _("It can be booked"),
        "offered_by": _("Offered by"),
        "subject": _("Subject"),
        "body": _("Text"),
    }[name]


def _value(value: Any, name: str, days: dict[int, str], types: dict[str, str]) -> str:
    if name == "hours":
        return "; ".join(_interval(one, days) for one in value) or NOTHING
    if name == "type_ids":
        return ", ".join(types.get(one, NOTHING) for one in value or []) or NOTHING
    if name == "kind" and value:
        return {"TEXT": _("Own words"), "CHOICE": _("Choice"), "CONSENT": _("Consent")}[value]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or NOTHING
    return NOTHING if value in (None, "") else str(value)


def _interval(one: dict[str, Any], days: dict[int, str]) -> str:
    told = f"{days[one['weekday']]} {one['opens'][:5]}–{one['closes'][:5]}"
    length = _("%(n)s minutes", n=one["slot_minutes"])
    return f"{told}, {length}"
