"""Every named statement with arguments that mean the same rows of growth.py however many there are."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from brim.core.portability.table_rules import EXPORTED
from brim.core.verification.walk import Range, bounds_of
from brim.platform.sql import recordset
from tests.support.growth import BIG


class Case(NamedTuple):
    """How a statement is run.

    Attributes:
        arguments: its own.
        before: settings that its transaction makes first, as `family.name`.
        reads_all: why it may read in proportion to a table; None where it may not.
    """

    arguments: Sequence[Any]
    before: Sequence[str] = ()
    reads_all: str | None = None


def at(prefix: str, number: int) -> str:
    """Return the id of a row."""
    return f"{prefix}{number:024}"


def sha(number: int) -> bytes:
    """Return the hash in a row."""
    return hashlib.sha256(str(number).encode()).digest()


def _range(prefix: str) -> tuple[Any, ...]:
    return bounds_of(Range((BIG, False, at(prefix, 100)), (BIG, False, at(prefix, 300))))


def _same(*values: Any, times: int) -> tuple[list[Any], ...]:
    return tuple([value] * times for value in values)


OWN: Final = (BIG, False)
DAY: Final = date(2026, 1, 1)
FEW: Final = range(1, 11)
ONES: Final = ([f"acct_{n}" for n in FEW], [False] * 10)
MANY: Final = range(1, 101)
ODD: Final = range(101, 201, 2)
PENDING: Final = range(10, 1001, 10)
BIGS: Final = _same(*OWN, times=100)
HALF: Final = _same(*OWN, times=50)
IN_ORDER: Final = ("", "~", True, 10)
PAGE: Final = (*OWN, "", "~", True, 10)
LISTS: Final = (*_same(*OWN, "", "~", True, 10, times=1),)
LOOK: Final = (*OWN, "", "~", 5, 2_000_000, 10, 100)
RANGE: Final = _range("tu_")
EVENT_RANGE: Final = _range("evt_")
BOOKS: Final = ("verification.prefer_ranges",)
WHOLE: Final = (*BOOKS, "topups.prefer_whole_tables")
CHAIN: Final = ("ledger.walk_in_order",)
TYPES: Final = ["topup.succeeded", "topup.failed"]
EVERY_TYPE: Final = ["topup.created", *TYPES]
NAMED: Final = "reads everything, once sums have shown that something is wrong"
PEOPLE: Final = "lists all there are, to a person at the command line"
ONE_OWNERS: Final = "gives all of one owner's pending top-ups another time, once"

_CREATES: Final = json.dumps(
    [
        {
            "account": BIG,
            "livemode": False,
            "id": at("tu_new", n),
            "amount": n,
            "currency": "usd",
            "created": 1,
            "config_version": 0,
            "key": at("new_", n),
            "fingerprint": "",
            "request_id": "req",
            "event_id": at("evt_new", n),
            "api_version": "v",
            "payload": {},
            "rail": "sandbox",
        }
        for n in MANY
    ]
)
_EVENT: Final = (at("evt_new", 1), 1, "topup.created", "tu_x", "v", None, None, "{}")

_TRANSITIONS: Final = recordset(
    {
        "account": BIG,
        "livemode": False,
        "id": at("tu_", n),
        "moved_from": "pending",
        "status": "succeeded",
        "balance_transaction": "txn_x",
        "event": at("evt_new", n),
        "type": "topup.succeeded",
        "created": 1,
        "api_version": "v",
        "payload": {},
    }
    for n in PENDING
)
_IMPORTS: Final = recordset(
    {
        "account": BIG,
        "livemode": False,
        "id": at("tu_old", n),
        "amount": n,
        "currency": "usd",
        "created": 1,
        "status": "failed",
        "failure_code": "account_closed",
        "rail": "import",
    }
    for n in MANY
)
_REVISIONS: Final = recordset(
    {
        "account": BIG,
        "livemode": False,
        "id": at("tu_", n),
        "seen_in": "pending",
        "status": "pending",
        "event": "topup.failed",
        "description": "x",
    }
    for n in PENDING
)
_ACH_ENTRIES: Final = recordset(
    {
        "account": BIG,
        "livemode": False,
        "topup": at("tu_new", n),
        "number": 1,
        "owner": BIG,
        "originator": "orig_1",
        "amount": 1,
        "hold_days": 1,
        "transaction_code": 27,
        "sec_code": "WEB",
        "routing_number": "",
        "last4": "1234",
        "sealed": "\\x",
        "receiver_name": "",
        "claimed_ms": 1,
    }
    for n in MANY
)
_SENT_ENTRIES: Final = recordset(
    {
        "account": BIG,
        "livemode": False,
        "topup": at("tu_sent", n),
        "number": 1,
        "owner": BIG,
        "originator": "orig_1",
        "amount": 1,
        "hold_days": 1,
        "transaction_code": 27,
        "sec_code": "WEB",
        "routing_number": "",
        "last4": "1234",
        "sealed": "\\x",
        "receiver_name": "",
        "claimed_ms": 1,
        "effective_date": DAY.isoformat(),
        "file": "file_sent",
        "batch": 1,
        "trace": f"8{n:014}",
    }
    for n in MANY
)
_LINE: Final = {
    "debit_account": "balance:available",
    "credit_account": "funding:clearing",
    "amount": 1,
    "currency": "usd",
}
_ENTRIES: Final = recordset(
    {
        "account": BIG,
        "livemode": False,
        "id": at("je_new", n),
        "source_type": "topup",
        "source": at("tu_", n),
        "step": "topup_reversal",
        "created": 1,
        "line_count": 2,
        **_LINE,
    }
    for n in PENDING
)
_FURTHER_LINES: Final = recordset(
    {"account": BIG, "livemode": False, "entry": at("je_new", n), "line": 2, **_LINE} for n in PENDING
)
_TRANSACTIONS: Final = recordset(
    {
        "account": BIG,
        "livemode": False,
        "id": at("txn_new", n),
        "amount": 1,
        "fee": 0,
        "net": 1,
        "available_on": 1,
        "created": 1,
        "currency": "usd",
        "source": at("tu_", n),
        "type": "topup_reversal",
    }
    for n in PENDING
)
_BALANCES: Final = recordset(
    {"account": f"acct_{n}", "livemode": False, "currency": "usd", "available": 1, "reserved": 0} for n in FEW
)

CASES: Final[Mapping[str, Case]] = {
    "accounts.find_account": Case(("acct_7",)),
    "accounts.hold_account": Case(("acct_7",)),
    "accounts.read_account": Case(("acct_8", BIG, False)),
    "accounts.lock_account": Case(("acct_8", BIG, False)),
    "accounts.list_platform_accounts": Case((BIG, False, *IN_ORDER)),
    "accounts.list_accounts": Case((), reads_all=PEOPLE),
    "accounts.list_first_accounts": Case((10,)),
    "accounts.first_account": Case((), reads_all="is asked once, when there is no key"),
    "accounts.insert_account": Case(("acct_new", BIG, 1, "standard", "US", "usd", None, None, None, "{}", "{}", True)),
    "accounts.update_account": Case(("acct_7", "usd", None, None, None, "{}", "{}")),
    "accounts.delete_account": Case(("acct_8", 9)),
    "accounts.count_deleted_below": Case(("acct_7",)),
    "accounts.live_money_of_account": Case((BIG,)),
    "accounts.is_used_live": Case((BIG, 0)),
    "announcements.announce": Case(("channel",)),
    "announcements.announce_with_commit": Case(("channel",)),
    "audit.insert_entry": Case(("aud_new", 1, "nobody", None, None, None, "x", *((None,) * 8))),
    "audit.list_entries": Case(IN_ORDER),
    "audit.entry_exists": Case((at("aud_", 7),)),
    "balance_overview.in_flight": Case((*OWN, 50)),
    "balance_overview.newest_line": Case(OWN),
    "balance_overview.day_totals": Case((*OWN, "", 50)),
    "ledger.claim_unsealed": Case((300,)),
    "ledger.open_heads": Case((*ONES, b"0" * 32)),
    "ledger.lock_heads": Case(ONES),
    "ledger.write_seals": Case(
        (
            *BIGS,
            [100_000 + n for n in MANY],
            [at("tr_new", n) for n in MANY],
            [sha(n) for n in MANY],
            [2] * 100,
            [BIG],
            [False],
            [9],
            [sha(1)],
        )
    ),
    "ledger.estimate_rows": Case(()),
    "ledger.read_links": Case((*OWN, 100, 100), CHAIN),
    "ledger.read_heads": Case(("", False, 100), CHAIN),
    "ledger.read_queue": Case((*OWN, "", 100), CHAIN),
    "ledger.unsealable_chains": Case((100,), reads_all="passes over each account whose entries wait for their seals"),
    "ledger.stray_entries": Case((*_range("tr_"), 100), CHAIN),
    "ledger.read_entries_with_seals": Case((*OWN, at("tr_", 100), 100), CHAIN),
    "changes.newest_numbers": Case(ONES),
    "changes.changed_objects": Case((*_same(*OWN, 100, times=1), 50)),
    "test_clocks.insert_clock": Case(("acct_new", False, "clock_new", None, 1, 1, 1, 1)),
    "installation.read_kind": Case(()),
    "installation.is_empty": Case(()),
    "time.read_clock": Case(("acct_7", False)),
    "time.hold_clock": Case(("acct_7", False)),
    "test_clocks.lock_clock": Case(("acct_7", False, "clock_7")),
    "test_clocks.claim_advancing_clock": Case(()),
    "test_clocks.claim_ended_clock": Case((50,)),
    "test_clocks.move_clock": Case(("acct_7", False, "clock_7", 9, 10, 11)),
    "test_clocks.delete_clock": Case(("acct_7", False, "clock_7")),
    "topups.adopt_topups": Case((*OWN, "clock_2"), reads_all=ONE_OWNERS),
    "topups.release_topups": Case(OWN, reads_all=ONE_OWNERS),
    "topups.claim_due_by_clock": Case((*OWN, 900, 40, ["ach"], False)),
    "webhooks.number_events": Case((0, 100, 9)),
    "webhooks.find_due_endpoints": Case(("", False, "", 50)),
    "webhooks.find_standings": Case(([BIG] * 10, [False] * 10, ["we_big"] * 10)),
    "webhooks.claim_deliveries": Case((*_same(*OWN, "we_big", 40, times=1), 10_000_000, 10_000_001)),
    "webhooks.stop_orphaned_deliveries": Case((*_same(*OWN, "we_big", BIG, times=50), [at("evt_", n) for n in ODD])),
    "webhooks.stop_endpoint": Case((*OWN, "we_big", 50)),
    "webhooks.record_attempts": Case(
        (
            *_same(*OWN, "we_big", BIG, times=50),
            [at("evt_", n) for n in ODD],
            [9] * 50,
            [None] * 50,
            [at("wa_new", n) for n in ODD],
            *_same(1, 1, times=50),
            ["delivered"] * 25 + ["timeout"] * 25,
            *_same(200, None, "{}", b"", "schedule", times=50),
            [*ODD],
        )
    ),
    "webhooks.note_health": Case((*ONES, [f"we_{n}" for n in FEW], [True] * 10, [9] * 10, 5)),
    "webhooks.resend_event": Case((*OWN, "we_big", BIG, at("evt_", 501), 9)),
    "webhooks.count_undelivered": Case((*HALF, [at("evt_", n) for n in ODD])),
    "webhooks.list_endpoint_attempts": Case((*OWN, "we_big", "~", 10)),
    "webhooks.has_attempt": Case((*OWN, "we_big", at("wa_", 501))),
    "webhooks.list_event_attempts": Case((*OWN, at("evt_", 501), "~", 10, [BIG])),
    "webhooks.event_has_attempt": Case((*OWN, at("evt_", 501), at("wa_", 501), [BIG])),
    "webhooks.list_event_deliveries": Case((*OWN, at("evt_", 501), [BIG])),
    "accounts.insert_external_account": Case(
        ("acct_7", False, "ba_new", 1, "", "1234", "", None, "US", "eur", None, None, None, False, "{}")
    ),
    "accounts.fetch_external_accounts": Case(([f"acct_{n}" for n in FEW], False, 10)),
    "accounts.read_external_account": Case(("acct_7", False, at("ba_", 7))),
    "accounts.list_external_accounts": Case(("acct_7", False, "ba_", "ba_~", True, 10)),
    "accounts.count_external_accounts": Case(("acct_7", False, "usd")),
    "accounts.update_external_account": Case(("acct_7", False, at("ba_", 7), None, None, None, "{}")),
    "accounts.clear_default": Case(("acct_7", False, "usd")),
    "accounts.set_default": Case(("acct_7", False, at("ba_", 7))),
    "accounts.delete_external_account": Case(("acct_7", False, at("ba_", 7))),
    "accounts.delete_all_external_accounts": Case(("acct_7",)),
    "funding.insert_funding_source": Case(
        (
            *(*OWN, "pm_new", "payment_method", 1, "verified", 3, b"", "", "1234", "", None, "US", None, None, None),
            *("always", None, None, "{}", None),
        )
    ),
    "funding.fetch_funding_sources": Case((*BIGS, [at("pm_", n) for n in MANY])),
    "funding.lock_funding_source": Case((*OWN, at("pm_", 500))),
    "funding.update_funding_source": Case(
        (*OWN, at("pm_", 500), "verified", 3, False, None, None, "always", "{}", None, None, None)
    ),
    "funding.read_sealed_number": Case((*OWN, at("pm_", 500))),
    "funding.correct_funding_source": Case(
        (*OWN, at("pm_", 500), b"", "110000000", "1234", "x", None, "checking", "{}", 1)
    ),
    "funding.list_funding_sources": Case((*OWN, "pm_", "pm_~", True, 10, None)),
    "funding.list_attached_methods": Case((*OWN, "pm_", "pm_~", True, 10, None, "cus_1")),
    "funding.insert_bank_token": Case((*OWN, "btok_new", 1, b"", "", "1234", "", None, "US", None, None, None, None)),
    "funding.fetch_bank_tokens": Case((*OWN, [at("btok_", n) for n in FEW])),
    "funding.read_bank_token": Case((*OWN, at("btok_", 500))),
    "funding.lock_bank_token": Case((*OWN, at("btok_", 500))),
    "funding.use_bank_token": Case((*OWN, at("btok_", 500), "src_1", "req_1")),
    "funding.set_default": Case((*OWN, "usd", "pm_1")),
    "funding.read_defaults": Case(("acct_7", False)),
    "funding.delete_default": Case(("acct_7", False, "usd")),
    "funding.delete_defaults_of": Case(("acct_7", False, at("pm_", 7))),
    "idempotency.claim_key": Case((*OWN, "key_new", b"", "req", 1)),
    "idempotency.record_reply": Case((*OWN, "key_new", 200, "{}")),
    "idempotency.fetch_replies": Case((*BIGS, [at("key_", n) for n in MANY])),
    "access.find_by_hash": Case((sha(7),)),
    "access.lock_by_id": Case(("mk_7",), reads_all="finds a key whose account a person did not name"),
    "access.list_keys": Case((None,), reads_all=PEOPLE),
    "access.list_owner_keys": Case(("acct_7", False, 0, 10)),
    "access.lock_owner_key": Case(("acct_7", False, "mk_7")),
    "access.insert_key": Case((sha(0), "acct_7", False, "mk_new", "secret", None, "", None, 1, None)),
    "access.expire_key": Case(("acct_7", False, "mk_7", 9)),
    "access.expire_keys_of_account": Case(("acct_7", 9)),
    "stripe_cli.forget_listeners": Case(("acct_7", False, 99)),
    "stripe_cli.count_listeners": Case(("acct_7", False, 0)),
    "stripe_cli.keep_device": Case(("acct_7", False, "new", "we_x", b"", 1)),
    "stripe_cli.find_device": Case(("acct_7", False, "box")),
    "stripe_cli.insert_listener": Case(("acct_7", False, sha(0), "box", "", "{}", 1, b"", 1)),
    "stripe_cli.find_listener": Case(("acct_7", False, sha(7), 0, 0)),
    "stripe_cli.find_places": Case(("acct_7", False, sha(7))),
    "stripe_cli.ended_grants": Case(([sha(n) for n in FEW], [f"acct_{n}" for n in FEW], 0)),
    "stripe_cli.note_listeners": Case((*ONES, [sha(n) for n in FEW], [5] * 10, 9)),
    "stripe_cli.note_places": Case((*ONES, [sha(n) for n in FEW], ["acct_x"] * 10, [5] * 10)),
    "stripe_cli.newest_numbers": Case((["acct_p1"], [False], [0])),
    "stripe_cli.numbers_before": Case((*_same(*OWN, 10_000_000, times=1),)),
    "stripe_cli.numbered_events": Case((*_same(*OWN, 100, 50, times=1),)),
    "stripe_cli.resent_events": Case((*ONES, [sha(n) for n in FEW], [""] * 10, 5)),
    "stripe_cli.resend_to_listeners": Case(("acct_7", False, at("evt_", 7), "clr_new", 0, BIG)),
    "stripe_cli.forget_resends": Case((*ONES, [sha(n) for n in FEW], [at("clr_", n) for n in FEW])),
    "stripe_cli.insert_listener_attempt": Case(
        (*OWN, "wa_new", "we_x", BIG, at("evt_", 7), 1, 1, "timeout", None, None, "{}", None, "schedule")
    ),
    "topups.list_topups_by_key": Case(LISTS),
    "topups.list_topups_by_status": Case((*LISTS, ["pending"])),
    "topups.list_topups_by_amount": Case((*LISTS, [500])),
    "topups.look_at_newest_topups": Case(LOOK),
    "topups.look_at_oldest_topups": Case(LOOK),
    "topups.look_at_newest_topups_of_status": Case((*LOOK, "pending")),
    "topups.look_at_oldest_topups_of_status": Case((*LOOK, "pending")),
    "topups.look_at_some_of_amount_range": Case((*LOOK[:7], None, True, 100)),
    "topups.look_at_whole_amount_range": Case((*OWN, "", "~", 5, 500, 10, None, True)),
    "ledger.balance_transaction_ids_by_key": Case(PAGE),
    "ledger.balance_transaction_ids_by_currency": Case((*PAGE, "usd", None)),
    "ledger.balance_transaction_ids_by_type": Case((*PAGE, None, "topup")),
    "ledger.balance_transaction_ids_by_source": Case((*PAGE, None, None, at("tu_", 500))),
    "events.event_ids_by_key": Case((*PAGE, False)),
    "events.event_ids_with_creations": Case((*PAGE, EVERY_TYPE, False)),
    "events.event_ids_without_creations": Case((*PAGE, TYPES, False)),
    "events.event_ids_undelivered": Case((*PAGE, EVERY_TYPE)),
    "events.event_ids_of_object": Case((*PAGE, EVERY_TYPE, at("tu_", 501), at("evt_", 501), at("evt_", 502))),
    "events.events_after": Case((*OWN, 100, 10)),
    "platform.table_exists": Case(()),
    "platform.select_applied": Case(()),
    "operators.find_bound_operator": Case(("https://x", "sub_7")),
    "operators.find_identity": Case((at("op_", 7),)),
    "operators.bind_identity": Case((at("op_", 7), "https://x", "sub_new", 1)),
    "operators.unbind_identity": Case((at("op_", 7),)),
    "operators.find_operator_key": Case(
        ("acct_7", False, at("op_", 7), ["approver", "finance"]), reads_all="operators are a few"
    ),
    "operators.put_operator_key": Case((*OWN, at("op_", 7), sha(7), b"")),
    "operators.end_operator_keys": Case((at("op_", 7), 9)),
    "operators.find_session": Case((sha(7),)),
    "operators.list_sessions": Case((at("op_", 7),)),
    "operators.insert_session": Case((sha(0), at("op_", 7), False, None, 1, 1, 1)),
    "operators.touch_session": Case((sha(7), 9)),
    "operators.confirm_session": Case((sha(7), at("op_", 7), 9)),
    "operators.delete_session": Case((sha(7),)),
    "operators.delete_sessions": Case((at("op_", 7),)),
    "operators.delete_other_sessions": Case((at("op_", 7), sha(8))),
    "operators.prune_sessions": Case((10_000_000, 10)),
    "operators.lock_tries": Case((["who_7", "who_new"], 1)),
    "operators.write_tries": Case((["who_7", "who_8"], [1, 1], [1, 1], [1, 1])),
    "operators.prune_tries": Case((10_000_000, 10)),
    "operators.operators_exist": Case(()),
    "operators.lock_admins": Case((), reads_all="asks all operators, when one is disabled or made less"),
    "operators.list_operators": Case((), reads_all=PEOPLE),
    "operators.find_by_id": Case((at("op_", 7),)),
    "operators.find_by_email": Case(("7@x",)),
    "operators.lock_by_id": Case((at("op_", 7),)),
    "operators.lock_by_email": Case(("7@x",)),
    "operators.insert_operator": Case(("op_new", "new@x", "", "admin", None, 1)),
    "operators.set_disabled": Case((at("op_", 7), 9)),
    "operators.set_name": Case((at("op_", 7), "")),
    "operators.set_role": Case((at("op_", 7), "viewer")),
    "operators.set_password": Case((at("op_", 7), "")),
    "operators.set_codes_secret": Case((at("op_", 7), b"")),
    "operators.enable_codes": Case((at("op_", 7),)),
    "operators.use_code": Case((at("op_", 7), 9)),
    "operators.insert_recovery_codes": Case((at("op_", 7), [sha(0)])),
    "operators.use_recovery_code": Case((at("op_", 7), sha(7))),
    "operators.delete_recovery_codes": Case((at("op_", 7),)),
    "operators.count_recovery_codes": Case((at("op_", 7),)),
    "operators.put_first_run": Case((sha(7), 1)),
    "operators.lock_first_run": Case((sha(7), 1)),
    "operators.delete_first_run": Case(()),
    "pairing.forget_pairings": Case((5,)),
    "pairing.insert_pairing": Case(("cliauth_new", b"", sha(0), sha(0), "d", "v", 1, 2, 20_000_000, 10)),
    "pairing.list_pairings": Case((20_000_000,)),
    "pairing.find_pairing_by_token": Case((sha(7), 0)),
    "pairing.find_pairing_by_id": Case(("cliauth_7", 0)),
    "pairing.decide_pairing": Case((sha(7), "denied", None, 0)),
    "pairing.redeem_pairing": Case(("cliauth_7", 0)),
    "operators.put_link": Case((at("op_", 7), sha(0), 1)),
    "operators.find_link": Case((sha(7), 0)),
    "operators.delete_link": Case((at("op_", 7), None)),
    "pruning.prune_idempotency_keys": Case((0, 10_000_000, 100)),
    "pruning.prune_events": Case((0, 10_000_000, 50)),
    "pruning.prune_api_keys": Case((0, 10_000_000, 50)),
    "pruning.prune_bank_tokens": Case((0, 10_000_000_000, 50)),
    "pruning.prune_exposures": Case(("", "~", 50)),
    "pruning.prune_ach_file_bytes": Case((0, 10_000_000, 5)),
    "pruning.prune_bank_file_bytes": Case((0, 10_000_000, 5)),
    "pruning.count_due": Case((10_000_000, 10_000_000_000, "~", *(10_000_000,) * 3, 50)),
    "legal_holds.account_exists": Case(("acct_7",)),
    "legal_holds.insert_hold": Case((at("lh_new", 1), "account", "acct_7", "", None, 1, "")),
    "legal_holds.lift_hold": Case((at("lh_", 100), 9, "")),
    "legal_holds.find_hold": Case((at("lh_", 100),)),
    "legal_holds.list_holds": Case(IN_ORDER),
    "legal_holds.hold_over": Case(("acct_held100",)),
    "ledger.fetch_balance_transactions": Case((*OWN, [at("txn_", n) for n in FEW])),
    "events.fetch_events": Case((*OWN, [at("evt_", n) for n in FEW])),
    "ledger.balances": Case(OWN),
    "request_logs.insert_request_logs": Case(
        (
            *BIGS,
            [at("resp_new", n) for n in MANY],
            *_same("req", 1, "GET", "/", 200, 1.0, "v", None, None, None, None, None, times=100),
        )
    ),
    "request_logs.list_request_logs": Case((*PAGE, None, None, 0, 999, None, None, None)),
    "request_logs.newest_request_logs": Case((*_same(*OWN, times=1), "", 50)),
    "request_logs.request_log_exists": Case((*OWN, at("resp_", 500))),
    "request_logs.owners_of_request_logs": Case(("", False, 50)),
    "request_logs.prune_request_logs": Case((*OWN, at("resp_", 100), 500, 50)),
    "platform.current_role": Case(()),
    "platform.role_exists": Case(("x",)),
    "platform.owns_schema": Case(()),
    "platform.name_role": Case(("x", ["journal_entries"])),
    "platform.name_verifier": Case(("x",)),
    "platform.describe_role": Case(("x", ["journal_entries"])),
    "encryption.find_service_secret": Case(("x",)),
    "encryption.keep_service_secret": Case(("x", b"")),
    "encryption.list_data_keys": Case(()),
    "encryption.insert_data_key": Case(("k_new", b"", "fake", "key", 1, 0)),
    "encryption.rewrap_data_key": Case(("k_x", b"", "fake", "key")),
    "encryption.retire_data_key": Case(("k_x", 1)),
    "encryption.delete_data_key": Case(("k_x",)),
    "encryption.next_sealed_service_secrets": Case(("", False, "", 50)),
    "encryption.lock_sealed_service_secrets": Case((*ONES, ["x"] * 10)),
    "encryption.replace_sealed_service_secrets": Case((*ONES, ["x"] * 10, [b""] * 10)),
    "encryption.next_sealed_funding_sources": Case((*OWN, "", 50)),
    "encryption.lock_sealed_funding_sources": Case((*BIGS, [at("pm_", n) for n in MANY])),
    "encryption.replace_sealed_funding_sources": Case((*BIGS, [at("pm_", n) for n in MANY], [b""] * 100)),
    "encryption.next_sealed_bank_tokens": Case((*OWN, "", 50)),
    "encryption.lock_sealed_bank_tokens": Case((*BIGS, [at("btok_", n) for n in MANY])),
    "encryption.replace_sealed_bank_tokens": Case((*BIGS, [at("btok_", n) for n in MANY], [b""] * 100)),
    "encryption.next_sealed_webhook_endpoints": Case(("", False, "", 50)),
    "encryption.lock_sealed_webhook_endpoints": Case((*ONES, [f"we_{n}" for n in FEW])),
    "encryption.replace_sealed_webhook_endpoints": Case((*ONES, [f"we_{n}" for n in FEW], [b""] * 10)),
    "encryption.next_old_sealed_webhook_endpoints": Case(("", False, "", 50)),
    "encryption.lock_old_sealed_webhook_endpoints": Case((*ONES, [f"we_{n}" for n in FEW])),
    "encryption.replace_old_sealed_webhook_endpoints": Case((*ONES, [f"we_{n}" for n in FEW], [b""] * 10)),
    "encryption.next_sealed_corrections": Case((*OWN, "", 50)),
    "encryption.lock_sealed_corrections": Case((*BIGS, [at("corr_", n) for n in MANY])),
    "encryption.replace_sealed_corrections": Case((*BIGS, [at("corr_", n) for n in MANY], [b""] * 100)),
    "encryption.next_sealed_replies": Case((*OWN, "", 50)),
    "encryption.lock_sealed_replies": Case((*BIGS, [at("key_", n) for n in MANY])),
    "encryption.replace_sealed_replies": Case((*BIGS, [at("key_", n) for n in MANY], [b""] * 100)),
    "encryption.next_sealed_cli_devices": Case(("", False, "", 50)),
    "encryption.lock_sealed_cli_devices": Case((*ONES, ["box"] * 10)),
    "encryption.replace_sealed_cli_devices": Case((*ONES, ["box"] * 10, [b""] * 10)),
    "encryption.next_sealed_operators": Case(("", False, "", 50)),
    "encryption.lock_sealed_operators": Case((*ONES, [at("op_", n) for n in FEW])),
    "encryption.replace_sealed_operators": Case((*ONES, [at("op_", n) for n in FEW], [b""] * 10)),
    "encryption.next_sealed_operator_keys": Case(("", False, "", 50)),
    "encryption.lock_sealed_operator_keys": Case((*ONES, [at("op_", n) for n in FEW])),
    "encryption.replace_sealed_operator_keys": Case((*ONES, [at("op_", n) for n in FEW], [b""] * 10)),
    "encryption.next_sealed_originators": Case(("", False, "", 50)),
    "encryption.lock_sealed_originators": Case((*ONES, ["orig_1"] * 10)),
    "encryption.replace_sealed_originators": Case((*ONES, ["orig_1"] * 10, [b""] * 10)),
    "encryption.next_sealed_ach_files": Case((*OWN, "", 50)),
    "encryption.lock_sealed_ach_files": Case((*BIGS, [at("file_", n) for n in MANY])),
    "encryption.replace_sealed_ach_files": Case((*BIGS, [at("file_", n) for n in MANY], [b""] * 100)),
    "encryption.next_sealed_ach_entries": Case((*OWN, "", 50), reads_all="walks all rows, page by page"),
    "encryption.lock_sealed_ach_entries": Case((*BIGS, [at("tu_", n) + "/1" for n in MANY])),
    "encryption.replace_sealed_ach_entries": Case((*BIGS, [at("tu_", n) + "/1" for n in MANY], [b""] * 100)),
    "encryption.next_sealed_bank_files": Case((*OWN, "", 50)),
    "encryption.lock_sealed_bank_files": Case((*BIGS, [at("bf_", n) for n in MANY])),
    "encryption.replace_sealed_bank_files": Case((*BIGS, [at("bf_", n) for n in MANY], [b""] * 100)),
    "topups.claim_due_topups": Case((["ach"], False, 10_000_000, 40)),
    "topups.postpone_topups": Case((*BIGS, [at("tu_", n) for n in PENDING], *_same("pending", 9, times=100))),
    "topups.reschedule_topups": Case((*BIGS, [at("tu_", n) for n in PENDING], *_same(9, 9, None, times=100))),
    "topups.lock_pending_topups": Case((*BIGS, [at("tu_", n) for n in PENDING])),
    "topups.read_config": Case(("acct_7", False)),
    "account_config.bump_config_version": Case(("acct_7", False)),
    "account_config.close": Case(("acct_7",)),
    "account_config.set_settlement_days": Case(("acct_7", False, 1)),
    "topups.create_topups": Case((_CREATES, 1)),
    "topups.find_twins": Case(
        (*BIGS, [at("tu_new", n) for n in MANY], [""] * 100, list(MANY), ["usd"] * 100, ["tu_"] * 100)
    ),
    "topups.fetch_topups": Case((*BIGS, [at("tu_", n) for n in MANY])),
    "topups.lock_topup": Case((*OWN, at("tu_", 500))),
    "topups.update_topup": Case((*OWN, at("tu_", 500), None, "{}")),
    "topups.write_transitions": Case((_TRANSITIONS,)),
    "topups.import_topups": Case((_IMPORTS, ["failed", "failed"], ["topup.created", "topup.failed"])),
    "topups.revise_imported_topups": Case((_REVISIONS, "sandbox")),
    "topups.insert_bank_confirmations": Case(
        tuple([value] for value in (*OWN, "tu_1", "bank_credit", "ba_1", 1, "usd", "line 1", 1))
    ),
    "originators.insert_originator": Case((*OWN, "orig_new", "{}", b"", "1234", 1, "x")),
    "originators.lock_originator": Case((*OWN, "orig_1")),
    "originators.update_originator": Case((*OWN, "orig_1", "active", 2, "{}", b"", "1234", "x", 1, "x")),
    "originators.list_originators": Case(OWN),
    "originators.list_active_originators": Case((), reads_all="is asked by a job that serves all of them"),
    "originators.lock_folders": Case(()),
    "originators.list_folders": Case((), reads_all="is asked when a profile is written"),
    "originators.read_collection_terms": Case((*BIGS, [at("pm_", n) for n in MANY], "ach", 1)),
    "originators.add_exposures": Case((*BIGS, ["source"] * 100, [at("pm_", n) for n in MANY], [1] * 100)),
    "originators.reduce_source_exposures": Case((*HALF, [at("pm_", n + 1) for n in ODD], [1] * 50)),
    "originators.list_day_exposures": Case(
        (*OWN, "2026-12-01", 10), reads_all="looks up each account of a platform, for a page of its operators"
    ),
    "originators.insert_stop": Case((*OWN, "ach", "acct_8", "x", "x", 1)),
    "originators.delete_stop": Case(("acct_7", False, "ach", "")),
    "originators.list_stops": Case(("acct_7", False)),
    "originators.end_authorizations": Case((*OWN, at("pm_", 50), 9, "x")),
    "originators.insert_authorization": Case((*OWN, "auth_new", "pm_new", "WEB", "", 1, "{}", 1)),
    "archiving.read_archiving": Case(()),
    "divergence.page_events": Case((*OWN, at("evt_", 100), 10)),
    "divergence.page_topups": Case((*OWN, at("tu_", 100), 10)),
    "divergence.known_events": Case((*BIGS, [at("evt_", n) for n in MANY])),
    "divergence.known_topups": Case((*BIGS, [at("tu_", n) for n in MANY])),
    "divergence.count_sent": Case((*BIGS, [at("evt_", n) for n in MANY])),
    "return_rates.add_return_counts": Case(
        (*OWN, "orig_1", [f"acct_{n}" for n in FEW], [DAY] * 10, [1] * 10, [0] * 10, [0] * 10, [1] * 10)
    ),
    "return_rates.sum_return_counts": Case((*OWN, "orig_1", [f"acct_{n}" for n in FEW], DAY)),
    "return_rates.list_counted_owners": Case((*OWN, "orig_1", "acct_1", DAY, 2)),
    "return_rates.list_return_guards": Case((*OWN, "orig_1", [at("acct_", n) for n in FEW])),
    "return_rates.list_originator_guards": Case((*OWN, "orig_1", 10)),
    "return_rates.write_return_guards": Case((*OWN, "orig_1", ["acct_new"], ["overall"], ["warned"], [100], [10], [1])),
    "return_rates.delete_return_guards": Case((*OWN, "orig_1", [at("acct_", 7)], ["overall"])),
    "return_rates.count_return_guards": Case((), reads_all="counts rates that stand out, of which there are few"),
    "return_rates.prune_return_counts": Case((DAY, 10)),
    "return_rates.lock_override": Case((*OWN, "orig_1", at("acct_", 7), "asked")),
    "return_rates.write_override": Case((*OWN, "orig_1", "acct_new", "asked", "x", 2, "op_1", 1, None, None, False)),
    "return_rates.delete_override": Case((*OWN, "orig_1", at("acct_", 7), "asked")),
    "return_rates.list_overrides": Case((*OWN, "orig_1", 10)),
    "ach.count_debits": Case((*OWN, at("file_", 50), None)),
    "ach.read_copy": Case(()),
    "ach.is_compared": Case((*OWN, "orig_1")),
    "ach.set_compared": Case((*OWN, "orig_1")),
    "ach.read_claim_terms": Case((*BIGS, [at("tu_", n) for n in MANY], [at("pm_", n) for n in MANY])),
    "ach.insert_entries": Case((_ACH_ENTRIES,)),
    "ach.hold_entries": Case((*BIGS, [at("tu_", n) for n in MANY], [1] * 100)),
    "ach.hold_entries_of_file": Case((*OWN, at("file_", 50), None)),
    "ach.hold_clocks_of_file": Case((*OWN, at("file_", 50))),
    "ach.hold_clocks": Case(OWN, reads_all="is asked after a restore"),
    "ach.first_owner_in_file": Case((*OWN, at("file_", 50))),
    "ach.set_entry_status": Case((*HALF, [at("tu_", n) for n in ODD], [1] * 50, "returned", "in_file")),
    "ach.refuse_entries": Case((*BIGS, [at("tu_", n) for n in MANY], [1] * 100)),
    "ach.groups_with_queued_entries": Case(()),
    "ach.list_queued_topups": Case((*OWN, "orig_1", None, 40, 1_000_000)),
    "ach.entries_over_cap": Case(()),
    "ach.lock_entry": Case((*OWN, at("tu_", 500), 1)),
    "ach.read_sources_of_entries": Case((False, [BIG] * 100, [at("tu_", n) for n in MANY])),
    "ach.withdraw_entries": Case((*BIGS, [at("tu_", n) for n in MANY], [1] * 100)),
    "ach.lock_queued_entries": Case((*OWN, "orig_1", None, 40, 1_000_000)),
    "ach.put_entries_in_file": Case(
        (*OWN, "file_new", DAY, [at("tu_", n) for n in MANY], [1] * 100, [1] * 100, [f"9{n:014}" for n in MANY])
    ),
    "ach.requeue_entries_of_file": Case((*OWN, at("file_", 50), ["in_file"], None, None)),
    "ach.who_resubmitted": Case((*OWN, at("file_", 50))),
    "ach.find_entries_by_trace": Case((*OWN, f"{500:015}")),
    "ach.list_entries_of_batch": Case((*OWN, at("file_", 50), 5)),
    "ach.list_entries_of_topups": Case((*OWN, [at("tu_", n) for n in FEW])),
    "ach.page_entries_of_file": Case((*OWN, at("file_", 50), "", "~", True, 10)),
    "ach.has_entry": Case((*OWN, at("file_", 50), f"{50:015}")),
    "ach.is_any_open": Case((*OWN, at("file_", 50))),
    "ach.sum_queued_entries": Case(OWN),
    "ach.sum_due_topups": Case((*OWN, 900, 40)),
    "ach.confirm_entries": Case((*OWN, at("file_", 50), 5, "x", 1, False)),
    "ach.read_bank_readings": Case(([BIG], [False], ["orig_1"])),
    "ach.note_bank_reading": Case((*OWN, "orig_1", "/in", 1)),
    "ach.note_bank_reading_problem": Case((*OWN, "orig_1", "x", 1)),
    "ach.state_bank_reading": Case((*OWN, "orig_1", 1)),
    "corrections.is_known": Case((*OWN, at("tu_", 500), 1, "C01", "500")),
    "corrections.insert_correction": Case(
        (
            *(*OWN, "noted", b"", "corr_new", BIG, "pm_1", "orig_1", "tu_new", 1, None, "C01", "1", "1", None, []),
            *("110000000", "1234", "x", None, None, None, None, None, None, None, None, None, 1, 1, None),
        )
    ),
    "corrections.lock_correction": Case((*OWN, at("corr_", 500))),
    "corrections.update_correction": Case((*OWN, at("corr_", 50), "dismissed", None, None, None, None, 1, "op_1")),
    "corrections.has_unsettled": Case((*OWN, at("tu_", 500))),
    "corrections.find_corrected_source": Case((*OWN, at("tu_", 500))),
    "corrections.fetch_corrections": Case((*OWN, [at("corr_", n) for n in FEW])),
    "corrections.page_corrections": Case((*PAGE, None, None, None)),
    "corrections.page_open_corrections": Case((*PAGE, None, "open", None)),
    "corrections.page_corrections_of_source": Case((*PAGE, None, None, None, at("pm_", 500))),
    "corrections.page_corrections_of_topup": Case((*PAGE, None, None, None, at("tu_", 500))),
    "corrections.hold_refusals": Case((*OWN, "orig_1", 50)),
    "corrections.originators_with_refusals": Case((1_000_000,), reads_all="few refusals wait"),
    "corrections.requeue_refusals": Case((*OWN, at("file_", 500))),
    "corrections.count_corrections": Case((*OWN, "corr_", 100)),
    "ach.insert_prenote": Case((*OWN, "pren_new", "pm_new", 1, 1, None, 1)),
    "ach.hold_prenotes": Case((*BIGS, [at("pren_", n) for n in MANY])),
    "ach.lock_prenote": Case((*OWN, at("pren_", 500))),
    "ach.update_prenote": Case((*OWN, at("pren_", 500), "failed", None, None, 1, "R03", None, None, 1)),
    "ach.claim_due_prenotes": Case((1_000_000, 40)),
    "ach.claim_prenotes_by_clock": Case((*OWN, 900, 40)),
    "ach.adopt_prenotes": Case((BIG, False, "clock_2")),
    "ach.release_prenotes": Case((BIG, False)),
    "ach.forget_prenote_exceptions": Case(("prenotes",), reads_all="looks at whatever is stuck"),
    "ach.lock_prenotes_by_individual_id": Case((*OWN, ["x"], 15), reads_all="is asked after a restore"),
    "ach.fetch_prenotes": Case((*OWN, [at("pren_", n) for n in FEW])),
    "ach.page_prenotes": Case((*PAGE, None)),
    "ach.return_entry": Case((*OWN, at("tu_", 500), 1, "R01", "x", 1)),
    "ach.note_change": Case((*OWN, at("tu_", 500), 1, "C01")),
    "ach.adopt_entries": Case((BIG, False, "clock_2")),
    "ach.release_entries": Case((BIG, False)),
    "ach.first_queued_by_clock": Case((BIG, False, 900)),
    "ach.is_collected": Case((*OWN, at("tu_", 500))),
    "ach.lock_originator_counters": Case((*OWN, "orig_1")),
    "ach.move_originator_counters": Case((*OWN, "orig_1", 1, 1)),
    "ach.modifiers_used": Case((*OWN, "orig_1", DAY)),
    "ach.insert_file": Case(
        (
            *(*OWN, "file_new", "orig_1", None, "built", "new", DAY, "0930", "9", DAY, 1, 1, 0, 1, sha(1), b"", None),
            *(1, None, None),
        )
    ),
    "ach.insert_batches": Case((*OWN, "file_new", DAY, [1], ["WEB"], [1], [1], [0])),
    "ach.lock_file": Case((*OWN, at("file_", 500))),
    "ach.read_file_bytes": Case((*OWN, at("file_", 500))),
    "ach.update_file": Case((*OWN, at("file_", 500), "settled", None, 1, "x", 1, 1, 1, None, None, None)),
    "ach.files_to_send": Case(()),
    "ach.files_not_sent": Case(()),
    "ach.files_unanswered": Case(()),
    "ach.files_without_money": Case(()),
    "ach.find_sent_file": Case((*OWN, "orig_1", DAY, "0930", "B")),
    "ach.list_batches": Case((*OWN, at("file_", 500))),
    "ach.find_batches_by_number": Case((*OWN, 50, "orig_1")),
    "ach.set_batch_status": Case((*OWN, at("file_", 500), 50, "settled", None, "x")),
    "ach.insert_bank_file": Case((*OWN, sha(0), "bf_new", "orig_1", "returns", "", 1, b"", 1)),
    "ach.find_bank_bytes": Case((*OWN, at("bf_", 500))),
    "ach.find_bank_file": Case((*OWN, sha(500))),
    "ach.bank_files_to_apply": Case(()),
    "ach.finish_bank_file": Case((*OWN, sha(500), "applied", "returns", "[]", 1)),
    "ach.count_held_files": Case(OWN, reads_all="counts what a page of readiness shows, of one platform"),
    "ach.fetch_files": Case((*OWN, [at("file_", n) for n in FEW])),
    "ach.fetch_bank_files": Case((*OWN, [at("bf_", n) for n in FEW])),
    "ach.page_files": Case((*PAGE, None)),
    "ach.page_bank_files": Case(PAGE),
    "ach.files_standing_at": Case((*OWN, "orig_1", "approved"), reads_all="is asked after a restore"),
    "ach.release_held_files": Case((*OWN, "orig_1", "x"), reads_all="is asked after a restore"),
    "ach.lock_topups_by_individual_id": Case((*OWN, ["x"], 15), reads_all="is asked after a restore"),
    "ach.place_sent_entries": Case((_SENT_ENTRIES,)),
    "ach.unconfirm_entries": Case((*OWN, at("file_", 50), 5)),
    "operators.count_approvers": Case((["admin"],), reads_all="operators are a few"),
    "operators.held_money_roles": Case((["approver", "finance"],), reads_all="operators are a few"),
    "originators.fetch_authorizations": Case((*OWN, [at("auth_", n) for n in FEW])),
    "originators.list_authorizations": Case((*PAGE, None)),
    "originators.lock_authorization": Case((*OWN, at("auth_", 500))),
    "reconciliation.fetch_breaks": Case((*OWN, [at("brk_", n) for n in FEW])),
    "reconciliation.lock_break": Case((*OWN, at("brk_", 500))),
    "reconciliation.page_breaks": Case((*PAGE, None, None)),
    "ach.known_files": Case((*OWN, [at("file_", n) for n in FEW])),
    "reconciliation.insert_statement_line": Case(
        (*OWN, "1234", "new", "bf_1", 1, DAY, 1, "usd", "165", None, None, "", None, None, 1)
    ),
    "reconciliation.list_statement_lines": Case((*OWN, 10)),
    "reconciliation.open_break": Case((*OWN, "brk_new", "unmatched", "new", None, 1, "usd", None, "", None, 1)),
    "reconciliation.list_open_breaks": Case((*OWN, 10)),
    "reconciliation.find_open_breaks": Case((*OWN, [at("ref_", 7), at("ref_", 500)], ["unmatched"])),
    "reconciliation.resolve_break": Case((*OWN, at("brk_", 7), 9, "x", "x")),
    "topups.read_bank_confirmation": Case((*OWN, at("tu_", 7), "bank_credit")),
    "ledger.post_entries": Case((_ENTRIES, _FURTHER_LINES, _TRANSACTIONS, _BALANCES)),
    "ledger.entries_of_source": Case((*OWN, at("tu_", 500))),
    "ledger.insert_hold": Case((*OWN, "hold_new", "payout", "po_new", 1, "usd", "reserved", 1)),
    "ledger.lock_hold_of_source": Case((*OWN, at("po_", 7))),
    "ledger.end_hold": Case((*OWN, at("hold_", 7), "voided", None, 1)),
    "ledger.open_balances": Case((*ONES, ["usd"] * 10)),
    "ledger.lock_balances": Case(ONES),
    "events.insert_events": Case((*BIGS, [at("evt_new", n) for n in MANY], *_same(*_EVENT[1:], times=100))),
    "verification.estimate_rows": Case(()),
    "verification.topups_range_end": Case((*OWN, at("tu_", 100), 200), BOOKS),
    "verification.events_range_end": Case((*OWN, at("evt_", 100), 200), BOOKS),
    "verification.idempotency_keys_range_end": Case((*OWN, at("key_", 100), 200), BOOKS),
    "verification.entries_range_end": Case((*OWN, at("tr_", 100), 200), BOOKS),
    "topups.wrong_topups": Case((*RANGE, 10), BOOKS),
    "topups.wrong_entries": Case(
        (
            *RANGE,
            10,
            ["succeeded"],
            ["topup"],
            ["funding:clearing"],
            ["balance:available"],
            "funding:clearing",
            "fees",
            "bank:",
            "bank_credit",
            "bank_return",
            "topup",
        ),
        BOOKS,
    ),
    "topups.wrong_balance_transactions": Case((*RANGE, 10, ["succeeded"], ["topup"], [1], [True]), BOOKS),
    "ledger.posted_sums": Case((*RANGE, "balance:available", "balance:reserved"), BOOKS),
    "ledger.held_sums": Case(RANGE, BOOKS),
    "ledger.wrong_entries": Case((*RANGE, ["topup"], ["balance:available", "funding:clearing"], 10), BOOKS),
    "ledger.wrong_hold_entries": Case(
        (*RANGE, "balance:available", "balance:reserved", "hold", "hold_posted", "hold_voided", 10), BOOKS
    ),
    "ledger.orphan_lines": Case((*_range("tr_"), 10), BOOKS),
    "topups.wrong_confirmations": Case((*RANGE, "bank_credit", "bank_return", 10), BOOKS),
    "verification.entry_lines_range_end": Case((*OWN, at("tr_", 100), 20), BOOKS),
    "ledger.unknown_transactions": Case((*RANGE, ["topup"], 10), BOOKS),
    "topups.clearing_topups": Case((*RANGE, "funding:clearing", ["ach"], "topup"), BOOKS),
    "ledger.stated_sums": Case(RANGE, BOOKS),
    "ledger.kept_balances": Case(("acct_1", False, "acct_1", True), BOOKS),
    "topups.expected_events": Case((*RANGE, ["succeeded"], ["topup.created"]), BOOKS),
    "topups.announced_events": Case(EVENT_RANGE, BOOKS),
    "topups.pruned_events": Case((), BOOKS, reads_all="adds up all owners, once a verification"),
    "topups.wrong_events": Case((*EVENT_RANGE, 10, ["succeeded"], ["topup.created"]), BOOKS),
    "topups.missing_events": Case((100_000_000, "topup.succeeded", ["succeeded"]), WHOLE, reads_all=NAMED),
    "topups.differing_owners": Case((100_000_000, "topup.succeeded", ["succeeded"]), WHOLE, reads_all=NAMED),
    "topups.repeated_events": Case((100_000_000, "topup.succeeded"), WHOLE, reads_all=NAMED),
    "idempotency.wrong_idempotency_keys": Case((*_range("key_"), 10), BOOKS),
    "jobs.upsert_worker": Case(("wrk_new", "host", 1, "1.0", 1, 2, "[]")),
    "jobs.forget_workers": Case((1,)),
    "jobs.list_workers": Case((), reads_all="there is a row for each worker of the last day"),
    "jobs.note_exception": Case((*OWN, "settle", at("tu_", 7), 1, 2, "wrong")),
    "jobs.list_stuck": Case((10,)),
    "jobs.count_stuck": Case((10,)),
    "topups.forget_settlement_exceptions": Case(("settle",), reads_all="looks at whatever is stuck"),
    "topups.earliest_due": Case(()),
    "ledger.count_unsealed": Case((10,)),
    "webhooks.oldest_unnumbered": Case(()),
    "webhooks.count_owed": Case((10,)),
    "webhooks.count_unnumbered": Case((10,)),
    "ledger.oldest_unsealed": Case((10,)),
    "ach.outstanding_files": Case((10,)),
    "ach.waiting_bank_files": Case((10,)),
    "ach.count_returns": Case((*OWN, at("tu_", 100), "tu_~", 10)),
    "reconciliation.open_breaks_by_kind": Case((10,)),
    "originators.count_stops": Case((), reads_all="stops are a few"),
    "integrity.begin_run": Case(("run_new", 0, 1)),
    "integrity.end_run": Case((at("run_", 7), 9, None, None, None, None, "[]", "{}")),
    "integrity.delete_run": Case((at("run_", 7),)),
    "portability.list_exported_accounts": Case((BIG, True), reads_all="lists all accounts under a platform"),
    "portability.lists_others_entries": Case((BIG, [BIG]), reads_all="looks at all entries of a platform, once"),
    "portability.columns_of": Case(("topups",)),
    "portability.schema_version": Case(()),
    "portability.count_new_events": Case((*OWN, 100)),
    "portability.put_new_events": Case((*OWN, 1_000_000, [at("evt_unnumbered", n) for n in MANY], 1)),
    "integrity.delete_old_runs": Case((100,), reads_all="removes all but the newest, of which there are few"),
    "integrity.read_latest_run": Case(()),
    "webhooks.lock_account": Case(("acct_7",)),
    "webhooks.count_endpoints": Case(("acct_7", False)),
    "webhooks.insert_endpoint": Case(
        (*OWN, "we_new", "http://x", "[]", None, "v", False, None, None, b"", 1, "snapshot", None)
    ),
    "webhooks.read_endpoint": Case(("acct_7", False, "we_7")),
    "webhooks.lock_endpoint": Case(("acct_7", False, "we_7")),
    "webhooks.list_endpoints": Case(("acct_7", False)),
    "webhooks.endpoints_for": Case(ONES),
    "webhooks.update_endpoint": Case(
        ("acct_7", False, "we_7", "http://x", "[]", None, None, b"", None, None, None, None, None, None, None)
    ),
    "webhooks.fetch_endpoints": Case((*ONES, [f"we_{n}" for n in FEW])),
    "webhooks.announce_to_one": Case((*OWN, "we_big", *_EVENT, 9)),
    "webhooks.stop_deliveries": Case((*OWN, "we_big"), reads_all="gives up all that waits for one endpoint"),
    "webhooks.delete_endpoint": Case(("acct_7", False, "we_7")),
    "webhooks.delete_undelivered": Case((*OWN, "we_big"), reads_all="removes all that waits for one endpoint"),
}

NOT_MEASURED: Final[Mapping[str, str]] = {
    **{
        f"portability.rows_of_{table.name}": "reads all rows of an account; test_portability.py looks at its plan"
        for table in EXPORTED
    },
    **{
        f"portability.put_{table.name}": "writes the rows that it is given, and reads none"
        for table in EXPORTED
        if table.is_imported and table.name != "new_events"
    },
    "accounts.lock_accounts": "locks a table",
    "legal_holds.keep_holds_out": "locks a table",
    "legal_holds.await_pruning": "locks a table",
    "gauges.database_size": "asks the file system",
    "encryption.lock_data_keys": "locks a table",
    "installation.lock_beginnings": "locks tables",
    "installation.insert_kind": "the owner's, once an installation",
    "ach.note_restored": "the owner's, once after a restore",
    "ledger.walk_in_order": "makes settings",
    "platform.create_table": "makes a table",
    "platform.insert_applied": "the owner's, once a migration",
    "platform.lock_table": "locks a table",
    "platform.bound_lock_waits": "sets a limit",
    "platform.make_rows_of": "makes a function of the session",
    "platform.count_rows": "counts everything, while Brim is stopped",
    "platform.grant_rights": "reads the catalog",
    "platform.keep_service_password": "reads the catalog",
    "platform.keep_service_role": "reads the catalog",
    "verification.prefer_ranges": "makes settings",
    "topups.prefer_ranges_again": "makes settings",
    "topups.prefer_whole_tables": "makes settings",
}
