import asyncio
from collections.abc import Callable

import pytest

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.integrity.books import verify_books
from brim.core.topups.settlement import settle_due
from brim.core.verification import MAX_DIFFERENCES, Pace
from brim.platform.database import Database
from tests.support.books import LATER_MS, OTHER_OWNER, OWNER, RAILS, cancel, create, execute, new_topup, reverse, rows
from tests.support.paces import without_rests

LIVE_OWNER = AccountScope(OWNER.account, livemode=True)


async def make_clean_books(database: Database) -> dict[str, str]:
    """Write top-ups of every status, of two owners; return their ids by status, and those of some rows by name."""
    ids = IdFactory()
    created = await create(
        database,
        [
            new_topup(ids, amount=100, key="key-1"),
            new_topup(ids, amount=200, key="key-2", source="btok_us_verified_noAccount"),
            new_topup(ids, amount=400, source="btok_us_verified_pending"),
            new_topup(ids, amount=800, source="btok_us_verified_pending"),
            new_topup(ids, amount=1600, currency="eur"),
            new_topup(ids, amount=3200, scope=OTHER_OWNER),
            new_topup(ids, amount=6400, scope=LIVE_OWNER),
        ],
    )
    named = dict(zip(["succeeded", "failed", "canceled", "pending", "reversed", "other", "live"], created, strict=True))
    await settle_due(database, now_ms=LATER_MS, ids=ids, rails=RAILS, renderers=WIRE_FORMATS)
    await cancel(database, named["canceled"])
    await reverse(database, named["reversed"])
    return {**named, **(await _names_of(database, named["canceled"], named["reversed"]))}


async def _names_of(database: Database, canceled: str, reversed_: str) -> dict[str, str]:
    """Return the ids of what a cancel and a reversal wrote."""
    (found,) = await rows(
        database,
        """
        SELECT (SELECT id FROM journal_entries WHERE source = $2 AND step = 'topup_reversal') AS reversal_entry,
            (SELECT id FROM balance_transactions WHERE source = $2 AND type = 'topup_reversal') AS reversal_transaction,
            (SELECT id FROM events WHERE object_id = $1 AND type = 'topup.canceled') AS cancel_event
        """,
        canceled,
        reversed_,
    )
    return found


@pytest.mark.parametrize("range_size", [1, 2, 3, 20_000])
async def test_clean_books_prove_themselves_however_they_are_cut(each_database: Database, range_size: int) -> None:
    await make_clean_books(each_database)
    assert (await verify_books(each_database, range_size=range_size)).differences == []


async def test_empty_books_are_clean(database: Database) -> None:
    assert (await verify_books(database)).differences == []


INSERT_TRANSFER = (
    "INSERT INTO journal_entries VALUES"
    " ('{account}', false, 'je_false', '{topup}', '{kind}', 'funding:clearing', 'balance:available', 5, 'usd', 1)"
)
INSERT_LINE = (
    "INSERT INTO balance_transactions"
    " VALUES ('{account}', false, 'txn_false', 5, 0, 5, 1, 1, 'usd', NULL, '{topup}', '{type}')"
)
INSERT_EVENT = (
    "INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)"
    " VALUES ('{account}', false, 'evt_false', 1, '{type}', '{topup}', '', 'null')"
)
CORRUPTIONS = {
    "a balance that was raised": (
        "UPDATE balances SET available = available + 1 WHERE account = 'acct_books' AND currency = 'usd'",
        [
            "acct_books (test): balances usd: expected 100 by the sum of journal_entries, found 101",
            "acct_books (test): balances usd: expected 100 by the sum of balance_transactions, found 101",
        ],
    ),
    "a balance that is gone": (
        "DELETE FROM balances WHERE account = 'acct_other'",
        [
            "acct_other (test): balances usd: expected 3200 by the sum of journal_entries, found 0",
            "acct_other (test): balances usd: expected 3200 by the sum of balance_transactions, found 0",
        ],
    ),
    "a balance of nobody": (
        "INSERT INTO balances VALUES ('zzz', true, 'usd', -7)",
        [
            "zzz (live): balances usd: expected 0 by the sum of journal_entries, found -7",
            "zzz (live): balances usd: expected 0 by the sum of balance_transactions, found -7",
        ],
    ),
    "an entry that is gone": (
        "DELETE FROM journal_entries WHERE source = '{succeeded}'",
        [
            (
                "acct_books (test): journal_entries of {succeeded} (topup): "
                "expected funding:clearing -> balance:available 100 usd, found nothing"
            ),
            "acct_books (test): balances usd: expected 0 by the sum of journal_entries, found 100",
        ],
    ),
    "a reversal that books the wrong way": (
        (
            "UPDATE journal_entries SET (debit_account, credit_account) = (credit_account, debit_account)"
            " WHERE id = '{reversal_entry}'"
        ),
        [
            (
                "acct_books (test): journal_entries {reversal_entry} of {reversed} (topup_reversal): expected "
                "balance:available -> funding:clearing 1600 eur, found funding:clearing -> balance:available 1600 eur"
            ),
            "acct_books (test): balances eur: expected 3200 by the sum of journal_entries, found 0",
        ],
    ),
    "an entry through another account": (
        "UPDATE journal_entries SET debit_account = 'bank:ba_1' WHERE id = '{reversal_entry}'",
        [
            (
                "acct_books (test): journal_entries {reversal_entry} of {reversed} (topup_reversal): expected "
                "balance:available -> funding:clearing 1600 eur, found bank:ba_1 -> funding:clearing 1600 eur"
            ),
            "acct_books (test): balances eur: expected 1600 by the sum of journal_entries, found 0",
        ],
    ),
    "an entry of another amount": (
        "UPDATE journal_entries SET amount = 99 WHERE source = '{succeeded}'",
        [
            (
                "of {succeeded} (topup): expected funding:clearing -> balance:available 100 usd, "
                "found funding:clearing -> balance:available 99 usd"
            ),
            "acct_books (test): balances usd: expected 99 by the sum of journal_entries, found 100",
        ],
    ),
    "an entry in another currency": (
        "UPDATE journal_entries SET currency = 'jpy' WHERE source = '{succeeded}'",
        [
            (
                "of {succeeded} (topup): expected funding:clearing -> balance:available 100 usd, "
                "found funding:clearing -> balance:available 100 jpy"
            ),
            "acct_books (test): balances jpy: expected 100 by the sum of journal_entries, found 0",
            "acct_books (test): balances usd: expected 0 by the sum of journal_entries, found 100",
        ],
    ),
    "an entry for a top-up that failed": (
        INSERT_TRANSFER.format(account="acct_books", topup="{failed}", kind="topup"),
        [
            (
                "acct_books (test): journal_entries je_false of {failed} (topup): "
                "expected nothing, found funding:clearing -> balance:available 5 usd"
            ),
            "acct_books (test): balances usd: expected 105 by the sum of journal_entries, found 100",
        ],
    ),
    "a reversal of a top-up that was not reversed": (
        INSERT_TRANSFER.format(account="acct_books", topup="{succeeded}", kind="topup_reversal"),
        [
            "acct_books (test): journal_entries je_false of {succeeded} (topup_reversal): expected nothing",
            "acct_books (test): balances usd: expected 105 by the sum of journal_entries, found 100",
        ],
    ),
    "an entry of no top-up": (
        INSERT_TRANSFER.format(account="acct_nobody", topup="tu_none", kind="topup"),
        [
            "acct_nobody (test): journal_entries je_false of tu_none (topup): expected nothing",
            "acct_nobody (test): balances usd: expected 5 by the sum of journal_entries, found 0",
        ],
    ),
    "an entry of another account's top-up": (
        INSERT_TRANSFER.format(account="acct_nobody", topup="{succeeded}", kind="topup"),
        [
            "acct_nobody (test): journal_entries je_false of {succeeded} (topup): expected nothing",
            "acct_nobody (test): balances usd: expected 5 by the sum of journal_entries, found 0",
        ],
    ),
    "a line that is gone": (
        "DELETE FROM balance_transactions WHERE source = '{succeeded}'",
        [
            "acct_books (test): balance_transactions of {succeeded} (topup): expected 100 usd as txn_",
            "acct_books (test): balances usd: expected 0 by the sum of balance_transactions, found 100",
        ],
    ),
    "a line of another sign": (
        "UPDATE balance_transactions SET amount = -amount, net = -net WHERE id = '{reversal_transaction}'",
        [
            (
                "acct_books (test): balance_transactions {reversal_transaction} of {reversed} (topup_reversal): "
                "expected -1600 eur, found 1600 eur"
            ),
            "acct_books (test): balances eur: expected 3200 by the sum of balance_transactions, found 0",
        ],
    ),
    "a line with a fee that no entry posts": (
        "UPDATE balance_transactions SET fee = 3, net = amount - 3 WHERE source = '{succeeded}'",
        ["acct_books (test): balances usd: expected 97 by the sum of balance_transactions, found 100"],
    ),
    "a line that the top-up does not point to": (
        "UPDATE topups SET balance_transaction = 'txn_elsewhere' WHERE id = '{succeeded}'",
        [
            "of {succeeded} (topup): expected 100 usd as txn_elsewhere, found 100 usd as txn_0",
        ],
    ),
    "a line for a pending top-up": (
        INSERT_LINE.format(account="acct_books", topup="{pending}", type="topup"),
        [
            "acct_books (test): balance_transactions txn_false of {pending} (topup): expected nothing, found 5 usd",
            "acct_books (test): balances usd: expected 105 by the sum of balance_transactions, found 100",
        ],
    ),
    "a line of no top-up": (
        INSERT_LINE.format(account="acct_nobody", topup="tu_none", type="topup"),
        [
            "acct_nobody (test): balance_transactions txn_false of tu_none (topup): expected nothing, found 5 usd",
            "acct_nobody (test): balances usd: expected 5 by the sum of balance_transactions, found 0",
        ],
    ),
    "a status that was moved by hand": (
        "UPDATE topups SET status = 'canceled' WHERE id = '{pending}'",
        ["acct_books (test): events of {pending}: expected one topup.canceled, found nothing"],
    ),
    "a success that was made pending again": (
        "UPDATE topups SET status = 'pending', balance_transaction = NULL WHERE id = '{other}'",
        [
            "of {other} (topup): expected nothing, found funding:clearing -> balance:available 3200 usd",
            "of {other} (topup): expected nothing, found 3200 usd",
            "expected a top-up {other} whose status calls for topup.succeeded, found status pending",
        ],
    ),
    "an entry of a source that nobody knows": (
        (
            "INSERT INTO journal_entries VALUES"
            " ('acct_books', false, 'je_false', 'po_1', 'payout', 'balance:available', 'fees', 5, 'usd', 1, 'payout')"
        ),
        [
            "je_false of po_1 (payout): expected an entry of a known source type, found payout",
            "acct_books (test): balances usd: expected 95 by the sum of journal_entries, found 100",
        ],
    ),
    "an entry with two faults": (
        (
            "INSERT INTO journal_entries VALUES"
            " ('acct_books', false, 'je_false', 'po_1', 'payout', 'bank:', 'fees', 5, 'usd', 1, 'payout', 2)"
        ),
        [
            "je_false of po_1 (payout): expected an entry of a known source type, found payout",
            "je_false of po_1 (payout): expected accounts of the chart, found bank: -> fees",
            "je_false of po_1 (payout): expected 2 lines, found others",
        ],
    ),
    "an account that is not in the chart": (
        "UPDATE journal_entries SET debit_account = 'bank:' WHERE id = '{reversal_entry}'",
        [
            "journal_entries {reversal_entry} of {reversed} (topup_reversal): expected balance:available -> ",
            "{reversal_entry} of {reversed} (topup_reversal): expected accounts of the chart, found bank: -> ",
            "acct_books (test): balances eur: expected 1600 by the sum of journal_entries, found 0",
        ],
    ),
    "a line that was slipped in": (
        (
            "INSERT INTO journal_entry_lines VALUES"
            " ('acct_books', false, '{reversal_entry}', 2, 'balance:available', 'fees', 5, 'eur')"
        ),
        ["journal_entries {reversal_entry} of {reversed} (topup_reversal): expected 1 lines, found others"],
    ),
    "a line that is missing": (
        "UPDATE journal_entries SET line_count = 2 WHERE id = '{reversal_entry}'",
        ["journal_entries {reversal_entry} of {reversed} (topup_reversal): expected 2 lines, found others"],
    ),
    "a line more than the status calls for": (
        (
            "WITH more AS (UPDATE journal_entries SET line_count = 2 WHERE id = '{reversal_entry}')"
            " INSERT INTO journal_entry_lines VALUES"
            " ('acct_books', false, '{reversal_entry}', 2, 'balance:available', 'fees', 5, 'eur')"
        ),
        [
            (
                "journal_entries {reversal_entry} of {reversed} (topup_reversal): expected nothing, "
                "found balance:available -> fees 5 eur"
            ),
            "acct_books (test): balances eur: expected -5 by the sum of journal_entries, found 0",
        ],
    ),
    "a balance transaction of an unknown type": (
        (
            "INSERT INTO balance_transactions VALUES"
            " ('acct_books', false, 'txn_false', 5, 5, 0, 1, 1, 'usd', NULL, '{succeeded}', 'adjustment')"
        ),
        [
            "balance_transactions txn_false of {succeeded} (adjustment): expected a known type, found adjustment",
        ],
    ),
    "money reserved without a hold": (
        "UPDATE balances SET available = available - 5, reserved = 5 WHERE account = 'acct_books' AND currency = 'usd'",
        [
            "acct_books (test): balances usd: expected 100 by the sum of journal_entries, found 95",
            "acct_books (test): balances usd reserved: expected 0 by the sum of journal_entries, found 5",
            "acct_books (test): balances usd reserved: expected 0 by the sum of holds, found 5",
        ],
    ),
    "a hold that posted nothing": (
        (
            "INSERT INTO holds VALUES"
            " ('acct_books', false, 'hold_1', 'payout', 'po_1', 5, 'usd', NULL, 'reserved', 1, NULL)"
        ),
        [
            "journal_entries of po_1 (hold): expected balance:available -> balance:reserved 5 usd, found nothing",
            "acct_books (test): balances usd reserved: expected 5 by the sum of holds, found 0",
        ],
    ),
    "a confirmation that posted nothing": (
        (
            "INSERT INTO bank_confirmations SELECT account, livemode, id, 'bank_credit', 'b', amount, currency, '', 1"
            " FROM topups WHERE id = '{failed}'"
        ),
        ["journal_entries of {failed} (bank_credit): expected bank:b -> funding:clearing "],
    ),
    "a confirmation and its entry of no top-up": (
        (
            "WITH said AS (INSERT INTO bank_confirmations VALUES"
            " ('acct_books', false, 'tu_none', 'bank_credit', 'b', 5, 'usd', '', 1)) INSERT INTO journal_entries VALUES"
            " ('acct_books', false, 'je_false', 'tu_none', 'bank_credit', 'bank:b', 'funding:clearing', 5, 'usd', 1)"
        ),
        [
            "bank_confirmations bank_credit of tu_none: expected a top-up, found 5 usd",
            "je_false of tu_none (bank_credit): expected nothing, found bank:b -> funding:clearing 5 usd",
        ],
    ),
    "a confirmation and its entry in another currency": (
        (
            "WITH said AS (INSERT INTO bank_confirmations VALUES"
            " ('acct_books', false, '{failed}', 'bank_return', 'b', 999999, 'jpy', 'line 1', 1)),"
            " more AS (INSERT INTO journal_entry_lines VALUES"
            " ('acct_books', false, 'je_false', 2, 'fees', 'bank:b', 5, 'jpy')) INSERT INTO journal_entries VALUES"
            " ('acct_books', false, 'je_false', '{failed}', 'bank_return', 'funding:clearing', 'bank:b', 5, 'jpy', 1,"
            " 'topup', 2)"
        ),
        ["bank_confirmations bank_return of {failed}", "je_false of {failed} (bank_return"],
    ),
    "a confirmation and its entry of another amount": (
        (
            "WITH said AS (INSERT INTO bank_confirmations VALUES"
            " ('acct_books', false, '{failed}', 'bank_credit', 'b', 5, 'usd', '', 1))"
            " INSERT INTO journal_entries VALUES"
            " ('acct_books', false, 'je_false', '{failed}', 'bank_credit', 'bank:b', 'funding:clearing', 5, 'usd', 1)"
        ),
        ["bank_confirmations bank_credit of {failed}", "je_false of {failed} (bank_credit): expected bank:b"],
    ),
    "a line of no entry": (
        (
            "INSERT INTO journal_entry_lines VALUES"
            " ('acct_books', false, 'je_none', 2, 'balance:available', 'fees', 5, 'usd')"
        ),
        ["journal_entry_lines 2 of je_none: expected nothing, found balance:available -> fees 5 usd"],
    ),
    "an entry of a source that sorts after every id": (
        (
            "INSERT INTO journal_entries VALUES ('acct_books', false, 'je_false', '\U0010ffff\U0010ffffx', 'topup',"
            " 'funding:clearing', 'balance:available', 5, 'usd', 1)"
        ),
        [
            "je_false of \U0010ffff\U0010ffffx (topup): expected nothing",
            "acct_books (test): balances usd: expected 105 by the sum of journal_entries, found 100",
        ],
    ),
    "an entry that no bank confirmed": (
        (
            "INSERT INTO journal_entries VALUES"
            " ('acct_books', false, 'je_false', '{failed}', 'bank_credit', 'bank:b', 'funding:clearing', 5, 'usd', 1)"
        ),
        ["acct_books (test): journal_entries je_false of {failed} (bank_credit): expected nothing, found bank:b ->"],
    ),
    "a failure without a code": (
        "UPDATE topups SET failure_code = NULL WHERE id = '{failed}'",
        ["acct_books (test): topups {failed}: expected a failure_code, found status failed, failure_code null"],
    ),
    "a failure's message on a top-up that did not fail": (
        "UPDATE topups SET failure_message = 'Odd.' WHERE id = '{pending}'",
        ["acct_books (test): topups {pending}: expected no failure_message, found status pending"],
    ),
    "a top-up that is gone": (
        "DELETE FROM topups WHERE id = '{failed}'",
        [
            "expected a top-up {failed} whose status calls for topup.created, found no such top-up",
            "expected a top-up {failed} whose status calls for topup.failed, found no such top-up",
        ],
    ),
    "a creation that was not announced": (
        "DELETE FROM events WHERE object_id = '{pending}'",
        ["acct_books (test): events of {pending}: expected one topup.created, found nothing"],
    ),
    "a success that was not announced": (
        "DELETE FROM events WHERE object_id = '{succeeded}' AND type = 'topup.succeeded'",
        ["acct_books (test): events of {succeeded}: expected one topup.succeeded, found nothing"],
    ),
    "a step that was announced twice": (
        INSERT_EVENT.format(account="acct_books", type="topup.canceled", topup="{canceled}"),
        [
            ("acct_books (test): events of {canceled}: expected one topup.canceled, found {cancel_event}, evt_false"),
        ],
    ),
    "an event that moved from one top-up to another": (
        "UPDATE events SET object_id = '{canceled}' WHERE object_id = '{pending}'",
        [
            "acct_books (test): events of {pending}: expected one topup.created, found nothing",
            "acct_books (test): events of {canceled}: expected one topup.created, found evt_",
        ],
    ),
    "a step that never happened": (
        INSERT_EVENT.format(account="acct_books", type="topup.reversed", topup="{succeeded}"),
        [
            (
                "acct_books (test): events evt_false: expected a top-up {succeeded} "
                "whose status calls for topup.reversed, found status succeeded"
            ),
        ],
    ),
    "an event of an unknown type": (
        INSERT_EVENT.format(account="acct_books", type="topup.doubled", topup="{succeeded}"),
        ["acct_books (test): events evt_false: expected a top-up {succeeded} whose status calls for topup.doubled"],
    ),
    "an event of another account's top-up": (
        INSERT_EVENT.format(account="acct_nobody", type="topup.created", topup="{pending}"),
        ["acct_nobody (test): events evt_false: expected a top-up {pending} whose status calls for topup.created"],
    ),
    "an idempotency key whose event is gone": (
        "UPDATE idempotency_keys SET event_id = 'evt_none' WHERE key = 'key-2'",
        ["acct_books (test): idempotency_keys key-2: expected event evt_none, found nothing"],
    ),
}


@pytest.mark.parametrize("range_size", [1, 20_000])
@pytest.mark.parametrize(("statement", "sentences"), CORRUPTIONS.values(), ids=CORRUPTIONS.keys())
async def test_every_corruption_is_found_and_named_and_nothing_else_is(
    database: Database, owner_database: Database, statement: str, sentences: list[str], range_size: int
) -> None:
    names = await make_clean_books(database)
    await execute(owner_database, statement.format(**names))
    report = await verify_books(database, range_size=range_size)
    in_steps = await verify_books(database, range_size=range_size, pace=without_rests())
    assert set(in_steps.differences) == set(report.differences)
    assert (in_steps.covered, in_steps.totals) == (report.covered, report.totals)
    found = [str(difference) for difference in report.differences]
    expected = [sentence.format(**names) for sentence in sentences]
    unexplained = [text for text in found if not any(sentence in text for sentence in expected)]
    unfound = [sentence for sentence in expected if not any(sentence in text for text in found)]
    assert unfound == []
    assert unexplained == []


async def test_only_the_first_differences_are_named(database: Database, owner_database: Database) -> None:
    ids = IdFactory()
    await create(database, [new_topup(ids) for _ in range(3 * MAX_DIFFERENCES)])
    await settle_due(database, now_ms=LATER_MS, ids=ids, rails=RAILS, renderers=WIRE_FORMATS)
    await execute(owner_database, "DELETE FROM journal_entries")
    assert len((await verify_books(database)).differences) == MAX_DIFFERENCES
    assert len((await verify_books(database, range_size=7)).differences) == MAX_DIFFERENCES


async def test_progress_only_grows_and_ends_at_all(database: Database, owner_database: Database) -> None:
    ids = IdFactory()
    await create(database, [new_topup(ids, key=f"key-{number}") for number in range(50)])
    await execute(owner_database, "ANALYZE")
    seen: list[tuple[int, int]] = []
    await verify_books(database, on_progress=lambda done, total: seen.append((done, total)), range_size=10)
    assert len(seen) > 10
    assert seen == sorted(seen)
    assert all(done <= total for done, total in seen)
    assert seen[-1] == (150, 150)


@pytest.mark.parametrize("pace", [lambda: None, lambda: without_rests(0.2)], ids=["one snapshot", "a snapshot a step"])
async def test_books_that_change_meanwhile_are_proved(database: Database, pace: Callable[[], Pace | None]) -> None:
    ids = IdFactory()

    async def add_and_settle() -> None:
        for _ in range(60):
            await create(database, [new_topup(ids) for _ in range(20)])
            await settle_due(database, now_ms=LATER_MS, ids=ids, rails=RAILS, renderers=WIRE_FORMATS, limit=20)

    writing = asyncio.create_task(add_and_settle())
    while not writing.done():  # it has not begun, so there is a proof beside it
        assert (await verify_books(database, range_size=20, pace=pace())).differences == []
    await writing
