"""The table of weekly hours: a row an interval, some empty rows at its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from flask_babel import gettext as _

from webapp.rules.slots import Interval
from webapp.web.clock import parse_day

COLUMNS = ("weekday", "opens", "closes", "slot_minutes", "capacity", "valid_from", "valid_until")
SPARE_ROWS = 3
MOST_ROWS = 60
MONDAY_TO_FRIDAY = "0-4"


@dataclass(slots=True)
class Row:
    """What stands in the inputs of a row, and what is wrong with it."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.values["weekday"]


def rows_of(intervals: list[Interval]) -> list[Row]:
    """The stored hours as rows to edit, followed by empty ones."""
    rows = [
        Row(
            {
                "weekday": str(one.weekday),
                "opens": f"{one.opens:%H:%M}",
                "closes": f"{one.closes:%H:%M}",
                "slot_minutes": str(one.slot_minutes),
                "capacity": str(one.capacity),
                "valid_from": one.valid_from.isoformat() if one.valid_from else "",
                "valid_until": one.valid_until.isoformat() if one.valid_until else "",
            }
        )
        for one in intervals
    ]
    return rows + empty_rows()


def empty_rows() -> list[Row]:
    return [Row(dict.fromkeys(COLUMNS, "") | {"slot_minutes": "30", "capacity": "1"}) for _n in range(SPARE_ROWS)]


def read_rows(form: Mapping[str, str]) -> list[Row]:
    """The rows as they were sent."""
    rows = []
    for number in range(MOST_ROWS):
        if f"{number}-weekday" not in form:
            break
        rows.append(Row({column: form.get(f"{number}-{column}", "").strip() for column in COLUMNS}))
    return rows


def intervals_of(rows: list[Row]) -> list[Interval] | None:
    """The hours the rows stand for; None, with errors in the rows, when one cannot be read."""
    intervals = [interval for row in rows if not row.is_empty for interval in _intervals(row)]
    return None if any(row.errors for row in rows) else intervals


def _intervals(row: Row) -> list[Interval]:
    opens, closes = _time(row, "opens"), _time(row, "closes")
    minutes, capacity = _number(row, "slot_minutes", 1439), _number(row, "capacity", 100_000)
    valid_from, valid_until = _day(row, "valid_from"), _day(row, "valid_until")
    if opens and closes is not None and closes != time() and closes <= opens:
        row.errors["closes"] = _("Closing time must be after opening time.")
    if valid_from and valid_until and valid_until < valid_from:
        row.errors["valid_until"] = _("The last day must not be before the first day.")
    if row.errors or opens is None or closes is None:
        return []
    return [Interval(weekday, opens, closes, minutes, capacity, valid_from, valid_until) for weekday in _weekdays(row)]


def _weekdays(row: Row) -> list[int]:
    chosen = row.values["weekday"]
    if chosen == MONDAY_TO_FRIDAY:
        return list(range(5))
    if len(chosen) == 1 and chosen.isdecimal() and 0 <= int(chosen) <= 6:
        return [int(chosen)]
    row.errors["weekday"] = _("Choose a day of the week.")
    return []


def _time(row: Row, column: str) -> time | None:
    try:
        return time.fromisoformat(row.values[column]).replace(tzinfo=None)
    except ValueError:
        row.errors[column] = _("Enter a time of day such as 08:30.")
        return None


def _number(row: Row, column: str, most: int) -> int:
    text = row.values[column]
    if text.isdecimal() and len(text) <= 9 and 1 <= int(text) <= most:
        return int(text)
    row.errors[column] = _("Enter a whole number from %(least)s to %(most)s.", least=1, most=most)
    return 1


def _day(row: Row, column: str) -> date | None:
    text = row.values[column]
    day = parse_day(text)
    if text and day is None:
        row.errors[column] = _("Enter a date, or leave this empty.")
    return day
