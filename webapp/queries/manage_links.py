from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import Appointment, ManageLink
from webapp.rules.manage_links import KEPT_FOR, digest


def managed_by(token: str) -> UUID | None:
    """The appointment that a link's token opens now; None for an unknown, an expired and another clinic's alike."""
    now = func.clock_timestamp()
    ended = func.coalesce(Appointment.end_time, Appointment.start_time)
    query = (
        select(ManageLink.appointment_id)
        .join(
            Appointment,
            and_(Appointment.tenant_id == ManageLink.tenant_id, Appointment.id == ManageLink.appointment_id),
        )
        .where(ManageLink.tenant_id == current_tenant(), ManageLink.token_hash == digest(token))
        .where(or_(ManageLink.expires_at > now, ended > now - KEPT_FOR))
    )
    with reading() as connection:
        return connection.execute(query).scalar_one_or_none()


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
