"""Hand-written SQL does not tell the slot row what it did: the first booking that meets it does."""

import pytest
from sqlalchemy import text

from webapp.core.errors import SlotTaken
from webapp.queries.slots import slot_summary
from webapp.services.booking import hold


def test_a_slot_taken_by_hand_reads_taken_after_the_first_try(within, superuser):
    slot = within.slot()
    with superuser.begin() as connection:
        connection.execute(
            text("""
                INSERT INTO appointments (tenant_id, specialist_id, time_slot_id, slot_capacity, start_time, end_time)
                SELECT tenant_id, specialist_id, id, capacity, start_time, end_time FROM time_slots WHERE id = :slot
            """),
            {"slot": slot},
        )
    assert slot_summary(slot).is_open
    with pytest.raises(SlotTaken):
        hold(slot_id=slot, actor="test", source="API")
    assert not slot_summary(slot).is_open
