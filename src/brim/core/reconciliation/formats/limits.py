"""How large a file may be, so that a stranger's file cannot take the memory."""

from typing import Final

MAX_ITEMS: Final = 500_000
"""Lines, details, balances and statements of one file. A bank's day has fewer; a made-up file has them for 7 bytes."""
MAX_LINE: Final = 100_000
"""Bytes of a line of text; a record of BAI2 has some hundreds."""


class LimitError(Exception):
    """A file passes a limit: `code` is for programs, the text is a sentence."""

    code = "too_large"


class FileTooLargeError(LimitError):
    """A file has more bytes than are read."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"The file is larger than {max_bytes} bytes.")


class LineTooLongError(LimitError):
    """A line is longer than any record."""

    code = "line_too_long"

    def __init__(self, line: int) -> None:
        super().__init__(f"Line {line} is longer than {MAX_LINE} bytes.")


class TooManyItemsError(LimitError):
    """A file has more lines, details and balances than are read, or more continuations of one record."""

    code = "too_many"

    def __init__(self) -> None:
        super().__init__(f"The file has more than {MAX_ITEMS} lines, details and balances, or a record without end.")
