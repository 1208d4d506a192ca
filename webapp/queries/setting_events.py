"""Who changed which setting of the clinic."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import SettingEvent, User
from webapp.queries.appointments import by_user

PAGE = 20


@dataclass(frozen=True, slots=True)
class SettingEventView:
    """``changes`` lists the settings by name, each with what it was (from) and what it is (to)."""

    subject: str
    about: str
    actor: str
    changes: list[dict[str, Any]]
    created_at: datetime
    actor_name: str | None


def setting_events(page: int) -> list[SettingEventView]:
    """The newest first, from the page with this number on, counted from 1; one more than fits, if there is one."""
    query = (
        select(
            SettingEvent.subject,
            SettingEvent.about,
            SettingEvent.actor,
            SettingEvent.changes,
            SettingEvent.created_at,
            User.full_name,
        )
        .outerjoin(User, by_user(SettingEvent))
        .where(SettingEvent.tenant_id == current_tenant())
        .order_by(SettingEvent.created_at.desc(), SettingEvent.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    with reading() as connection:
        return [SettingEventView(*row) for row in connection.execute(query)]
