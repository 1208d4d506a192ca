"""Fields only the admin's forms have."""

from typing import Any

from flask_babel import gettext
from wtforms import Field
from wtforms.widgets import TextInput

from webapp.web.forms import tidy


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
