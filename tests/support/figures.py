"""What tests measured, printed at the end of the run, from whichever process they ran in."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import pytest

_SENTENCE = "sentence"
_COUNT = "count of "


class Figures:
    """What one test has to tell; on its report too, so that a failure shows it.

    Args:
        record: pytest's `record_property`.
    """

    def __init__(self, record: Callable[[str, object], None]) -> None:
        self._record = record

    def tell(self, sentence: str) -> None:
        """Have a sentence printed at the end."""
        self._record(_SENTENCE, sentence)

    def count(self, what: str, number: int) -> None:
        """Have a number added to those that other tests give for the same."""
        self._record(_COUNT + what, number)


def lines(reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """Yield what tests told, and the sums of what they counted."""
    sums: Counter[str] = Counter()
    for report in reports:
        for name, value in report.user_properties:
            if name == _SENTENCE:
                yield str(value)
            elif name.startswith(_COUNT) and isinstance(value, int):
                sums[name.removeprefix(_COUNT)] += value
    for what, number in sums.items():
        yield f"{what}: {number}"
