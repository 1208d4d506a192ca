from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, InvalidInput, NotFound, StaleVersion
from webapp.core.tenancy import current_tenant
from webapp.core.timezones import utc_now
from webapp.core.transactions import transactional
from webapp.models import Patient
from webapp.rules.people import check_birth
from webapp.services import audit

_EARLIEST_ZONE = timedelta(hours=14)  # where it is tomorrow already


@transactional
def add_patient(
    session: Session,
    *,
    full_name: str,
    email: str | None = None,
    phone: str | None = None,
    date_of_birth: date | None = None,
    reference: str | None = None,
) -> UUID:
    """Add a patient. Raises InvalidInput without a name or with a birth date nobody living has, and Conflict when the
    reference is another's."""
    _check(full_name, date_of_birth)
    patient_id = new_id()
    session.execute(
        insert(Patient).values(
            tenant_id=current_tenant(),
            id=patient_id,
            full_name=full_name.strip(),
            email=email,
            phone=phone,
            date_of_birth=date_of_birth,
            reference=reference,
        )
    )
    return patient_id


@transactional
def change_patient(
    session: Session,
    *,
    patient_id: UUID,
    version: int,
    full_name: str,
    email: str | None,
    phone: str | None,
    date_of_birth: date | None,
    notes: str | None,
    actor: str,
) -> int:
    """Write down how a patient is called and reached now; the new version, or the same when nothing differs.

    The event says which details changed and not what they said. Raises InvalidInput, NotFound, and StaleVersion when
    somebody else changed them since ``version``.
    """
    _check(full_name, date_of_birth)
    row = session.execute(
        select(Patient).filter_by(tenant_id=current_tenant(), id=patient_id).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise NotFound(N_("This patient does not exist."))
    if row.version != version:
        raise StaleVersion(N_("Somebody changed these details meanwhile. Compare both before you save."))
    details: dict[str, Any] = {"full_name": full_name.strip(), "phone": phone, "email": email}
    details |= {"date_of_birth": date_of_birth, "notes": notes}
    changed = [name for name, value in details.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, details[name])
    if changed:
        row.version += 1
        audit.record_about(session, "CHANGED", actor=actor, patient_id=patient_id, detail={"fields": changed})
    return row.version


def _check(full_name: str, date_of_birth: date | None) -> None:
    if not full_name.strip():
        raise InvalidInput(N_("Enter the patient's name."), field="full_name")
    check_birth(date_of_birth, today=(utc_now() + _EARLIEST_ZONE).date())
