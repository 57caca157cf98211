"""The hash chain is broken: each row that was changed, removed or slipped in is found and named."""

from typing import Any

import pytest

from brim.base.scope import AccountScope
from brim.core.verification.rules import MAX_DIFFERENCES
from brim.platform.database import Database
from tests.support.books import OTHER_OWNER, OWNER, rows
from tests.support.chains import Tamper, differences, post, seal_all, tampering_with

LIVE_OWNER = AccountScope(OWNER.account, livemode=True)


@pytest.fixture
def tamper(database_url: str) -> Tamper:
    return tampering_with(database_url)


async def make_chains(database: Database) -> dict[str, Any]:
    """Write three chains, of five, three and one entries, and return the hashes of the first by position."""
    await post(database, OWNER, [f"tr_{number}" for number in range(1, 6)])
    await post(database, LIVE_OWNER, [f"tr_live_{number}" for number in range(1, 4)])
    await post(database, OTHER_OWNER, ["tr_other"])
    await seal_all(database, limit=2)
    seals = await rows(database, "SELECT position, hash FROM entry_seals WHERE account = 'acct_books' AND NOT livemode")
    return {f"h{seal['position']}": seal["hash"].hex() for seal in seals}


MINE = "account = 'acct_books' AND NOT livemode"
ENTRY = f"UPDATE journal_entries SET {{}} WHERE {MINE} AND id = '{{}}'"
SEAL = f"UPDATE entry_seals SET {{}} WHERE {MINE} AND position = {{}}"
HEAD = f"UPDATE chain_heads SET {{}} WHERE {MINE}"
NEW_ENTRY = (
    "INSERT INTO journal_entries"
    " VALUES ('acct_books', false, '{}', 'tu_x', 'topup', 'funding:clearing', 'balance:available', 5, 'usd', 17)"
)
TEST = "acct_books (test): "
FLIPS = {
    "source": ("source = 'tu_tr_X'", "funding:clearing -> balance:available {amount} usd for tu_tr_X (topup) at 17"),
    "step": ("step = 'topuq'", "funding:clearing -> balance:available {amount} usd for tu_tr_{n} (topuq) at 17"),
    "debit_account": (
        "debit_account = 'gunding:clearing'",
        "gunding:clearing -> balance:available {amount} usd for tu_tr_{n} (topup) at 17",
    ),
    "credit_account": (
        "credit_account = 'balance:availablf'",
        "funding:clearing -> balance:availablf {amount} usd for tu_tr_{n} (topup) at 17",
    ),
    "amount": (
        "amount = amount + 1000",
        "funding:clearing -> balance:available 1{amount} usd for tu_tr_{n} (topup) at 17",
    ),
    "currency": ("currency = 'use'", "funding:clearing -> balance:available {amount} use for tu_tr_{n} (topup) at 17"),
    "created": ("created = 16", "funding:clearing -> balance:available {amount} usd for tu_tr_{n} (topup) at 16"),
}


@pytest.mark.parametrize("page_size", [1, 10_000])
@pytest.mark.parametrize("number", [1, 3, 5])
@pytest.mark.parametrize("column", FLIPS)
async def test_a_changed_column_of_an_entry_is_named(
    database: Database, tamper: Tamper, column: str, number: int, page_size: int
) -> None:
    hashes = await make_chains(database)
    assignment, tells = FLIPS[column]
    await tamper(ENTRY.format(assignment, f"tr_{number}"))
    expected = f"what was sealed at position {number} with hash {hashes[f'h{number}']}"
    found = tells.format(amount=99 + number, n=number)
    assert await differences(database, page_size=page_size) == [
        f"{TEST}journal_entries tr_{number}: expected {expected}, found {found}"
    ]


OTHERS = "acct_other (test): "
CORRUPTIONS: dict[str, tuple[list[str], list[str]]] = {
    "an entry with another id": (
        [ENTRY.format("id = 'tr_9'", "tr_3")],
        [TEST + "journal_entries tr_3: expected the entry that was sealed at position 3, found it under the id tr_9"],
    ),
    "an entry of another account": (
        [ENTRY.format("account = 'acct_other'", "tr_3")],
        [
            TEST + "journal_entries tr_3: expected the entry that was sealed at position 3, found nothing",
            OTHERS + "journal_entries tr_3: expected nothing, found funding:clearing -> balance:available 102 usd for "
            "tu_tr_3 (topup) at 17, neither sealed nor waiting for it",
        ],
    ),
    "an entry of the other mode": (
        [ENTRY.format("livemode = true", "tr_5")],
        [
            TEST + "journal_entries tr_5: expected the entry that was sealed at position 5, found nothing",
            (
                "acct_books (live): journal_entries tr_5: expected nothing, found funding:clearing -> "
                "balance:available 104 usd for tu_tr_5 (topup) at 17, neither sealed nor waiting for it"
            ),
        ],
    ),
    "an entry that was removed": (
        [f"DELETE FROM journal_entries WHERE {MINE} AND id = 'tr_2'"],
        [TEST + "journal_entries tr_2: expected the entry that was sealed at position 2, found nothing"],
    ),
    "the last entry that was removed": (
        [f"DELETE FROM journal_entries WHERE {MINE} AND id = 'tr_5'"],
        [TEST + "journal_entries tr_5: expected the entry that was sealed at position 5, found nothing"],
    ),
    "an entry that was slipped in": (
        [NEW_ENTRY.format("tr_25")],
        [
            TEST
            + "journal_entries tr_25: expected nothing, found funding:clearing -> balance:available 5 usd for tu_x "
            "(topup) at 17, neither sealed nor waiting for it"
        ],
    ),
    "an entry that was removed while it waited": (
        ["INSERT INTO unsealed_entries VALUES ('acct_books', false, 'tr_6')"],
        [TEST + "journal_entries tr_6: expected the unsealed entry, found nothing"],
    ),
    "an entry that is queued again": (
        ["INSERT INTO unsealed_entries VALUES ('acct_books', false, 'tr_4')"],
        [TEST + "unsealed_entries tr_4: expected nothing, found tr_4, which is sealed at position 4"],
    ),
    "a seal of another account": (
        [SEAL.format("account = 'acct_nobody'", 3)],
        [
            TEST + "entry_seals 3: expected the seal of tr_3, found nothing",
            "acct_nobody (test): entry_seals 3 of tr_3: expected nothing, found a seal beyond the head of the chain",
        ],
    ),
    "a seal of an account that has a chain": (
        [SEAL.format("account = 'acct_other'", 5)],
        [
            TEST + "entry_seals 5: expected the seal of tr_5, found nothing",
            OTHERS + "entry_seals 5 of tr_5: expected nothing, found a seal beyond the head of the chain",
        ],
    ),
    "a seal of the other mode": (
        [SEAL.format("livemode = true", 4)],
        [
            TEST + "entry_seals 4: expected the seal of tr_4, found nothing",
            "acct_books (live): entry_seals 4 of tr_4: expected nothing, found a seal beyond the head of the chain",
        ],
    ),
    "a seal at another position": (
        [SEAL.format("position = 9", 2)],
        [TEST + "entry_seals 2: expected the seal of tr_2, which stands at position 9, found nothing"],
    ),
    "the last seal at another position": (
        [SEAL.format("position = 6", 5)],
        [TEST + "entry_seals 5: expected the seal of tr_5, which stands at position 6, found nothing"],
    ),
    "a seal that names another entry": (
        [SEAL.format("entry = 'tr_7'", 3)],
        [TEST + "entry_seals 3: expected the seal of tr_3, found the seal of tr_7"],
    ),
    "two seals that name each other's entries": (
        [
            "ALTER TABLE entry_seals DROP CONSTRAINT entry_seals_each_entry_once",
            SEAL.format("entry = CASE position WHEN 2 THEN 'tr_4' ELSE 'tr_2' END", "ANY ('{2, 4}')"),
        ],
        [TEST + "entry_seals 2: expected the seal of tr_2, found the seal of tr_4"],
    ),
    "two seals that changed places": (
        [
            SEAL.format("position = 99", 2),
            SEAL.format("position = 2", 4),
            SEAL.format("position = 4", 99),
        ],
        [TEST + "entry_seals 2: expected the seal of tr_2, which stands at position 4, found the seal of tr_4"],
    ),
    "two neighbours that changed places": (
        [
            SEAL.format("position = 99", 4),
            SEAL.format("position = 4", 5),
            SEAL.format("position = 5", 99),
        ],
        [TEST + "entry_seals 4: expected the seal of tr_4, which stands at position 5, found the seal of tr_5"],
    ),
    "a seal that was removed": (
        [f"DELETE FROM entry_seals WHERE {MINE} AND position = 2"],
        [TEST + "entry_seals 2: expected the seal of tr_2, found nothing"],
    ),
    "the first seal that was removed": (
        [f"DELETE FROM entry_seals WHERE {MINE} AND position = 1"],
        [TEST + "entry_seals 1: expected the seal of tr_1, found nothing"],
    ),
    "the last seal that was removed": (
        [f"DELETE FROM entry_seals WHERE {MINE} AND position = 5"],
        [TEST + "entry_seals 5: expected the seal of tr_5, found nothing"],
    ),
    "a seal that was removed, the later ones moved down": (
        [
            f"DELETE FROM entry_seals WHERE {MINE} AND position = 2",
            SEAL.format("position = 2", 3),
            SEAL.format("position = 3", 4),
            SEAL.format("position = 4", 5),
            HEAD.format("position = 4"),
        ],
        [TEST + "entry_seals 2: expected the seal of tr_2, found the seal of tr_3"],
    ),
    "a seal that was removed with its transfer": (
        [
            f"DELETE FROM entry_seals WHERE {MINE} AND position = 3",
            f"DELETE FROM journal_entries WHERE {MINE} AND id = 'tr_3'",
        ],
        [TEST + "entry_seals 3: expected a seal, for the chain goes on, found nothing"],
    ),
    "the last seals that were removed with their entries": (
        [
            f"DELETE FROM entry_seals WHERE {MINE} AND position > 3",
            f"DELETE FROM journal_entries WHERE {MINE} AND id > 'tr_3'",
        ],
        [TEST + "entry_seals 4: expected a seal, for the chain goes on, found nothing"],
    ),
    "a chain that was removed, all but its head": (
        [f"DELETE FROM entry_seals WHERE {MINE}", f"DELETE FROM journal_entries WHERE {MINE}"],
        [TEST + "chain_heads: expected nothing, found position 5, hash {h5}"],
    ),
    "a seal that was slipped in at the end": (
        [
            NEW_ENTRY.format("tr_6"),
            "INSERT INTO entry_seals VALUES ('acct_books', false, 6, 'tr_6', sha256('anything'))",
        ],
        [TEST + "entry_seals 6 of tr_6: expected nothing, found a seal beyond the head of the chain"],
    ),
    "a seal of nothing that was slipped in at the end": (
        ["INSERT INTO entry_seals VALUES ('acct_books', false, 6, 'tr_6', sha256('anything'))"],
        [TEST + "entry_seals 6 of tr_6: expected nothing, found a seal beyond the head of the chain"],
    ),
    "a seal that was slipped in between, the later ones moved up": (
        [
            SEAL.format("position = position + 100", "ANY ('{4, 5}')"),
            SEAL.format("position = position - 99", "ANY ('{104, 105}')"),
            NEW_ENTRY.format("tr_35"),
            "INSERT INTO entry_seals VALUES ('acct_books', false, 4, 'tr_35', sha256('anything'))",
            HEAD.format("position = 6"),
        ],
        [TEST + "entry_seals 4: expected the seal of tr_4, which stands at position 5, found the seal of tr_35"],
    ),
    "a seal that was made by the rule and slipped in between, the later ones moved up": (
        [
            SEAL.format("position = position + 100", "ANY ('{4, 5}')"),
            SEAL.format("position = position - 99", "ANY ('{104, 105}')"),
            NEW_ENTRY.format("tr_35"),
            (
                "INSERT INTO entry_seals SELECT 'acct_books', false, 4, 'tr_35', sha256(hash ||"
                ' \'["acct_books",false,"tr_35","tu_x","topup","funding:clearing","balance:available",5,"usd",17]\')'
                f" FROM entry_seals WHERE {MINE} AND position = 3"
            ),
            HEAD.format("position = 6"),
        ],
        [TEST + "entry_seals 4: expected nothing, found a seal that was slipped in"],
    ),
    "a head at another position": (
        [HEAD.format("position = 6")],
        [TEST + "chain_heads: expected position 5, hash {h5}, found position 6, hash {h5}"],
    ),
    "a head further back": (
        [HEAD.format(f"position = 3, hash = (SELECT hash FROM entry_seals WHERE {MINE} AND position = 3)")],
        [TEST + "chain_heads: expected position 5, hash {h5}, found position 3, hash {h3}"],
    ),
    "a head of another account": (
        [HEAD.format("account = 'acct_nobody'")],
        [
            TEST + "chain_heads: expected position 5, hash {h5}, found nothing",
            "acct_nobody (test): chain_heads: expected nothing, found position 5, hash {h5}",
        ],
    ),
    "a head that is gone": (
        [f"DELETE FROM chain_heads WHERE {MINE}"],
        [TEST + "chain_heads: expected position 5, hash {h5}, found nothing"],
    ),
    "two entries that were changed": (
        [ENTRY.format("amount = 7", "tr_2"), ENTRY.format("amount = 7", "tr_4")],
        [
            TEST + "journal_entries tr_2: expected what was sealed at position 2 with hash {h2}, found "
            "funding:clearing -> balance:available 7 usd for tu_tr_2 (topup) at 17"
        ],
    ),
}


@pytest.mark.parametrize("page_size", [1, 10_000])
@pytest.mark.parametrize("corruption", CORRUPTIONS)
async def test_what_was_tampered_with_is_named(
    database: Database, tamper: Tamper, corruption: str, page_size: int
) -> None:
    hashes = await make_chains(database)
    statements, sentences = CORRUPTIONS[corruption]
    await tamper(*statements)
    assert sorted(await differences(database, page_size=page_size)) == sorted(
        sentence.format(**hashes) for sentence in sentences
    )


FLIPPED = "set_byte(hash, {0}, get_byte(hash, {0}) # 1)"


@pytest.mark.parametrize("byte", [0, 17, 31])
@pytest.mark.parametrize("position", [1, 3, 5])
async def test_a_flipped_byte_of_a_seal_is_named(database: Database, tamper: Tamper, position: int, byte: int) -> None:
    hashes = await make_chains(database)
    await tamper(SEAL.format(f"hash = {FLIPPED.format(byte)}", position))
    true = hashes[f"h{position}"]
    flipped = bytearray.fromhex(true)
    flipped[byte] ^= 1
    [sentence] = await differences(database)
    row = f"entry_seals {position} of tr_{position}"
    assert sentence == f"{TEST}{row}: expected hash {true}, found hash {flipped.hex()}"


@pytest.mark.parametrize("byte", [0, 17, 31])
async def test_a_flipped_byte_of_a_head_is_named(database: Database, tamper: Tamper, byte: int) -> None:
    """A head whose hash alone is wrong: no seal is missing, for its position is the last one's."""
    hashes = await make_chains(database)
    await tamper(HEAD.format(f"hash = {FLIPPED.format(byte)}"))
    [sentence] = await differences(database)
    assert sentence.startswith(f"{TEST}chain_heads: expected position 5, hash {hashes['h5']}, found position 5, hash ")


@pytest.mark.parametrize(
    ("corruption", "sealed"),
    [
        ("a head that is gone", 1),
        ("a head further back", 1),
        ("a seal that was slipped in at the end", 1),
        ("a head at another position", 2),
        ("an entry that is queued again", 2),
        ("an entry that was removed while it waited", 2),
        ("an entry that was removed", 2),
    ],
)
async def test_sealing_goes_on_for_others_and_never_covers_up(
    database: Database, tamper: Tamper, corruption: str, sealed: int
) -> None:
    """What waits for a chain whose end is not where its head says goes on waiting."""
    hashes = await make_chains(database)
    statements, [sentence] = CORRUPTIONS[corruption]
    await tamper(*statements)
    await post(database, OTHER_OWNER, ["tr_other_2"])
    await post(database, OWNER, ["tr_8"])
    assert await seal_all(database, limit=1) == sealed
    [found] = await differences(database)
    if corruption == "a head at another position":
        assert found == f"{TEST}entry_seals 6: expected the seal of tr_8, which stands at position 7, found nothing"
    else:
        assert found == sentence.format(**hashes)


async def test_only_the_first_differences_are_named(database: Database, tamper: Tamper) -> None:
    for number in range(MAX_DIFFERENCES + 5):
        await post(database, AccountScope(f"acct_{number:02}", livemode=False), ["tr_1"])
    await seal_all(database)
    await tamper("UPDATE journal_entries SET amount = 1")
    named = await differences(database)
    assert [sentence.partition(" ")[0] for sentence in named] == [
        f"acct_{number:02}" for number in range(MAX_DIFFERENCES)
    ]
    assert len(await differences(database, page_size=3)) == MAX_DIFFERENCES
