"""Figures that are read when they are asked for, beside those that processes count."""

from collections.abc import Sequence

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """One gauge of Prometheus: its samples are the values of its labels and a number each."""

    name: str
    documentation: str
    labels: tuple[str, ...]
    samples: Sequence[tuple[tuple[str, ...], float]]
