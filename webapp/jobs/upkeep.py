"""What keeps the book tidy. Nothing here is needed for a booking to be right."""

import logging
from collections.abc import Callable, Iterable
from functools import partial

from flask import current_app
from procrastinate import builtin_tasks

from webapp.config import Settings
from webapp.core.rate_limits import forget_expired
from webapp.core.tenancy import tenant_scope
from webapp.jobs.queue import queue
from webapp.queries.clinics import all_tenant_ids
from webapp.queries.outbox import clinics_waiting
from webapp.rules.waitlist import Reach
from webapp.services.event_chain import seal_events
from webapp.services.freed_times import freed_slots, remember_look
from webapp.services.manage_links import forget_links
from webapp.services.patient_holds import forget_answers
from webapp.services.slots import extend_horizon
from webapp.services.sweep import sweep_holds
from webapp.services.waitlist import end_entries, expire_offers, offer_next
from webapp.web.outage import write_sheets

log = logging.getLogger(__name__)

KEEP_JOBS_HOURS = 72


def for_every_clinic(work: Callable[[], object]) -> None:
    for_clinics(all_tenant_ids(), work)


def for_clinics(tenant_ids: Iterable[str], work: Callable[[], object]) -> None:
    """One clinic's failure must not keep the others waiting."""
    for tenant_id in tenant_ids:
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


def tend_waitlist(reach: Reach) -> None:
    """End offers and holds that ran out; offer what came free to the next in line whom a message reaches."""
    expire_offers()
    sweep_holds()
    freed = freed_slots()
    for slot_id in freed.slot_ids:
        offer_next(slot_id=slot_id, actor="waitlist", reach=reach)
    if freed.looked_at:
        remember_look(looked_at=freed.looked_at)


@queue.periodic(cron="* * * * * */2")
@queue.task(queueing_lock="waitlist")
def waitlist(timestamp: int) -> None:
    """Keep the offers of the waiting lists moving; one question to the database where nobody waits."""
    settings: Settings = current_app.config["SETTINGS"]
    reach = Reach(mail=settings.sends_mail, sms=settings.sends_sms)
    for_clinics(clinics_waiting(), partial(tend_waitlist, reach))


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
    """Remove counters of tries whose window is over, links to visits long past, answers to no booking, and wishes for
    days that are over."""
    forget_expired()
    for_every_clinic(forget_links)
    for_every_clinic(forget_answers)
    for_every_clinic(end_entries)


@queue.periodic(cron="41 3 * * *")
@queue.task(queueing_lock="old_jobs", pass_context=True)
async def remove_old_jobs(context: object, timestamp: int) -> None:
    await builtin_tasks.remove_old_jobs(context, max_hours=KEEP_JOBS_HOURS, remove_failed=True)  # type: ignore[arg-type]
