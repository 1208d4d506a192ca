"""Looks whether watched days have changed: one pair of eyes for all who listen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import utc_now
from webapp.queries.clinics import find_clinic
from webapp.queries.day_version import SpanVersion, changes_seen, span_version


class Span(NamedTuple):
    """Days of one clinic, first and last."""

    clinic: str
    first: date
    last: date


NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class Lookout:
    """Remembers what was seen last, so that a quiet book costs one tiny question a look, however many listen."""

    now: Callable[[], datetime] = utc_now
    _known: dict[Span, SpanVersion] = field(default_factory=dict)
    _moment: str = ""

    def look(self, watched: Iterable[Span]) -> dict[Span, str]:
        """The digest of every watched span as it stands; a span of a clinic that is gone is left out."""
        spans = set(watched)
        moment = changes_seen()  # before the rows: what is written from here on moves the next look
        still = {span: self._known[span] for span in spans if moment == self._moment and self._stands(span)}
        self._known = still | {span: seen for span in spans - still.keys() if (seen := self._version(span))}
        self._moment = moment
        return {span: version.digest for span, version in self._known.items()}

    def _stands(self, span: Span) -> bool:
        known = self._known.get(span)
        return known is not None and self.now() < (known.until or NEVER)

    def _version(self, span: Span) -> SpanVersion | None:
        clinic = find_clinic(span.clinic)
        if clinic is None:
            return None
        with tenant_scope(clinic.id):
            return span_version(first=span.first, last=span.last, zone=clinic.timezone, now=self.now())
