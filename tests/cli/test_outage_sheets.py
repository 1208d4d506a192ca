"""flask outage-sheets: the files of every clinic that has somebody to see, now."""

import pytest

pytestmark = pytest.mark.usefixtures("demo_app")


def test_every_clinics_files_are_written(demo_app, tmp_path, monkeypatch):
    folder = tmp_path / "outage"
    monkeypatch.setattr(demo_app.config["SETTINGS"], "outage_folder", folder)
    result = demo_app.test_cli_runner().invoke(args=["outage-sheets"])
    assert result.exit_code == 0, result.output
    assert str(folder) in result.output
    assert sorted(len(list(one.glob("*.html"))) for one in folder.iterdir()) == [2]
