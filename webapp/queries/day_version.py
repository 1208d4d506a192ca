"""Has anything on these days changed? One statement over the rows themselves, so that no writer can be forgotten.

Each row counts by its id and by the transaction that wrote it last: hand-written SQL is seen like anything else, and
no booking pays for it. What only the clock changes (holds and times that end) counts too, as does each five minutes
of the present day. A view that shows one more table adds that table here.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b

from sqlalchemy import text

from webapp.core.database import engines
from webapp.core.tenancy import current_tenant
from webapp.core.timezones import span_bounds
from webapp.core.transactions import reading

PACE = timedelta(minutes=5)  # how often the line that shows the present moves on


@dataclass(frozen=True, slots=True)
class SpanVersion:
    """``digest`` says nothing but whether it is still the same; by the clock alone it changes at ``until`` (UTC)."""

    digest: str
    until: datetime | None


_SPAN = text("""
    SELECT sum(written), sum(number), sum(over), min(next) FROM (
        SELECT sum(uuid_hash_extended(id, xmin::text::bigint)) AS written, count(*) AS number,
               count(*) FILTER (WHERE end_time <= :now) + count(*) FILTER (WHERE held_until <= :now) AS over,
               least(min(end_time) FILTER (WHERE end_time > :now),
                     min(held_until) FILTER (WHERE held_until > :now)) AS next
        FROM time_slots WHERE tenant_id = :tenant AND start_time >= :since AND start_time < :until
        UNION ALL
        SELECT sum(uuid_hash_extended(a.id, a.xmin::text::bigint)) + sum(coalesce(  -- looked up one by one: a day
                   (SELECT uuid_hash_extended(p.id, p.xmin::text::bigint)           -- has few of all the patients
                    FROM patients p WHERE p.tenant_id = a.tenant_id AND p.id = a.patient_id), 0)), count(*),
               count(*) FILTER (WHERE a.expires_at <= :now), min(a.expires_at) FILTER (WHERE a.expires_at > :now)
        FROM appointments a
        WHERE a.tenant_id = :tenant AND a.start_time >= :since AND a.start_time < :until
        UNION ALL
        SELECT sum(uuid_hash_extended(id, xmin::text::bigint)), count(*), 0, NULL
        FROM closures WHERE tenant_id = :tenant AND start_time < :until AND end_time > :since
        UNION ALL
        SELECT sum(uuid_hash_extended(id, xmin::text::bigint)), count(*), 0, NULL
        FROM specialists WHERE tenant_id = :tenant
        UNION ALL
        SELECT sum(uuid_hash_extended(id, xmin::text::bigint)), count(*), 0, NULL
        FROM appointment_types WHERE tenant_id = :tenant
        UNION ALL
        SELECT sum(uuid_hash_extended(id, xmin::text::bigint)), count(*), 0, NULL
        FROM rooms WHERE tenant_id = :tenant
        UNION ALL
        SELECT sum(uuid_hash_extended(id, xmin::text::bigint)), count(*), 0, NULL
        FROM opening_hours WHERE tenant_id = :tenant
        UNION ALL  -- the reading role may see no more of the staff than this
        SELECT sum(uuid_hash_extended(id, hashtextextended(full_name, 0))), count(*), 0, NULL
        FROM users WHERE tenant_id = :tenant
        UNION ALL
        SELECT hashtextextended(id, xmin::text::bigint), 1, 0, NULL
        FROM tenants WHERE id = :tenant
    ) AS seen
""")


def span_version(*, first: date, last: date, zone: str, now: datetime) -> SpanVersion:
    """The version of the clinic's local days from ``first`` to ``last`` (inclusive) as they stand at ``now`` (UTC)."""
    since, until = span_bounds(first, last, zone)
    values = {"tenant": current_tenant(), "since": since, "until": until, "now": now}
    with reading() as connection:
        *sums, due = connection.execute(_SPAN, values).one()
    moment, step = _moment(since, until, now)
    digest = blake2b(repr((first, last, moment, *map(str, sums))).encode(), digest_size=12).hexdigest()
    return SpanVersion(digest, min((each for each in (due, step) if each), default=None))


def _moment(since: datetime, until: datetime, now: datetime) -> tuple[str, datetime | None]:
    """Where the present stands among the days, and when (UTC) it will stand elsewhere."""
    if now < since:
        return "ahead", since
    if now >= until:
        return "over", None
    steps = (now - since) // PACE
    return str(steps), since + (steps + 1) * PACE


def changes_seen() -> str:
    """What moves with every transaction of the server that writes: while it stays the same, so does every row."""
    with engines.reader.connect() as connection:
        return str(connection.exec_driver_sql("SELECT pg_current_snapshot()").scalar_one())
