"""What a vocabulary is."""

from collections.abc import Mapping
from typing import TypeAlias

Vocabulary: TypeAlias = Mapping[str, str]
"""For each value of an enumeration a sentence; backticks mark code."""
