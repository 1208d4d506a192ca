from datetime import datetime, timedelta


def earliest_start(now: datetime, minutes: int) -> datetime:
    """From when on a free time still serves who walks in now: a visit that has begun must have half its time left."""
    return now - timedelta(minutes=minutes) / 2
