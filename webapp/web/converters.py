from datetime import date

from flask import Flask
from werkzeug.routing import BaseConverter, ValidationError

from webapp.web.clock import parse_day


class DayConverter(BaseConverter):
    """A calendar day written YYYY-MM-DD; 404 for a day that does not exist or no clinic could mean."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        day = parse_day(value)
        if day is None:
            raise ValidationError
        return day

    def to_url(self, value: date) -> str:
        return value.isoformat()


def init_app(app: Flask) -> None:
    app.url_map.converters["day"] = DayConverter
