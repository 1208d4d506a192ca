"""GET /desk/outage: where the files are, how fresh, and a warning in time."""

import os
import time

import pytest

from webapp.core.tenancy import tenant_scope
from webapp.web import outage


@pytest.fixture
def folder(app, tmp_path, monkeypatch, clinic):
    monkeypatch.setattr(app.config["SETTINGS"], "outage_folder", tmp_path / "outage")
    with app.app_context(), tenant_scope(clinic.id):
        return outage.folder()


def test_none_yet(olga, folder):
    page = olga.get("/desk/outage")
    assert "None has been written yet." in page.text
    assert page.one(".notice.bad")
    assert str(folder) in page.text


def test_fresh(app, olga, folder, clinic):
    with app.app_context(), tenant_scope(clinic.id):
        outage.write_sheets()
    page = olga.get("/desk/outage")
    assert page.one(".notice.good")
    assert len(page.soup.select("dd code")) == 3


def test_the_files_can_be_saved(app, olga, visitor, folder, clinic):
    with app.app_context(), tenant_scope(clinic.id):
        outage.write_sheets()
    link = olga.get("/desk/outage").soup.select_one("dd a")["href"]
    answer = olga.get(link).response
    assert answer.data == min(folder.glob("*.html")).read_bytes()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert olga.get("/desk/outage/2001-01-01").status == 404
    assert visitor.get(link).path.endswith("/sign-in")


@pytest.mark.parametrize(("minutes", "warned"), [(14, False), (16, True)])
def test_older_than_fifteen_minutes(app, olga, folder, clinic, minutes, warned):
    with app.app_context(), tenant_scope(clinic.id):
        outage.write_sheets()
    for path in folder.glob("*.html"):
        os.utime(path, (time.time() - minutes * 60,) * 2)
    assert bool(olga.get("/desk/outage").soup.select(".notice.bad")) is warned


def test_tomorrows_sheet_does_not_stand_in_for_todays(app, olga, folder, clinic):
    with app.app_context(), tenant_scope(clinic.id):
        outage.write_sheets()
    min(folder.glob("*.html")).unlink()
    assert olga.get("/desk/outage").one(".notice.bad")


def test_wrong_method(olga):
    assert olga.post("/desk/outage").status == 405
