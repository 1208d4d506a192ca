from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import event

from webapp.core.database import engines


@dataclass
class Counted:
    count: int = 0


@pytest.fixture
def count_statements() -> Callable[[], AbstractContextManager[Counted]]:
    """How many statements the readers send within a block, those that begin transactions aside."""

    @contextmanager
    def counting() -> Iterator[Counted]:
        counted = Counted()

        def note(_connection, _cursor, statement, *_rest):
            counted.count += statement.lstrip().startswith(("SELECT", "WITH"))

        event.listen(engines.reader, "before_cursor_execute", note)
        try:
            yield counted
        finally:
            event.remove(engines.reader, "before_cursor_execute", note)

    return counting
