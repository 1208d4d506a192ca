"""What a user sets for themselves at the desk."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import UserSetting
from webapp.rules.desk_settings import checked, stored


@transactional
def change_settings(session: Session, *, user_id: UUID, changes: Mapping[str, Any]) -> None:
    """Keep these settings of a user and leave the others alone. Raises InvalidInput; nothing is kept then."""
    rows = [
        {"tenant_id": current_tenant(), "user_id": user_id, "key": key, "value": stored(checked(key, value))}
        for key, value in sorted(changes.items())
    ]
    if rows:
        keep = insert(UserSetting).values(rows)
        keep = keep.on_conflict_do_update(
            index_elements=["tenant_id", "user_id", "key"], set_={"value": keep.excluded.value}
        )
        session.execute(keep)
