"""When several visits can be had together: at the same time, or one after the other.

For each start there is one offer: whichever has everybody done first, and of those the one with the fewest specialists.
So a group's seats and several specialists at once come before one specialist in turn, and nobody waits for long.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from webapp.queries.availability import FreeTime, Place, VisitType, free_places_within, wanted_for
from webapp.rules.parties import LONGEST_WAIT
from webapp.rules.slots import Span


@dataclass(frozen=True, slots=True)
class Offer:
    """Times (UTC) for all of a party. Each of ``ways`` has one for each visit, in the visits' order; at the same time
    with several specialists it has more, of which any will do."""

    start: datetime
    end: datetime
    at_once: bool
    ways: tuple[tuple[FreeTime, ...], ...]


def offers(
    visits: Sequence[VisitType], *, since: datetime, until: datetime, specialist_id: UUID | None = None
) -> list[Offer]:
    """What can begin in [since, until), by start: for so many people the same visit, or two visits in a row for one;
    all of it with one specialist where one is named.

    One statement for each type, and one more where it has buffers or a room.
    """
    if since >= until:
        return []
    first, *others = visits
    who = [specialist_id] if specialist_id else None
    if others[0].id == first.id:
        return _for_people(first, len(visits), Span(since, until), who)
    return _in_a_row(first, others[0], Span(since, until), who)


def _for_people(visit: VisitType, people: int, span: Span, who: list[UUID] | None) -> list[Offer]:
    reach = Span(span.start, span.end + people * (timedelta(minutes=visit.minutes) + _patience(visit)))
    seats = people if visit.is_group else 1
    places = free_places_within([reach], wanted_for(visit, seats=seats), specialist_ids=who)
    if visit.is_group:
        return _best((_seats(place.time, people) for place in places), span)
    at_once = [] if visit.room_id else _at_once(places, people)
    return _best([*at_once, *_in_turn(places, people, _patience(visit))], span)


def _in_a_row(first: VisitType, second: VisitType, span: Span, who: list[UUID] | None) -> list[Offer]:
    """The second visit for each start of the first: the soonest, and the soonest with the same specialist."""
    earlier = free_places_within([span], wanted_for(first), specialist_ids=who)
    wait = max(_patience(first), _patience(second))
    last = span.end + timedelta(minutes=first.minutes) + wait
    later = free_places_within([Span(span.start, last)], wanted_for(second), specialist_ids=who)
    starts = [place.time.start for place in later]
    one_room = first.room_id is not None and first.room_id == second.room_id
    found = []
    for before in earlier:
        since, until = before.time.end, before.time.end + wait
        within = later[bisect_left(starts, since) : bisect_left(starts, until + timedelta(microseconds=1))]
        fitting = [after for after in within if _follows(before, after, one_room)]
        same = [after for after in fitting if after.time.specialist_id == before.time.specialist_id]
        found += [_pair(before.time, after.time) for after in (*same[:1], *fitting[:1])]
    return _best(found, span)


def _follows(before: Place, after: Place, one_room: bool) -> bool:
    """Can both be had? With one specialist, or in one room, each also needs what the other keeps."""
    if one_room or before.time.specialist_id == after.time.specialist_id:
        return before.kept.end <= after.kept.start
    return before.time.end <= after.time.start


def _patience(visit: VisitType) -> timedelta:
    return LONGEST_WAIT + timedelta(minutes=visit.buffer_before + visit.buffer_after)


def _seats(time: FreeTime, people: int) -> Offer:
    return Offer(time.start, time.end, at_once=True, ways=((time,) * people,))


def _pair(first: FreeTime, second: FreeTime) -> Offer:
    return Offer(first.start, second.end, at_once=False, ways=((first, second),))


def _at_once(places: Iterable[Place], people: int) -> Iterator[Offer]:
    """The same start with a specialist for each."""
    by_start: dict[datetime, list[FreeTime]] = defaultdict(list)
    for place in places:
        by_start[place.time.start].append(place.time)
    for start, times in by_start.items():
        if len(times) >= people:
            yield Offer(start, times[0].end, at_once=True, ways=(tuple(times),))


def _in_turn(places: Iterable[Place], people: int, patience: timedelta) -> Iterator[Offer]:
    """One after the other with one specialist."""
    by_specialist: dict[UUID, list[Place]] = defaultdict(list)
    for place in places:
        by_specialist[place.time.specialist_id].append(place)
    for own in by_specialist.values():
        for index in range(len(own)):
            chain = _chain(own, index, people, patience)
            if chain:
                yield Offer(chain[0].start, chain[-1].end, at_once=False, ways=(chain,))


def _chain(own: Sequence[Place], index: int, people: int, patience: timedelta) -> tuple[FreeTime, ...]:
    """So many times from this one on, each soon after the one before; () where there are not so many."""
    chain = [own[index]]
    for place in own[index + 1 :]:
        if len(chain) == people or place.time.start - chain[-1].time.end > patience:
            break
        if chain[-1].kept.end <= place.kept.start:
            chain.append(place)
    return tuple(place.time for place in chain) if len(chain) == people else ()


def _best(found: Iterable[Offer], span: Span) -> list[Offer]:
    """For each start within the stretch the one offer, with every way in which it can be had."""
    by_start: dict[datetime, list[Offer]] = defaultdict(list)
    for offer in found:
        if span.start <= offer.start < span.end:
            by_start[offer.start].append(offer)
    return [_merged(sorted(some, key=_rank)) for _start, some in sorted(by_start.items())]


def _merged(some: Sequence[Offer]) -> Offer:
    best = some[0]
    ways = tuple(dict.fromkeys(way for offer in some if _rank(offer) == _rank(best) for way in offer.ways))
    return Offer(best.start, best.end, best.at_once, ways)


def _rank(offer: Offer) -> tuple[datetime, bool, int]:
    return offer.end, not offer.at_once, len({time.specialist_id for time in offer.ways[0]})
