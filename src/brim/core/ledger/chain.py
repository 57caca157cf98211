"""The hash chain over an account's entries: how a seal is made, and what a broken chain tells of who broke it.

A seal's hash is made from the hash before it and from every column of its entry. Whoever changes, removes or
slips in a past entry would have to write every later seal and the head anew, and the heads that an auditor has
written down would still tell. Start reading at `next_hash`; `ChainWalk` finds a break, `broken_chains` names its row.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from brim.base import json_codec
from brim.base.scope import AccountScope

GENESIS: Final = bytes(32)
"""What stands for the hash before a chain's first seal."""


class SealedEntry(NamedTuple):
    """Every column of an entry that is sealed; what was tampered with may hold any value.

    The first line stands among the columns, `further_lines` holds the others as (debit account, credit account, amount,
    currency). `amount` is in minor units of `currency`, `created` in Unix seconds.
    """

    account: str
    livemode: bool
    id: str
    source_type: str
    source: str
    step: str
    debit_account: str
    credit_account: str
    amount: int
    currency: str
    created: int
    further_lines: tuple[tuple[str, str, int, str], ...] = ()

    @property
    def scope(self) -> AccountScope:
        """Whose entry it is."""
        return AccountScope(self.account, self.livemode)

    @property
    def lines(self) -> tuple[tuple[str, str, int, str], ...]:
        """All lines in their order."""
        return ((self.debit_account, self.credit_account, self.amount, self.currency), *self.further_lines)

    def __str__(self) -> str:
        lines = "; ".join(f"{debit} -> {credit} {amount} {currency}" for debit, credit, amount, currency in self.lines)
        return f"{lines} for {self.source} ({self.step}) at {self.created}"


TRANSFER_FORMAT: Final = 1
ENTRY_FORMAT: Final = 2
"""How an entry is written before it is hashed. New seals are made in the newer format; the older stays valid."""

FORMATS: Final = (TRANSFER_FORMAT, ENTRY_FORMAT)

_NO_HASH: Final = b""
"""The hash of what a format cannot express: no seal has it."""


def next_hash(previous: bytes, entry: SealedEntry, seal_format: int) -> bytes:
    """Return the hash that seals an entry behind another hash: SHA-256 of that one's 32 bytes and a JSON array.

    The array holds the entry's values without any space between them; JSON says where each begins and ends, so no two
    entries are written alike, and any language can make the same bytes. The older format knows a top-up's one line.
    """
    if seal_format == ENTRY_FORMAT:
        account, livemode, entry_id, source_type, source, step = entry[:6]
        values = (account, livemode, entry_id, source_type, source, step, entry.created, entry.lines)
        return hashlib.sha256(previous + json_codec.encode(values)).digest()
    if seal_format == TRANSFER_FORMAT and entry.source_type == "topup" and not entry.further_lines:
        transfer = (*entry[:3], *entry[4:11])
        return hashlib.sha256(previous + json_codec.encode(transfer)).digest()
    return _NO_HASH


class Head(msgspec.Struct, frozen=True):
    """Where an account's chain ends: the position of the last seal (0 before the first) and its hash."""

    scope: AccountScope
    position: int
    hash: bytes

    def __str__(self) -> str:
        return f"position {self.position}, hash {self.hash.hex()}"


class Seal(msgspec.Struct, frozen=True):
    """One entry's place in its account's chain, in the format of its hash."""

    scope: AccountScope
    position: int
    entry: str
    hash: bytes
    format: int = ENTRY_FORMAT


def extend(head: Head, entries: Iterable[SealedEntry]) -> list[Seal]:
    """Return the seals of entries of the head's account, in the order given."""
    seals: list[Seal] = []
    previous = head.hash
    for position, entry in enumerate(entries, head.position + 1):
        previous = next_hash(previous, entry, ENTRY_FORMAT)
        seals.append(Seal(head.scope, position, entry.id, previous))
    return seals


class Link(NamedTuple):
    """A seal as it was found, the entry it names as that is now (None: there is none), and its chain's head."""

    scope: AccountScope
    position: int
    entry_id: str
    hash: bytes
    format: int
    entry: SealedEntry | None
    head: Head | None


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """Where a chain ceases to hold.

    `position` is the first at which something is wrong; `previous` and `before_previous` are the hashes of the two
    positions before it, which hold (`GENESIS` before the first); `found` is the seal that was read there, perhaps
    of a later position, None at the end of the chain.
    """

    scope: AccountScope
    position: int
    previous: bytes
    before_previous: bytes
    found: Link | None
    head: Head | None

    @property
    def seal(self) -> Link | None:
        """The seal that stands at the position itself."""
        return self.found if self.found and self.found.position == self.position else None


class ChainWalk:
    """Follows the chains of one account after another, each up to its first break."""

    def __init__(self) -> None:
        self._owner = AccountScope("", livemode=False)  # nobody's chain, and so not one to be ended
        self._head: Head | None = None
        self._position = 0
        self._hash = self._before = GENESIS
        self._is_followed = False

    def follow(self, links: Iterable[Link]) -> Iterator[Break]:
        """Yield where the chains break in these links, which go on where the last ones ended."""
        for link in links:
            if link.scope != self._owner:
                yield from self.end()
                self._begin(link)
            self._head = link.head  # it may have moved since the link before was read
            if self._is_followed and not self._advance(link):
                yield self._break(link)

    def end(self) -> Iterator[Break]:
        """Yield the break at the end of the last account's chain, if its head says that it should end elsewhere."""
        if self._is_followed and self._head != Head(self._owner, self._position, self._hash):
            yield self._break(None)

    def _begin(self, link: Link) -> None:
        self._owner = link.scope
        self._position, self._hash, self._before = 0, GENESIS, GENESIS
        self._is_followed = True

    def _advance(self, link: Link) -> bool:
        """Go on to a link if it fits; tell whether it did."""
        if link.entry is None or link.position != self._position + 1:
            return False
        if next_hash(self._hash, link.entry, link.format) != link.hash:
            return False
        self._position, self._before, self._hash = link.position, self._hash, link.hash
        return True

    def _break(self, found: Link | None) -> Break:
        self._is_followed = False
        return Break(
            scope=self._owner,
            position=self._position + 1,
            previous=self._hash,
            before_previous=self._before,
            found=found,
            head=self._head,
        )
