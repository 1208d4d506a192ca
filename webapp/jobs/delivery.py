"""Sending what patients are told: a clinic at a time, a message at a time, each marked with what became of it."""

import logging
import sys
import threading
import time
from typing import Final

from flask import current_app

from webapp.config import Settings
from webapp.core.mail import Delayed, Post, Refused, Unreachable
from webapp.core.sms import ConsoleSms, HttpSms, NoSms, SmsGateway
from webapp.core.tenancy import current_tenant, tenant_scope
from webapp.jobs.queue import queue
from webapp.jobs.upkeep import for_every_clinic
from webapp.queries.appointments import find_appointment
from webapp.queries.clinics import find_clinic
from webapp.queries.outbox import clinics_with_mail
from webapp.services.manage_links import make_link
from webapp.services.messages import Lease, Outgoing, lease_next, look_again, mark_sent, put_off
from webapp.services.reminders import enqueue_reminders
from webapp.web import links
from webapp.web.letters import Letter, compose, in_language, short_text
from webapp.web.post import post_here

log = logging.getLogger(__name__)

#: Seconds for one clinic at a turn, so that none waits long behind another's slow addresses.
TURN: Final = 10.0
# One round at a time in this process. No lock in the database: a worker that is killed would keep it.
_underway = threading.Lock()


@queue.periodic(cron="* * * * * */3")
@queue.task(queueing_lock="deliver")
def deliver(timestamp: int) -> None:
    """Send what is due."""
    if _underway.acquire(blocking=False):
        try:
            settings: Settings = current_app.config["SETTINGS"]
            deliver_due(post_here(), gateway_by(settings))
        finally:
            _underway.release()


@queue.periodic(cron="* * * * * 40")
@queue.task(queueing_lock="remind")
def remind(timestamp: int) -> None:
    """Write down the reminders whose time comes."""
    for_every_clinic(enqueue_reminders)


def deliver_due(post: Post, gateway: SmsGateway) -> None:
    """A turn for each clinic that has something due; what one clinic's mail does keeps no other waiting."""
    try:
        for tenant_id in clinics_with_mail():
            try:
                with tenant_scope(tenant_id):
                    take_turn(post, gateway)
            except Exception:
                log.exception("the messages of a clinic could not be sent")
    finally:
        post.close()


def gateway_by(settings: Settings) -> SmsGateway:
    """The way for short messages that the settings name."""
    if settings.sms_url:
        return HttpSms(settings.sms_url, settings.sms_token, timeout=settings.delivery_timeout_seconds)
    return ConsoleSms(sys.stdout) if settings.demo else NoSms()


def take_turn(post: Post, gateway: SmsGateway) -> None:
    """Send what the current clinic has due, for TURN seconds at most."""
    until = time.monotonic() + TURN
    while time.monotonic() < until:
        lease = lease_next()
        if lease is None or not _deliver(lease, post, gateway):
            return


def _deliver(lease: Lease, post: Post, gateway: SmsGateway) -> bool:
    """Send a taken message and say what became of it; whether there is sense in trying the next."""
    try:
        _send(lease, post, gateway)
    except Refused as error:
        put_off(lease=lease, error=error.code, for_good=True)
    except Unreachable as error:
        put_off(lease=lease, error=error.code)
        return False
    except Delayed as error:
        put_off(lease=lease, error=error.code)
    except Exception:
        log.exception("a message could not be written")
        put_off(lease=lease, error="fault")
    return True


def _send(lease: Lease, post: Post, gateway: SmsGateway) -> None:
    if lease.channel == "EMAIL":
        post.open()  # first, since it may take long: what is looked at must be as it is when it is sent
    outgoing = look_again(lease=lease)
    if outgoing is None:
        return
    clinic = find_clinic(current_tenant())
    assert clinic is not None
    with in_language(clinic, outgoing.locale):
        letter = _letter(outgoing)
        if outgoing.channel == "EMAIL":
            post.send(compose(letter, outgoing.address))
        else:
            gateway.send(to=outgoing.address, text=short_text(letter), key=str(outgoing.id))
    mark_sent(lease=lease)


def _letter(outgoing: Outgoing) -> Letter:
    visit = find_appointment(outgoing.appointment_id) if outgoing.appointment_id else None
    if outgoing.entry_id:  # who waits has one link for as long as they wait, whatever is offered to them
        return Letter(outgoing.id, outgoing.kind, visit, links.seal("wait", outgoing.entry_id))
    assert visit is not None
    return Letter(outgoing.id, outgoing.kind, visit, make_link(appointment_id=visit.id))
