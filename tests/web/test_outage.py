"""The files for a day without the server: what is in them, who may read them, and when they are written."""

import os
import stat
from datetime import timedelta

import pytest

from tests.conftest import make_clinic
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import local_day, utc_now
from webapp.services.appointments import cancel
from webapp.services.booking import book
from webapp.web import outage


@pytest.fixture
def root(app, tmp_path, monkeypatch):
    monkeypatch.setattr(app.config["SETTINGS"], "outage_folder", tmp_path / "kept" / "outage")
    with app.app_context():
        yield tmp_path / "kept" / "outage"


def noon(days: int = 0):
    return utc_now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=days)


@pytest.fixture
def booked(within):
    slots = [within.slot(noon(days)) for days in (0, 1)]
    return [book(slot_id=slot, patient_id=within.pat, actor="test", source="DESK").id for slot in slots]


def pages(folder) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_today_and_tomorrow(root, within, booked):
    outage.write_sheets()
    today = utc_now().date()
    found = pages(outage.folder())
    assert sorted(found) == [f"{today}.html", f"{today + timedelta(days=1)}.html"]
    for page in found.values():
        assert "Pat Doe" in page
        assert "+4930901820" in page
        assert "Dr. Sam Weiss" in page


def test_a_file_needs_nothing_else(root, within, booked):
    outage.write_sheets()
    for page in pages(outage.folder()).values():
        assert ".sheet-page" in page, "the style is in it"
        for outside in ("src=", "href=", "url(", "@import", "<script"):
            assert outside not in page


def test_only_its_owner_may_read_it(root, within, booked):
    before = os.umask(0)
    try:
        outage.write_sheets()
    finally:
        os.umask(before)
    place = outage.folder()
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()} == {0o600}


def test_a_folder_that_was_opened_on_purpose_stays_so(root, within, booked):
    outage.write_sheets()
    outage.folder().chmod(0o750)
    outage.write_sheets()
    assert stat.S_IMODE(outage.folder().stat().st_mode) == 0o750


def test_what_has_not_changed_is_not_written_only_marked(root, within, booked):
    outage.write_sheets()
    files = sorted(outage.folder().iterdir())
    for path in files:
        os.utime(path, (0, 0))
    before = [(path.stat().st_ino, path.read_text()) for path in files]
    outage.write_sheets()
    assert [(path.stat().st_ino, path.read_text()) for path in files] == before
    assert all(path.stat().st_mtime > 0 for path in files)


def test_what_has_changed_is_replaced_whole(root, within, booked):
    outage.write_sheets()
    first, second = sorted(outage.folder().iterdir())
    inodes = first.stat().st_ino, second.stat().st_ino
    cancel(appointment_id=booked[1], actor="test")
    with second.open() as reader:
        outage.write_sheets()
        assert "Pat Doe" in reader.read(), "who reads the old file reads it to the end"
    assert "Pat Doe" not in second.read_text()
    assert first.stat().st_ino == inodes[0]
    assert second.stat().st_ino != inodes[1]


def test_old_days_and_broken_writes_go_and_other_files_stay(root, within, booked):
    place = outage.folder()
    place.mkdir(parents=True)
    for name in ("2020-01-01.html", "2020-01-02.html.new", f"{utc_now().date()}.html.new", "read me.txt"):
        (place / name).write_text("left")
    outage.write_sheets()
    assert len(list(place.glob("*.html"))) == 2
    assert sorted(path.name for path in place.iterdir() if path.suffix != ".html") == ["read me.txt"]


def test_by_the_clinics_own_calendar(app, root):
    clinic = make_clinic("kiritimati", timezone="Pacific/Kiritimati")
    with tenant_scope(clinic.id):
        outage.write_sheets()
        today = local_day(utc_now(), "Pacific/Kiritimati")
        assert min(pages(outage.folder())) == f"{today}.html"


def test_each_clinic_has_its_own_folder(root, app, clinic, other_clinic):
    folders = set()
    for tenant in (clinic.id, clinic.id.upper(), other_clinic.id, "..", "a/b", "a b", "ä" * 255):
        with tenant_scope(tenant):
            folders.add(outage.folder())
    assert len({str(one).lower() for one in folders}) == 7
    assert {one.parent for one in folders} == {root}


def test_a_clinic_with_nothing_leaves_nothing(app, root):
    from webapp.services.tenants import ensure_tenant

    with tenant_scope("empty-clinic-of-the-outage"):
        ensure_tenant(name="Empty", timezone="UTC")
        outage.write_sheets()
        assert not outage.folder().exists()
