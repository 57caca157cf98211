"""Acceptance tests of the wire: real `brim serve` processes, driven by official clients and by raw HTTP."""

import pytest

pytest.register_assert_rewrite("api.wire")
