"""Where a command prints to, and the end of what one command may print."""

from typing import Final, Protocol

from brim.web.shell.failures import OutputLimitError

MAX_OUTPUT: Final = 4 * 1024 * 1024
"""Characters of one command: forty full pages of top-ups, or an hour of a busy account's events."""


class Screen(Protocol):
    """What a command prints to. Lines end in a plain newline."""

    async def write(self, text: str) -> None:
        """Print a text as it stands, colours included."""
        ...


class BoundedScreen:
    """A screen that takes so many characters and no more."""

    def __init__(self, screen: Screen, most: int = MAX_OUTPUT) -> None:
        self._screen = screen
        self._most = self._room = most

    async def write(self, text: str) -> None:
        """Print a text, or what there is room for.

        Raises:
            OutputLimitError: there was no room for all of it.
        """
        head = text[: self._room]
        self._room -= len(head)
        if head:
            await self._screen.write(head)
        if len(head) < len(text):
            await self._screen.write("\x1b[0m\n")
            raise OutputLimitError(self._most)
