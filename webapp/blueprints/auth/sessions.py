"""The person behind a session id "<tenant>:<token>": this clinic's, not ended, still active; or nobody."""

from flask import g

from webapp.extensions import login
from webapp.queries.identity import user_of_session
from webapp.services.signin import token_digest
from webapp.web.identity import Person


def session_id(token: str) -> str:
    return f"{g.clinic.id}:{token}"


def token_of(person: Person) -> str:
    return person.session_id.rpartition(":")[2]


@login.user_loader  # type: ignore[untyped-decorator]
def load(session_id: str) -> Person | None:
    tenant_id, _, token = session_id.rpartition(":")
    if "clinic" not in g or tenant_id != g.clinic.id:
        return None
    user = user_of_session(token_digest(token))
    return Person(session_id, user.user_id, user.email, user.full_name, user.role, user.settings) if user else None
