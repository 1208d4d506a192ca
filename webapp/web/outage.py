"""Today and tomorrow as files that open without a server. They hold names: only the process' owner may read them."""

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import current_app, g, render_template
from flask_babel import force_locale
from markupsafe import Markup

from webapp.core.tenancy import current_tenant
from webapp.core.timezones import local_day, utc_now
from webapp.core.transactions import one_snapshot
from webapp.queries.clinics import Clinic, find_clinic
from webapp.queries.day_sheet import day_sheets
from webapp.web.languages import of_clinic

STALE_AFTER_MINUTES = 15
DAYS_AHEAD = 1
_OF_A_DAY = re.compile(r"(\d{4}-\d\d-\d\d)\.html(\.new)?")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """``seen_right`` is when the job last found, or made, the file to be as the book is (UTC)."""

    day: date
    path: Path
    seen_right: datetime


def folder() -> Path:
    """The current clinic's; the digest keeps two clinics apart whose ids a file system would take for one."""
    name = re.sub(r"[^a-z0-9]+", "-", current_tenant().lower()).strip("-")[:40] or "clinic"
    digest = hashlib.sha256(current_tenant().encode()).hexdigest()[:8]
    return Path(current_app.config["SETTINGS"].outage_path).expanduser() / f"{name}-{digest}"


def kept_files() -> list[KeptFile]:
    """What is in the folder, by day."""
    found = []
    for path in sorted(folder().glob("*.html")):
        known = _OF_A_DAY.fullmatch(path.name)
        if known:
            seen = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            found.append(KeptFile(date.fromisoformat(known[1]), path, seen))
    return found


def is_stale(kept: list[KeptFile]) -> bool:
    """Would somebody who needs today's sheet now be misled, or find none?"""
    fresh = utc_now() - timedelta(minutes=STALE_AFTER_MINUTES)
    today = local_day(utc_now(), g.clinic.timezone)
    return not any(one.day == today and one.seen_right >= fresh for one in kept)


def write_sheets() -> None:
    """Bring the current clinic's files up to date. What has not changed is not written, only marked as seen."""
    clinic = find_clinic(current_tenant())
    if clinic is None:
        return
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context(), force_locale(of_clinic(clinic.locale)), one_snapshot():
        g.clinic = clinic
        _write_days(clinic, utc_now())


def _write_days(clinic: Clinic, now: datetime) -> None:
    today = local_day(now, clinic.timezone)
    wanted = {}
    for day in (today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD + 1)):
        sheets = day_sheets(day=day, zone=clinic.timezone, now=now)
        if sheets:
            wanted[f"{day.isoformat()}.html"] = {"day": day, "sheets": sheets}
    place = folder()
    if wanted:
        # Each by itself: parents=True would give the upper folder the usual mode.
        place.parent.parent.mkdir(parents=True, exist_ok=True)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        place.mkdir(mode=0o700, exist_ok=True)
    for name, context in wanted.items():
        _keep(place / name, context, now)
    _remove_others(place, set(wanted))


def _keep(path: Path, context: dict[str, object], now: datetime) -> None:
    style = Markup((Path(str(current_app.static_folder)) / "css" / "sheet.css").read_text())  # noqa: S704 - our own file
    context = context | {"only_initials": False, "style": style}
    digest = hashlib.sha256(render_template("desk/outage_sheet.html", **context).encode()).hexdigest()
    if path.exists() and digest in path.read_text()[:1000]:
        os.utime(path)
        return
    _replace(path, render_template("desk/outage_sheet.html", **context, digest=digest, printed_at=now))


def _replace(path: Path, page: str) -> None:
    """All or nothing: who opens the file sees the old day or the new one, and so does a power cut."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(page)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _remove_others(place: Path, wanted: set[str]) -> None:
    """Days gone by, and what an interrupted write left; files that are not ours stay."""
    for path in place.glob("*"):
        if _OF_A_DAY.fullmatch(path.name) and path.name not in wanted:
            path.unlink()
