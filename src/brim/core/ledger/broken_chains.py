"""Names the row at fault where a chain broke, by what still fits: what comes after it, and the account's entries.

One fault is told for certain. Several at one place may hide each other; then at least the first position at which
anything is wrong is right.
"""

from brim.core.ledger.chain import FORMATS, Break, Head, Link, SealedEntry, next_hash
from brim.core.verification import Difference


def _hashes(previous: bytes, entry: SealedEntry) -> list[bytes]:
    """Return the hashes that could seal an entry behind another hash, one a format that can express it."""
    return [made for each in FORMATS if (made := next_hash(previous, entry, each))]


class Investigation:
    """Looks into one break: is shown every entry of the account, then concludes.

    Args:
        broken: where the chain ceased to hold.
        following: the seal at the position after that, if there is one.
    """

    def __init__(self, broken: Break, following: Link | None) -> None:
        self._broken = broken
        self._following = following
        self._meant: str | None = None
        self._elsewhere: tuple[str, int] | None = None
        self._without_seal: str | None = None
        self._renamed: str | None = None

    def consider(self, entry: SealedEntry, sealed_at: int | None, sealed_hash: bytes | None) -> None:
        """Look whether an entry of the account belongs where the chain broke.

        Args:
            entry: as it is now.
            sealed_at: the position of the seal that names it, None when there is none.
            sealed_hash: that seal's hash.
        """
        seal, previous = self._broken.seal, self._broken.previous
        made = _hashes(previous, entry)
        if seal and seal.hash in made:
            self._meant = entry.id
        elif sealed_at is not None:
            if sealed_hash in made:
                self._elsewhere = (entry.id, sealed_at)
        elif any(map(self._fits_before_the_rest, made)):
            self._without_seal = entry.id
        elif seal and seal.hash in _hashes(previous, entry._replace(id=seal.entry_id)):
            self._renamed = entry.id

    def _fits_before_the_rest(self, made: bytes) -> bool:
        """Tell whether a hash at this position leads on to the seal that was read here instead."""
        seal = self._broken.seal
        if seal is None:
            return self._is_confirmed(made)
        return seal.entry is not None and next_hash(made, seal.entry, seal.format) == seal.hash

    def _is_confirmed(self, candidate: bytes) -> bool:
        """Tell whether what comes after this position was made from a hash at it."""
        broken, after, head = self._broken, self._following, self._broken.head
        if after and after.entry and next_hash(candidate, after.entry, after.format) == after.hash:
            return True
        return head is not None and head.position == broken.position and head.hash == candidate

    def conclude(self) -> Difference:
        """Return the first row of this chain that is wrong, and how."""
        seal = self._broken.seal
        if seal:
            return self._wrong_seal(seal)
        if self._elsewhere or self._without_seal:
            return self._displaced(found=None)
        if self._broken.found is None and self._is_head_wrong():
            return self._wrong_head()
        if self._broken.found and self._is_beyond_head(self._broken.position):
            return self._beyond_head(self._broken.found)
        return self._difference(f"entry_seals {self._broken.position}", "a seal, for the chain goes on", None)

    def _wrong_seal(self, seal: Link) -> Difference:
        """Return what is wrong where a seal stands at the position itself."""
        if self._meant == seal.entry_id:
            return self._wrong_format(seal)
        if self._meant or self._elsewhere or self._without_seal:
            return self._displaced(found=f"the seal of {seal.entry_id}")
        if self._is_beyond_head(seal.position):
            return self._beyond_head(seal)
        if seal.entry is None:
            return self._missing_entry(seal)
        return self._wrong_hash(seal, seal.entry)

    def _displaced(self, *, found: str | None) -> Difference:
        """Return that the seal of another entry should stand here."""
        if self._meant or self._elsewhere is None:
            expected = f"the seal of {self._meant or self._without_seal}"
        else:
            entry_id, position = self._elsewhere
            expected = f"the seal of {entry_id}, which stands at position {position}"
        return self._difference(f"entry_seals {self._broken.position}", expected, found)

    def _wrong_format(self, seal: Link) -> Difference:
        """Return that a seal names another format than the one that its hash was made in."""
        row = f"entry_seals {seal.position} of {seal.entry_id}"
        return self._difference(row, "the format that its hash was made in", f"format {seal.format}")

    def _missing_entry(self, seal: Link) -> Difference:
        row = f"journal_entries {seal.entry_id}"
        expected = f"the entry that was sealed at position {seal.position}"
        return self._difference(row, expected, f"it under the id {self._renamed}" if self._renamed else None)

    def _wrong_hash(self, seal: Link, entry: SealedEntry) -> Difference:
        """Return which of a seal and its entry was changed: the seals after them were made from the true hash."""
        made = next_hash(self._broken.previous, entry, seal.format)
        row = f"entry_seals {seal.position} of {seal.entry_id}"
        if self._is_confirmed(made):
            return self._difference(row, f"hash {made.hex()}", f"hash {seal.hash.hex()}")
        if seal.hash in _hashes(self._broken.before_previous, entry):
            return self._difference(f"entry_seals {seal.position - 1}", None, "a seal that was slipped in")
        if self._is_confirmed(seal.hash):
            expected = f"what was sealed at position {seal.position} with hash {seal.hash.hex()}"
            return self._difference(f"journal_entries {seal.entry_id}", expected, str(entry))
        return self._difference(row, f"hash {made.hex()}", f"hash {seal.hash.hex()}, and what follows fits neither")

    def _is_beyond_head(self, position: int) -> bool:
        head = self._broken.head
        return head is None or head.position < position

    def _beyond_head(self, seal: Link) -> Difference:
        row = f"entry_seals {seal.position} of {seal.entry_id}"
        return self._difference(row, None, "a seal beyond the head of the chain")

    def _is_head_wrong(self) -> bool:
        """Tell whether it is rather the head that is wrong than seals that are missing before it."""
        head = self._broken.head
        return head is None or head.position < self._broken.position or head.hash == self._broken.previous

    def _wrong_head(self) -> Difference:
        broken = self._broken
        expected = Head(broken.scope, broken.position - 1, broken.previous)
        return self._difference("chain_heads", str(expected), str(broken.head) if broken.head else None)

    def _difference(self, row: str, expected: str | None, found: str | None) -> Difference:
        return Difference(scope=self._broken.scope, row=row, expected=expected, found=found)
