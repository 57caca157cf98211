"""The blocks of docs/operations.md: each a script for the hosts that its first line names."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "operations.md"
HOSTS: Final = ("app", "db", "desk", "client")
_FIRST_LINE: Final = re.compile(r"# on (\w+(?: and \w+)*): (.+)")


class UnnamedBlockError(Exception):
    """A block does not begin with a comment that names its hosts."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of commands, with the hosts on which it is run and what it is called."""

    hosts: tuple[str, ...]
    title: str
    script: str


def blocks_of(text: str) -> list[Block]:
    """Return the blocks of commands in a document, in their order.

    Raises:
        UnnamedBlockError: one does not say where it is run.
    """
    return [_block(script) for script in re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)]


def _block(script: str) -> Block:
    named = _FIRST_LINE.fullmatch(script.partition("\n")[0])
    hosts = tuple(named[1].split(" and ")) if named else ()
    if named is None or not set(hosts) <= set(HOSTS):
        raise UnnamedBlockError(script)
    return Block(hosts, named[2], script)
