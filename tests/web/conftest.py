"""The same visitors as in the tests of the views."""

from tests.blueprints.conftest import alice, mallory, olga, visitor

__all__ = ["alice", "mallory", "olga", "visitor"]
