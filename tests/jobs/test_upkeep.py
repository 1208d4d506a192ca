"""What keeps the book tidy, clinic by clinic."""

from sqlalchemy import create_engine

from tests.conftest import Records, another_book, make_clinic
from webapp.core.tenancy import current_tenant, tenant_scope
from webapp.jobs.queue import queue
from webapp.jobs.upkeep import for_every_clinic
from webapp.queries.clinics import all_tenant_ids
from webapp.services.booking import book, hold
from webapp.services.event_chain import seal_events
from webapp.services.sweep import sweep_holds

ASKED = {"actor": "test", "source": "DESK"}


def test_work_is_done_for_every_clinic(app):
    first, second = make_clinic("first"), make_clinic("second")
    seen = []
    for_every_clinic(lambda: seen.append(current_tenant()))
    assert sorted(seen) == sorted(all_tenant_ids())
    assert {first.id, second.id} <= set(seen)


def test_one_clinics_failure_does_not_keep_the_others_waiting(app, caplog):
    first, second = make_clinic("first"), make_clinic("second")
    seen = []

    def work() -> None:
        if current_tenant() == first.id:
            raise RuntimeError("planted")
        seen.append(current_tenant())

    for_every_clinic(work)
    assert second.id in seen
    assert "planted" in caplog.text


def test_the_command_does_it_at_once(app, new_database):
    url = new_database("holdfast_test_upkeep")  # where no other test's clinics want tidying
    engine = create_engine(url)
    with another_book(url) as book:
        records, clinics, holds = Records(engine), [make_clinic("first"), make_clinic("second")], []
        for clinic in clinics:
            with tenant_scope(clinic.id):
                holds.append(hold(slot_id=clinic.slot(), **ASKED).id)
        records.run_out(*holds)
        result = book.test_cli_runner().invoke(args=["sweep"])
    assert result.exit_code == 0, result.output
    assert [records.appointment(one).status for one in holds] == ["EXPIRED", "EXPIRED"]
    assert [records.count("appointment_event_chain", clinic) for clinic in clinics] == [2, 2]
    engine.dispose()


def test_in_any_order_and_again(within, records):
    made = book(slot_id=within.slot(), **ASKED)
    for _ in range(2):
        seal_events()
        sweep_holds()
    assert records.appointment(made.id).status == "CONFIRMED"
    assert records.count("appointment_event_chain", within) == 1


def test_every_task_has_its_time():
    tasks = {name for name in queue.tasks if name.startswith("webapp.jobs.upkeep.")}
    periodic = {task.name for task in (entry.task for entry in queue.periodic_registry.periodic_tasks.values())}
    assert tasks
    assert tasks <= periodic
