from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, or_, select, text

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import Appointment, ManageLink
from webapp.rules.manage_links import KEPT_FOR, digest


def managed_by(token: str) -> UUID | None:
    """The appointment that a link's token opens now; None for an unknown, an expired and another clinic's alike."""
    return next(iter(opened_by([token])), None)


def opened_by(tokens: Sequence[str]) -> dict[UUID, str]:
    """The appointments that these links' tokens open now, each with its token."""
    by_digest = {digest(token): token for token in tokens}
    with reading() as connection:
        rows = connection.execute(_OPENED, {"tenant": current_tenant(), "tokens": list(by_digest)}).all()
    return {row.appointment_id: by_digest[row.token_hash] for row in rows}


def _opened() -> Select[UUID, bytes]:
    now = func.clock_timestamp()
    ended = func.coalesce(Appointment.end_time, Appointment.start_time)
    return (
        select(ManageLink.appointment_id, ManageLink.token_hash)
        .join(
            Appointment,
            and_(Appointment.tenant_id == ManageLink.tenant_id, Appointment.id == ManageLink.appointment_id),
        )
        .where(ManageLink.tenant_id == bindparam("tenant"))
        .where(ManageLink.token_hash.in_(bindparam("tokens", expanding=True)))
        .where(or_(ManageLink.expires_at > now, ended > now - KEPT_FOR))
    )


_OPENED = _opened()  # built once: every page of a visit asks for it


# From the birth date, whose patients an index finds, and not from the reference: so the work is the same whether or not
# there is such a reference. The two halves read a partial index each.
_BEHIND = text("""
    SELECT a.id FROM patients p JOIN appointments a ON a.tenant_id = p.tenant_id AND a.patient_id = p.id
    WHERE p.tenant_id = :tenant AND p.date_of_birth = :born
      AND a.status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED') AND a.status <> 'HOLD'
      AND receipt_of(a.id) = :receipt
      AND coalesce(a.end_time, a.start_time) > clock_timestamp() - CAST(:kept AS interval)
    UNION ALL
    SELECT a.id FROM patients p JOIN appointments a ON a.tenant_id = p.tenant_id AND a.patient_id = p.id
    WHERE p.tenant_id = :tenant AND p.date_of_birth = :born
      AND a.status IN ('CANCELLED', 'NO_SHOW')
      AND receipt_of(a.id) = :receipt
      AND coalesce(a.end_time, a.start_time) > clock_timestamp() - CAST(:kept AS interval)
    LIMIT 1
""")


def visit_behind(*, receipt: str, born: date) -> UUID | None:
    """The booked visit with this end of its id (``references.end_of_id``) of a patient born that day; None: there is
    none, it is another patient's, the clinic does not know the birth date, or it was more than a week ago."""
    asked = {"tenant": current_tenant(), "receipt": receipt, "born": born, "kept": KEPT_FOR}
    with reading() as connection:
        return connection.execute(_BEHIND, asked).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class WaysBack:
    """How somebody who lost the page of a visit comes back to it: by its reference, as the clinic knows the birth date,
    and by the newest message with the link. ``channel`` is EMAIL or SMS, None where there is no such message."""

    by_reference: bool
    channel: str | None
    is_sent: bool


_WAYS_BACK = text("""
    SELECT p.date_of_birth IS NOT NULL, m.channel, coalesce(m.status = 'SENT', false)
    FROM appointments a
    JOIN patients p ON p.tenant_id = a.tenant_id AND p.id = a.patient_id
    LEFT JOIN LATERAL (
        SELECT channel, status FROM messages
        WHERE tenant_id = a.tenant_id AND appointment_id = a.id
          AND kind IN ('CONFIRMATION', 'CHANGE') AND status IN ('QUEUED', 'SENDING', 'SENT')
        ORDER BY created_at DESC LIMIT 1
    ) m ON true
    WHERE a.tenant_id = :tenant AND a.id = :id
""")


def ways_back(appointment_id: UUID) -> WaysBack:
    with reading() as connection:
        row = connection.execute(_WAYS_BACK, {"tenant": current_tenant(), "id": appointment_id}).first()
    return WaysBack(*row) if row else WaysBack(False, None, False)
