"""The same visitors as in the tests of the views."""

from tests.blueprints.conftest import olga, visitor

__all__ = ["olga", "visitor"]
