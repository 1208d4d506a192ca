"""Where a visit fits among the slots of one specialist: the booking door's own rules, for those who look before it."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from webapp.rules.slots import Span

A_DAY = timedelta(days=1)  # longer than any visit


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a time is looked for: a type of visit, in minutes, or without one so many minutes with anybody.

    ``seats`` of one group session; the buffers are the type's.
    """

    minutes: int
    type_id: UUID | None = None
    buffer_before: int = 0
    buffer_after: int = 0
    is_group: bool = False
    room_id: UUID | None = None
    seats: int = 1

    @property
    def margin(self) -> timedelta:
        return timedelta(minutes=self.minutes + self.buffer_before + self.buffer_after)


@dataclass(frozen=True, slots=True)
class OpenSlot:
    """A slot as a search sees it; times in UTC."""

    id: UUID
    specialist_id: UUID
    specialist_name: str
    start: datetime
    end: datetime
    capacity: int
    is_open: bool


def starts(
    slots: list[OpenSlot], wanted: Wanted, busy: list[Span], room_busy: list[Span]
) -> Iterator[tuple[OpenSlot, datetime]]:
    """The slots of one specialist, given by start, at which what is wanted can begin, each with the visit's end.

    A longer visit covers consecutive open slots of one seat, its buffers touch nobody, and neither do the slots they
    reach into; a group slot is taken as it is, without buffers.
    """
    busy, room_busy = sorted(busy), sorted(room_busy)
    for index, slot in enumerate(slots):
        if not slot.is_open or wanted.is_group != (slot.capacity > 1):
            continue
        end = slot.end if wanted.is_group else slot.start + timedelta(minutes=wanted.minutes)
        reach = Span(slot.start, end) if wanted.is_group else _with_buffers(slot.start, end, wanted)
        if not wanted.is_group and not (_is_covered(slots, index, end) and _is_clear(slots, index, reach, busy)):
            continue
        if not _touches(reach, room_busy):
            yield slot, end


def kept(slots: list[OpenSlot], slot: OpenSlot, end: datetime, wanted: Wanted) -> Span:
    """What a visit that begins in one of these slots, given by start, keeps of its specialist's time: two visits of one
    specialist can be had together when what they keep does not overlap."""
    if wanted.is_group:
        return Span(slot.start, end)
    index = bisect_left(slots, slot.start, key=lambda one: one.start)
    return _kept(slots, index, _with_buffers(slot.start, end, wanted))


def _with_buffers(start: datetime, end: datetime, wanted: Wanted) -> Span:
    return Span(start - timedelta(minutes=wanted.buffer_before), end + timedelta(minutes=wanted.buffer_after))


def _is_covered(slots: list[OpenSlot], index: int, end: datetime) -> bool:
    covered = slots[index].end
    for at in range(index + 1, len(slots)):
        follower = slots[at]
        if covered >= end:
            break
        if not (follower.start == covered and follower.is_open and follower.capacity == 1):
            return False
        covered = follower.end
    return covered >= end


def _is_clear(slots: list[OpenSlot], index: int, reach: Span, busy: list[Span]) -> bool:
    return not busy or not _touches(_kept(slots, index, reach), busy)


def _kept(slots: list[OpenSlot], index: int, reach: Span) -> Span:
    """Slots follow each other without overlap, so those it reaches into lie around its own."""
    first = last = index
    while first > 0 and slots[first - 1].end > reach.start:
        first -= 1
    while last + 1 < len(slots) and slots[last + 1].start < reach.end:
        last += 1
    return Span(min(reach.start, slots[first].start), max(reach.end, slots[last].end))


def _touches(span: Span, busy: list[Span]) -> bool:
    """Whether one of these, sorted by start and none as long as a day, overlaps."""
    for other in (busy[at] for at in range(bisect_left(busy, Span(span.end, span.end)) - 1, -1, -1)):
        if other.start <= span.start - A_DAY:
            return False
        if span.overlaps(other):
            return True
    return False
