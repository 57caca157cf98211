"""The rule by which seals are made, as an auditor without our code would compute it."""

import hashlib

import pytest

from brim.base.scope import AccountScope
from brim.core.ledger.broken_chains import Investigation
from brim.core.ledger.chain import (
    ENTRY_FORMAT,
    GENESIS,
    TRANSFER_FORMAT,
    ChainWalk,
    Head,
    Link,
    SealedEntry,
    extend,
    next_hash,
)

OWNER = AccountScope("acct_1", livemode=False)
FIRST = SealedEntry(
    account="acct_1",
    livemode=False,
    id="je_1",
    source_type="topup",
    source="tu_1",
    step="topup",
    debit_account="funding:clearing",
    credit_account="balance:available",
    amount=2500,
    currency="usd",
    created=1_700_000_000,
)
SECOND = FIRST._replace(
    id="je_2",
    source='tu_"2"',
    step="bank_return:2",
    credit_account="bank:ba_1",
    amount=2**63 - 1,
    further_lines=(("fees", "bank:ba_1", 15, "usd"),),
)
FIRST_TEXT = (
    '["acct_1",false,"je_1","topup","tu_1","topup",1700000000,[["funding:clearing","balance:available",2500,"usd"]]]'
)
OLD_FIRST = FIRST._replace(id="tr_1")
OLD_SECOND = OLD_FIRST._replace(id="tr_2", source='tu_"2"', amount=2**63 - 1)


def test_a_seal_is_the_sha256_of_the_hash_before_it_and_a_json_array() -> None:
    made = next_hash(GENESIS, FIRST, ENTRY_FORMAT)
    assert made == hashlib.sha256(bytes(32) + FIRST_TEXT.encode()).digest()


def test_the_rule_never_changes() -> None:
    """Every database holds hashes made by it: these were computed with other tools and stay true for ever."""
    assert [seal.hash.hex() for seal in extend(Head(OWNER, 0, GENESIS), [FIRST, SECOND])] == [
        "343024f8f4dba8968d015faa48ca526562b984e8c17dc0e70ca3aa8fcce28528",
        "86d77eb324d5baf76af13138a52d16fc601131189c22ba24e37924f4a6154e5e",
    ]


def test_the_rule_of_transfers_never_changes() -> None:
    """Databases of versions before the general ledger hold these, and they are still followed."""
    first = next_hash(GENESIS, OLD_FIRST, TRANSFER_FORMAT)
    assert first.hex() == "ada6db624508552c737c436d9cec9488b10568b192815ebda59e9f71c8e34fa9"
    second = next_hash(first, OLD_SECOND, TRANSFER_FORMAT)
    assert second.hex() == "67042857eb6bb2ca82d0d36fd7a7e48808d1ca13f2290d0150d82ca08cd44c16"


@pytest.mark.parametrize(
    "entry",
    [OLD_FIRST._replace(source_type="payout"), OLD_FIRST._replace(further_lines=(("fees", "bank:ba_1", 15, "usd"),))],
)
def test_a_transfer_s_seal_does_not_cover_what_transfers_were_not(entry: SealedEntry) -> None:
    """Otherwise its source type or a line more could be written into an old entry, and its seal would still fit."""
    assert next_hash(GENESIS, entry, TRANSFER_FORMAT) != next_hash(GENESIS, OLD_FIRST, TRANSFER_FORMAT)


def test_a_chain_goes_on_in_the_new_format() -> None:
    old = next_hash(GENESIS, OLD_FIRST, TRANSFER_FORMAT)
    [seal] = extend(Head(OWNER, 1, old), [FIRST])
    head = Head(OWNER, 2, seal.hash)
    links = [
        Link(OWNER, 1, OLD_FIRST.id, old, TRANSFER_FORMAT, OLD_FIRST, head),
        Link(OWNER, 2, seal.entry, seal.hash, seal.format, FIRST, head),
    ]
    walk = ChainWalk()
    assert [*walk.follow(links), *walk.end()] == []


@pytest.mark.parametrize("wrong", [TRANSFER_FORMAT, 0, 3])
def test_a_seal_of_another_format_breaks_the_chain_and_is_named(wrong: int) -> None:
    [link] = _links([FIRST])
    [broken] = ChainWalk().follow([link._replace(format=wrong)])
    investigation = Investigation(broken, None)
    investigation.consider(FIRST, 1, link.hash)
    difference = investigation.conclude()
    assert (difference.row, difference.found) == ("entry_seals 1 of je_1", f"format {wrong}")


def test_seals_count_on_from_the_head() -> None:
    head = Head(OWNER, 7, next_hash(GENESIS, FIRST, ENTRY_FORMAT))
    [seal] = extend(head, [SECOND])
    assert (seal.scope, seal.position, seal.entry) == (OWNER, 8, "je_2")
    assert seal.hash == next_hash(head.hash, SECOND, ENTRY_FORMAT)


def test_values_cannot_be_moved_from_one_column_to_the_next() -> None:
    moved = FIRST._replace(source="tu_1to", step="pup")
    quoted = FIRST._replace(source='tu_1","topup', step="")
    line = FIRST._replace(further_lines=FIRST.lines)
    for each in (FIRST, moved, quoted, line):
        others = {next_hash(GENESIS, other, ENTRY_FORMAT) for other in (FIRST, moved, quoted, line) if other != each}
        assert next_hash(GENESIS, each, ENTRY_FORMAT) not in others


def _links(entries: list[SealedEntry]) -> list[Link]:
    seals = extend(Head(OWNER, 0, GENESIS), entries)
    head = Head(OWNER, seals[-1].position, seals[-1].hash)
    pairs = zip(seals, entries, strict=True)
    return [Link(OWNER, seal.position, seal.entry, seal.hash, seal.format, entry, head) for seal, entry in pairs]


def test_a_chain_that_holds_has_no_break_however_its_links_are_handed_over() -> None:
    links = _links([FIRST, SECOND])
    for middle in range(3):
        walk = ChainWalk()
        assert [*walk.follow(links[:middle]), *walk.follow(links[middle:]), *walk.end()] == []


def test_a_walk_along_nothing_ends_without_a_break() -> None:
    assert list(ChainWalk().end()) == []


def test_what_cannot_be_told_is_said_to_be_so() -> None:
    """A seal and its entry were changed together, and the head too: only the position is certain."""
    first, second = _links([FIRST, SECOND])
    changed = second._replace(entry=SECOND._replace(amount=1), hash=bytes(32), head=Head(OWNER, 2, b"\1" * 32))
    [broken] = ChainWalk().follow([first._replace(head=changed.head), changed])
    difference = Investigation(broken, None).conclude()
    assert difference.row == "entry_seals 2 of je_2"
    assert difference.found == f"hash {'00' * 32}, and what follows fits neither"
