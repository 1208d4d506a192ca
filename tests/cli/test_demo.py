"""The demo clinic, loaded once: what it promises, its days as files, and clearing it, which comes last."""


def test_the_demo_is_what_it_promises(demo_app, count_of):
    assert demo_app.test_cli_runner().invoke(args=["integrity"]).exit_code == 0
    assert count_of("specialists WHERE tenant_id = 'riverside'") == 4
    assert count_of("patients WHERE tenant_id = 'riverside'") >= 400
    assert count_of("time_slots WHERE capacity = 8") > 50
    assert count_of("patients WHERE reference LIKE 'user_%' AND tenant_id = 'default'") == 4
    assert count_of("appointments WHERE status = 'HOLD'") >= 1
    # Fewer rows than autovacuum looks at by itself.
    assert count_of("pg_statistic WHERE starelid = 'specialists'::regclass") > 0
    today = "(start_time AT TIME ZONE 'Europe/Berlin')::date = (now() AT TIME ZONE 'Europe/Berlin')::date"
    single = f"time_slots WHERE tenant_id = 'riverside' AND capacity = 1 AND {today}"
    assert 0.6 < count_of(f"{single} AND status <> 'AVAILABLE'") / count_of(single) < 0.75
    again = demo_app.test_cli_runner().invoke(args=["seed-demo"])
    assert (again.exit_code, again.output) == (0, "")


def test_every_clinics_files_are_written(demo_app, tmp_path, monkeypatch):
    folder = tmp_path / "outage"
    monkeypatch.setattr(demo_app.config["SETTINGS"], "outage_folder", folder)
    result = demo_app.test_cli_runner().invoke(args=["outage-sheets"])
    assert result.exit_code == 0, result.output
    assert str(folder) in result.output
    assert sorted(len(list(one.glob("*.html"))) for one in folder.iterdir()) == [2]


def test_reset_asks_before_it_clears_the_demo(demo_app):
    runner = demo_app.test_cli_runner()
    before = runner.invoke(args=["bookings", "show", "--tenant", "riverside"]).output
    declined = runner.invoke(args=["bookings", "reset"], input="n\n")
    assert "Remove all" in declined.output
    assert runner.invoke(args=["bookings", "show", "--tenant", "riverside"]).output == before != ""
    assert runner.invoke(args=["bookings", "reset"], input="y\n").exit_code == 0
    assert runner.invoke(args=["bookings", "show", "--tenant", "riverside"]).output == ""
    assert runner.invoke(args=["integrity"]).exit_code == 0
