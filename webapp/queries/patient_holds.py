"""What is known of the holds of the public pages."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import PatientHold


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed for a held time, by the names of the inputs; the digest is left when the answers are gone."""

    answers: list[tuple[str, str]]
    digest: str = ""


def find_typed(appointment_id: UUID) -> Typed:
    query = select(PatientHold.answers, PatientHold.digest).where(
        PatientHold.tenant_id == current_tenant(), PatientHold.appointment_id == appointment_id
    )
    with reading() as connection:
        row = connection.execute(query).first()
    return Typed([(name, text) for name, text in row.answers or []], row.digest) if row else Typed([])
