"""What keeps the book tidy. Nothing here is needed for a booking to be right."""

import logging
from collections.abc import Callable
from datetime import timedelta

from procrastinate import builtin_tasks

from webapp.core.rate_limits import forget_expired
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import utc_now
from webapp.jobs.queue import queue
from webapp.queries.clinics import all_tenant_ids
from webapp.services.event_chain import seal_events
from webapp.services.manage_links import forget_links
from webapp.services.patient_holds import forget_answers
from webapp.services.slots import extend_horizon
from webapp.services.sweep import sweep_holds
from webapp.services.waitlist import expire_offers, freed_slots, offer_next
from webapp.web.outage import write_sheets

log = logging.getLogger(__name__)

KEEP_JOBS_HOURS = 72
FREED_WITHIN = timedelta(minutes=10)  # ten looks for each time that came free


def for_every_clinic(work: Callable[[], object]) -> None:
    """One clinic's failure must not keep the others waiting."""
    for tenant_id in all_tenant_ids():
        try:
            with tenant_scope(tenant_id):
                work()
        except Exception:
            log.exception("%s failed", getattr(work, "__name__", "upkeep"))


@queue.periodic(cron="* * * * * */10")
@queue.task(queueing_lock="sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Flip overdue holds."""
    for_every_clinic(sweep_holds)


def tend_waitlist() -> None:
    """End offers that ran out; offer what came free to the next in line."""
    freed = [*expire_offers(), *freed_slots(since=utc_now() - FREED_WITHIN)]
    for slot_id in dict.fromkeys(freed):
        offer_next(slot_id=slot_id, actor="waitlist")


@queue.periodic(cron="* * * * * 20")
@queue.task(queueing_lock="waitlist")
def waitlist(timestamp: int) -> None:
    """Keep the offers of the waiting lists moving."""
    for_every_clinic(tend_waitlist)


@queue.periodic(cron="* * * * * 5,35")
@queue.task(queueing_lock="seal")
def seal(timestamp: int) -> None:
    """Chain the events that are not chained yet."""
    for_every_clinic(seal_events)


@queue.periodic(cron="17 * * * *")
@queue.task(queueing_lock="horizon")
def roll_horizon(timestamp: int) -> None:
    """Make the slots of the days that came into view."""
    for_every_clinic(extend_horizon)


@queue.periodic(cron="*/5 * * * *")
@queue.task(queueing_lock="outage")
def keep_outage_sheets(timestamp: int) -> None:
    """Keep today and tomorrow of every clinic as files, for when the server is down."""
    for_every_clinic(write_sheets)


@queue.periodic(cron="29 * * * *")
@queue.task(queueing_lock="forget")
def forget(timestamp: int) -> None:
    """Remove counters of tries whose window is over, links to visits long past, and answers to no booking."""
    forget_expired()
    for_every_clinic(forget_links)
    for_every_clinic(forget_answers)


@queue.periodic(cron="41 3 * * *")
@queue.task(queueing_lock="old_jobs", pass_context=True)
async def remove_old_jobs(context: object, timestamp: int) -> None:
    await builtin_tasks.remove_old_jobs(context, max_hours=KEEP_JOBS_HOURS, remove_failed=True)  # type: ignore[arg-type]
