"""A route of the API, authorised: the view runs inside the caller's clinic and is handed the caller."""

import functools
from collections.abc import Callable
from typing import Any

from webapp.blueprints.api.access import identify
from webapp.core.tenancy import tenant_scope


def token(scope: str, *, default: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Guard a view by an API token with this scope, or by open access where the settings allow it."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            caller = identify(scope, default=default)
            with tenant_scope(caller.tenant_id):
                return view(*args, caller=caller, **kwargs)

        guarded.guard = f"token:{scope}"  # type: ignore[attr-defined]
        return guarded

    return decorate
