"""Values and ids that no client in good faith sends."""

from typing import Final

HOSTILE_VALUES: Final = (
    "99999", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
    "1e400", "NaN", "-0", "\ufffe", "\U0010ffff", "a" * 5_000, "\x01", "\x7f", "'\"\\%", "{}", "[]", "null", "é",
)  # fmt: skip
"""Beyond the database's integers, and text that some layer may take for something else."""
HOSTILE_IDS: Final = (
    "%00", "%01", "%ff", "%c3%28", "%ed%a0%80", "%F0%9F%98%80", "%2e%2e%2f", "%0d%0a", "x" * 5_000, "'", "%25", "%",
    "9223372036854775808",
)  # fmt: skip
