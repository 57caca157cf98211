"""Tests that have a short form, in which they are part of every run, and a long one, that of `make test-long`.

Such a test is marked with `pytest.mark.long_form`, and docs/test-suite.md says what its short form leaves out.
"""

import os
from typing import Final, TypeVar

Value = TypeVar("Value")

IS_LONG: Final = os.environ.get("LONG_FORM") == "1"


def long_form(long: Value, *, short: Value) -> Value:
    """Return the value for the form in which the tests run now."""
    return long if IS_LONG else short
