"""What somebody on the waiting list waits for, as a form."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from webapp.queries.specialists import SpecialistView
from webapp.rules.parts_of_day import PARTS
from webapp.rules.waitlist import Wish
from webapp.web.filters import weekday_names
from webapp.web.forms import CheckboxesField, HouseForm, in_calendar


class WishForm(HouseForm):
    """Days, weekdays and parts of the day, and with whom."""

    first_day = DateField(_("From"), validators=[InputRequired(_("Enter the first day.")), in_calendar])
    last_day = DateField(
        _("To"),
        description=_("After this day you are taken off the list."),
        validators=[InputRequired(_("Enter the last day.")), in_calendar],
    )
    weekdays = CheckboxesField(
        _("Days of the week"), coerce=int, validators=[InputRequired(_("Choose at least one day of the week."))]
    )
    parts = CheckboxesField(_("Part of the day"), validators=[InputRequired(_("Choose at least one part of the day."))])
    specialist_ids = CheckboxesField(_("With"), description=_("None chosen: anybody."))

    def offer(self, specialists: Sequence[SpecialistView]) -> None:
        """Set what there is to choose from; with whom is asked where there is more than one."""
        self.weekdays.choices = [SelectChoice(day, name) for day, name in weekday_names()]
        self.parts.choices = [SelectChoice(part, part_words()[part]) for part in PARTS]
        self.specialist_ids.choices = [SelectChoice(str(one.id), one.full_name) for one in specialists]

    def wish(self, type_id: UUID) -> Wish:
        return Wish(
            type_id=type_id,
            specialist_ids=[UUID(one) for one in self.specialist_ids.data or []],
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            weekdays=sorted(self.weekdays.data),
            parts=[part for part in PARTS if part in self.parts.data],
        )


def part_words() -> dict[str, str]:
    return {"morning": gettext("Morning"), "afternoon": gettext("Afternoon"), "evening": gettext("Evening")}
