"""Fields only the admin's forms have."""

import re
from datetime import timedelta
from typing import Any

from flask_babel import gettext
from markupsafe import Markup
from wtforms import Field
from wtforms.widgets import TextInput, html_params

from webapp.web.errors import duration
from webapp.web.forms import tidy

#: How many seconds the units have.
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


class WholeNumberField(Field):
    """A whole number between two bounds; digits of any script."""

    widget = TextInput()

    def __init__(self, *args: Any, least: int, most: int, **options: Any) -> None:
        options.setdefault("render_kw", {})
        options["render_kw"] |= {"inputmode": "numeric", "autocomplete": "off", "class": "digits-4"}
        super().__init__(*args, **options)
        self.flags.required = True
        self.least, self.most = least, most

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self.data = None
        text = tidy(valuelist[0])
        number = int(text) if text.isdecimal() and len(text) <= 9 else None
        if number is None or not self.least <= number <= self.most:
            raise ValueError(
                gettext("Enter a whole number from %(least)s to %(most)s.", least=self.least, most=self.most)
            )
        self.data = number


class NumberOrNothingField(WholeNumberField):
    """The same, or empty for no limit: None."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.flags.required = False

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and tidy(valuelist[0]):
            super().process_formdata(valuelist)


class HoursBeforeField(Field):
    """Numbers of hours, apart by commas or spaces; the largest, which comes first, first."""

    widget = TextInput()

    def __init__(self, *args: Any, least: int, most: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.least, self.most = least, most

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else ", ".join(map(str, self.data or []))

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        words = re.split(r"[\s,;،]+", tidy(valuelist[0]).strip(",;، "))
        hours = [int(word) if word.isdecimal() and len(word) <= 4 else 0 for word in words if word]
        if not all(self.least <= one <= self.most for one in hours):
            raise ValueError(
                gettext("Enter whole numbers from %(least)s to %(most)s.", least=self.least, most=self.most)
            )
        self.data = sorted(set(hours), reverse=True)


class LengthField(Field):
    """A length of time as a whole number and its unit; ``data`` is the number of its base unit, minutes or seconds."""

    def __init__(self, *args: Any, units: tuple[str, ...], least: int, most: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.flags.required = True
        self.units, self.least, self.most = units, least, most
        self.base = SECONDS[units[0]]
        self.number, self.unit = "", units[0]

    def process_data(self, value: int | None) -> None:
        self.data = value
        if value is not None:
            self.unit = next(unit for unit in reversed(self.units) if value * self.base % SECONDS[unit] == 0)
            self.unit = self.unit if value else self.units[0]
            self.number = str(value * self.base // SECONDS[self.unit])

    def process(self, formdata: Any, *args: Any, **options: Any) -> None:
        super().process(formdata, *args, **options)
        if formdata and self.name in formdata:
            self.number, self.unit = tidy(formdata[self.name]), formdata.get(f"{self.name}-unit", "")
            self.unit = self.unit if self.unit in self.units else self.units[0]
            self._read()

    def _read(self) -> None:
        number = int(self.number) if self.number.isdecimal() and len(self.number) <= 9 else None
        self.data = None if number is None else number * SECONDS[self.unit] // self.base
        if self.data is None or not self.least <= self.data <= self.most:
            least, most = (duration(timedelta(seconds=one * self.base)) for one in (self.least, self.most))
            said = gettext("Enter a whole number; from %(least)s to %(most)s is possible.", least=least, most=most)
            self.process_errors = [said]

    def widget(self, field: Field, **attributes: Any) -> Markup:
        chosen = [
            Markup('<option value="{}"{}>{}</option>').format(
                unit, Markup(" selected") if unit == self.unit else "", unit_name(unit)
            )
            for unit in self.units
        ]
        return Markup(
            '<span class="length"><input id="{id}" name="{name}" value="{number}" class="digits-4" inputmode="numeric"'
            ' autocomplete="off" {attributes}><select name="{name}-unit" aria-label="{label}">{chosen}</select></span>'
        ).format(
            id=self.id,
            name=self.name,
            number=self.number,
            attributes=html_params(**attributes),
            label=gettext("Unit of “%(field)s”", field=self.label.text),
            chosen=Markup("").join(chosen),
        )


def unit_name(unit: str) -> str:
    names = {
        "second": gettext("seconds"),
        "minute": gettext("minutes"),
        "hour": gettext("hours"),
        "day": gettext("days"),
    }
    return names[unit]
