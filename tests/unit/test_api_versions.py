"""Versions of the API: those that the SDK knows, and those that came after it."""

import pytest

from brim.core.events.api_versions import KNOWN_VERSIONS, is_api_version
from tests.support.sdk_types import words_of

NOVEMBER_28_2026_MS = 1_795_824_000_000


def test_the_list_is_the_sdks() -> None:
    assert set(words_of("params/_webhook_endpoint_create_params.py", "WebhookEndpointCreateParams", "api_version")) == (
        KNOWN_VERSIONS
    )


@pytest.mark.parametrize(
    ("version", "exists"),
    [
        *((version, True) for version in sorted(KNOWN_VERSIONS)),
        ("2026-10-28.endive; feature_beta=v3", True),
        ("2026-10-28.endive;feature_beta=v3", True),
        ("2026-10-28.preview", True),
        ("2026-11-25.endive", True),
        ("2026-11-29.endive", True),
        ("2026-11-30.endive", False),
        ("2099-01-01.zebra", False),
        ("2026-11-25", False),
        ("2026-10-28", False),
        ("2026-10-28.acacia", False),
        ("2026-10-29.preview", True),
        ("2026-10-27.preview", False),
        ("2024-10-28", False),
        ("2026-10-28.endive\n", False),
        ("2026-10-28.endive; \x07", False),
        ("", False),
        (";", False),
    ],
)
def test_a_version_exists_or_does_not(version: str, exists: bool) -> None:
    assert is_api_version(version, now_ms=NOVEMBER_28_2026_MS) is exists
