"""The tests, a folder a kind; what more than one file of them uses is in `support`."""

import pytest

pytest.register_assert_rewrite("tests.support")
