"""The rule by which seals are made, as an auditor without our code would compute it."""

import hashlib

from brim.base.scope import AccountScope
from brim.core.ledger.broken_chains import Investigation
from brim.core.ledger.chain import GENESIS, ChainWalk, Head, Link, SealedTransfer, extend, next_hash

OWNER = AccountScope("acct_1", livemode=False)
FIRST = SealedTransfer(
    "acct_1", False, "tr_1", "tu_1", "topup", "funding:clearing", "balance:available", 2500, "usd", 1_700_000_000
)
SECOND = FIRST._replace(id="tr_2", topup='tu_"2"', amount=2**63 - 1)
FIRST_TEXT = '["acct_1",false,"tr_1","tu_1","topup","funding:clearing","balance:available",2500,"usd",1700000000]'


def test_a_seal_is_the_sha256_of_the_hash_before_it_and_a_json_array() -> None:
    made = next_hash(GENESIS, FIRST)
    assert made == hashlib.sha256(bytes(32) + FIRST_TEXT.encode()).digest()


def test_the_rule_never_changes() -> None:
    """Every database holds hashes made by it: these were computed with other tools and stay true for ever."""
    assert [seal.hash.hex() for seal in extend(Head(OWNER, 0, GENESIS), [FIRST, SECOND])] == [
        "ada6db624508552c737c436d9cec9488b10568b192815ebda59e9f71c8e34fa9",
        "67042857eb6bb2ca82d0d36fd7a7e48808d1ca13f2290d0150d82ca08cd44c16",
    ]


def test_seals_count_on_from_the_head() -> None:
    head = Head(OWNER, 7, next_hash(GENESIS, FIRST))
    [seal] = extend(head, [SECOND])
    assert (seal.scope, seal.position, seal.transfer) == (OWNER, 8, "tr_2")
    assert seal.hash == next_hash(head.hash, SECOND)


def test_values_cannot_be_moved_from_one_column_to_the_next() -> None:
    moved = FIRST._replace(id="tr_1tu_", topup="1")
    quoted = FIRST._replace(id='tr_1","tu_1', topup="")
    assert len({next_hash(GENESIS, transfer) for transfer in (FIRST, moved, quoted)}) == 3


def _links(transfers: list[SealedTransfer]) -> list[Link]:
    seals = extend(Head(OWNER, 0, GENESIS), transfers)
    head = Head(OWNER, seals[-1].position, seals[-1].hash)
    pairs = zip(seals, transfers, strict=True)
    return [Link(OWNER, seal.position, seal.transfer, seal.hash, transfer, head) for seal, transfer in pairs]


def test_a_chain_that_holds_has_no_break_however_its_links_are_handed_over() -> None:
    links = _links([FIRST, SECOND])
    for middle in range(3):
        walk = ChainWalk()
        assert [*walk.follow(links[:middle]), *walk.follow(links[middle:]), *walk.end()] == []


def test_a_walk_along_nothing_ends_without_a_break() -> None:
    assert list(ChainWalk().end()) == []


def test_what_cannot_be_told_is_said_to_be_so() -> None:
    """A seal and its transfer were changed together, and the head too: only the position is certain."""
    first, second = _links([FIRST, SECOND])
    changed = second._replace(transfer=SECOND._replace(amount=1), hash=bytes(32), head=Head(OWNER, 2, b"\1" * 32))
    [broken] = ChainWalk().follow([first._replace(head=changed.head), changed])
    difference = Investigation(broken, None).conclude()
    assert difference.row == "transfer_seals 2 of tr_2"
    assert difference.found == f"hash {'00' * 32}, and what follows fits neither"
