"""Many stretches of specialists' books under one lock, for use cases that take several seats. Never commits."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid, bindparam, text
from sqlalchemy.orm import Session

from webapp.core.tenancy import current_tenant
from webapp.rules.slots import Span

# All slots at once and before the patient's row: two series of one patient, or a series and a single booking, would
# otherwise hold the one and wait for the other.
_LOCK = text("""
    SELECT count(*) FROM (
        SELECT 1 FROM time_slots s
        JOIN unnest(:specialists, :since, :until) AS r (specialist_id, since, until)
          ON s.specialist_id = r.specialist_id AND s.start_time > r.since - interval '1 day'
         AND s.start_time < r.until AND s.end_time > r.since
        WHERE s.tenant_id = :tenant
        ORDER BY s.start_time, s.id FOR NO KEY UPDATE OF s
    ) locked
""").bindparams(
    bindparam("specialists", type_=ARRAY(Uuid())),
    bindparam("since", type_=ARRAY(DateTime(timezone=True))),
    bindparam("until", type_=ARRAY(DateTime(timezone=True))),
)


def lock_places(session: Session, places: Sequence[tuple[UUID, Span]]) -> None:
    """Lock the slots of these specialists that touch these stretches (UTC), in the one order everybody keeps."""
    reach = {
        "specialists": [specialist for specialist, _ in places],
        "since": [span.start for _, span in places],
        "until": [span.end for _, span in places],
    }
    session.execute(_LOCK, {"tenant": current_tenant(), **reach})
