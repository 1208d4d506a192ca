"""The hash chain over a clinic's events, written a moment after them so that bookings never queue for its end."""

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import TryAgain, transactional
from webapp.models import AppointmentEvent, EventLink
from webapp.rules.chain import digest

BATCH = 2000


@transactional
def seal_events(session: Session) -> int:
    """Chain up to 2,000 events that are not chained yet; how many it chained."""
    tenant_id = current_tenant()
    last = session.execute(
        select(EventLink.position, EventLink.digest).filter_by(tenant_id=tenant_id).order_by(EventLink.position.desc())
    ).first()
    position, previous = (last.position, last.digest) if last else (0, b"")
    unsealed = (
        select(AppointmentEvent)
        .where(AppointmentEvent.tenant_id == tenant_id)
        .where(
            ~select(EventLink.event_id)
            .where(EventLink.tenant_id == tenant_id, EventLink.event_id == AppointmentEvent.id)
            .exists()
        )
        .order_by(AppointmentEvent.created_at, AppointmentEvent.id)
        .limit(BATCH)
    )
    links = []
    for event in session.scalars(unsealed):
        position += 1
        previous = digest(previous, event)
        links.append({"tenant_id": tenant_id, "position": position, "event_id": event.id, "digest": previous})
    if links:
        try:
            session.execute(insert(EventLink), links)
        except IntegrityError:  # another worker sealed these meanwhile
            raise TryAgain from None
    return len(links)
