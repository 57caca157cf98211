"""Values for examples of which the schema says only the type: ids, and what an object in a certain state has.

`attributes.example_of` takes them. Without them a reader would see `"text"` and 0, or a pending refund with a return
code. An object that isn't here has the first value of each enumeration, and null where it can be null.
"""

from collections.abc import Mapping
from typing import Any, Final

MADE: Final = 1_793_520_000
"""When the objects of examples were created: Sunday, November 1, 2026, 08:00 UTC."""

_CUTOFF: Final = MADE + 38 * 3600
_FIVE_DAYS_LATER: Final = MADE + 134 * 3600
ACCOUNT: Final = "acct_1Qk7ZtLw4VbN9sDe"
TOPUP: Final = "tu_0mfgbS1K4dJvQz7RkYw2hT8n"
TRANSACTION: Final = "txn_0mfgcA9X2LpNq5VtEr8sUb3c"
EVENT: Final = "evt_0mfgbS2M7wPzC4xGj9KdFq6y"
METHOD: Final = "pm_0mfg9Z5W3kUcTm8DyN7aGb4f"
REQUEST: Final = "req_5hTq2LxW8vNcRk"
_AUTHORIZATION: Final = "auth_0mfgbU6K3wQpLx8VtC5hJr2n"
_ORIGINATOR: Final = "orig_0mfgbV7N5xRsMy4WqD8kLt3p"
_ACH_FILE: Final = "achf_0mfgbW8P6zTuNa5XrE9mMv4q"
_BANK_FILE: Final = "bankf_0mfgbX9Q7aVwPb6YsF2nNw5r"
_STATEMENT: Final = "stmt_0mfgbX9S2bXzRe7ZuH3qQy6t"
_LINE: Final = "bsl_0mfgbX9T3cYaSf8AvJ4rRz7u"
_INSTRUCTIONS: Final = "fi_0mfgbZ4T1dZaSe9BvJ5rRz8u"
_TRANSFER: Final = "itr_0mfgbZ5V2eAbTf1CwK6sSa9v"
_OPERATOR: Final = "op_0mfg8V2E5rZuJw8NaP1dYm6s"
_APPROVER: Final = "op_0mfg8V2F6sAvKx9PbR3eZn7t"
_HASH: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
DESTINATION: Final = "ed_0mfga3C9oSuIw7MtRf3ZqY6k"
_TRACE: Final = "121042880000007"
_REFERENCE: Final = "RF30774173915265"

IDS: Final = {
    "aud": "aud_0mfgbR3N8xQwVk2MsE7pXd5j",
    "achr": "achr_0mfgbZ2Q8aVwPb5YsF1nNw5q",
    "auth": _AUTHORIZATION,
    "bankf": _BANK_FILE,
    "achf": _ACH_FILE,
    "brk": "brk_0mfgbY2R8bXyQc7ZtG3pPx6s",
    "bsl": _LINE,
    "corr": "corr_0mfgbY9T3hVqLw6RsK2nXd8p",
    "fi": _INSTRUCTIONS,
    "frr": "frr_0mfgbZ6W3fBcUg2DxL7tTb0w",
    "itr": _TRANSFER,
    "je": "je_0mfgcA9X1KnMp4UsDq7rTa2b",
    "kpay": "kpay_0mfgbZ8Y5hDeWj4FzN9vVd2y",
    "lh": "lh_0mfgbZ3S9cYzRd8AuH4qQy7t",
    "lset": "lset_0mfgbX9U4dZbTg9BwK5sSa8v",
    "mdep": "mdep_0mfgbUXZ7dRfSt2XwG8kMn6t",
    "orig": _ORIGINATOR,
    "pren": "pren_0mfgbUXY4cQdRt9WvF7kLm5s",
    "retn": "retn_0mfgbZ1R7bWxQc6ZtG2oOx6r",
    "rfnd": "rfnd_0mfgbZ7X4gCdVh3EyM8uUc1x",
    "stmap": "stmap_0mfgbX9V5eAcUh2CxL6tTb9w",
    "stmt": _STATEMENT,
}
"""Ids by their prefixes, for attributes whose pattern names one."""

BY_FORMAT: Final[Mapping[str, Any]] = {
    "unix-time": MADE,
    "date": "2026-10-30",
    "date-time": "2026-11-01T08:00:00.000Z",
}
BY_NAME: Final[Mapping[str, Any]] = {
    "account": ACCOUNT,
    "approved_by": _APPROVER,
    "authorization": _AUTHORIZATION,
    "balance_transaction": TRANSACTION,
    "bank_account": "operating",
    "bank_file": _BANK_FILE,
    "change_code": "C01",
    "changed_by": _OPERATOR,
    "country": "US",
    "created_by": _OPERATOR,
    "effective_date": "2026-11-03",
    "entry_trace": _TRACE,
    "fingerprint": "5c8a41f6e02b97d3",
    "format": "bai2",
    "funding_source": METHOD,
    "idempotency_key": "order-6735",
    "incoming_transfer": _TRANSFER,
    "last4": "6789",
    "originator": _ORIGINATOR,
    "payment_method": METHOD,
    "routing_number": "110000000",
    "set_by": _OPERATOR,
    "sha256": _HASH,
    "snapshot_event": EVENT,
    "source": TOPUP,
    "time_zone": "America/New_York",
    "topup": TOPUP,
    "trace": "091000010000042",
}
"""Texts by the names of attributes."""

_FILE: Final = {
    "id": "file_0mfgbZ6W4gCdVh3EyM8uUc1xQ",
    "object": "file",
    "created": MADE + 2,
    "expires_at": None,
    "filename": f"{IDS['frr']}.csv",
    "links": None,
    "purpose": "finance_report_run",
    "size": 412,
    "title": "Balance summary",
    "type": "csv",
    "url": "https://brim.example.com/v1/files/file_0mfgbZ6W4gCdVh3EyM8uUc1xQ/contents",
}
_MAPPING: Final = {
    "amount_column": "Amount",
    "balance_column": "Balance",
    "booking_date_column": "Date",
    "currency": "usd",
    "date_format": "MM/DD/YYYY",
    "text_columns": ["Description"],
}
_PROFILE: Final = {
    "alarm_after_hours": 24,
    "bank_account": "operating",
    "company_id": "1234567890",
    "company_name": "EXAMPLE INC",
    "cutoffs": ["17:00"],
    "day_cap": 10_000_000,
    "entry_cap": 2_500_000,
    "entry_description": "TOPUP",
    "file_cap": 100_000_000,
    "file_name": "{date}-{modifier}-{id}.ach",
    "hold_days": 3,
    "immediate_origin": "1234567890",
    "incoming_folder": "/var/lib/bank/in",
    "max_file_entries": 10_000,
    "max_file_lines": 100_000,
    "microdeposit_return_percent": 15,
    "microdeposits_per_account_day": 20,
    "microdeposits_per_bank_account": 3,
    "microdeposits_per_day": 200,
    "minimum_hold_days": 0,
    "odfi_name": "FIRST BANK",
    "odfi_routing_number": "121042882",
    "offset": "none",
    "opening": "09:00",
    "origin_name": "EXAMPLE INC",
    "outgoing_folder": "/var/lib/bank/out",
    "requires_approval": True,
    "return_rate_minimum": 100,
    "same_day_cap": 100_000_000,
    "sftp_poll_seconds": 60,
    "source_pending_cap": 5_000_000,
    "transfers_late": "credit",
    "transfers_over": "suspend",
    "transfers_short": "suspend",
}
_BALANCE: Final = {
    "account": None,
    "activity": [{"count": 12, "fee": 0, "gross": 24_000, "net": 24_000, "reporting_category": "topup"}],
    "closing_balance": 125_000,
    "currency": "usd",
    "net_activity": 24_000,
    "opening_balance": 101_000,
}
_ON_THE_STATEMENT: Final = {
    "amount": -2500,
    "bank_reference": "F1",
    "currency": "usd",
    "description": "MONTHLY FEE",
}
BY_OBJECT: Final[Mapping[str, Mapping[str, Any]]] = {
    "brim.topup_search_result": {"url": "/v1/brim/topups/search", "searched_to": None},
    "brim.topup_counts": {
        "statuses": [
            {"count": 3, "has_more": False, "status": "pending"},
            {"count": 1000, "has_more": True, "status": "succeeded"},
        ]
    },
    "brim.status_counts": {
        "list": "refunds",
        "livemode": True,
        "statuses": [{"count": 2, "has_more": False, "status": "pending"}],
    },
    "reporting.report_run": {
        "brim": {
            "as_of": MADE + 2,
            "differs_from": None,
            "files": [_FILE],
            "key": _HASH,
            "rows": 4,
            "sha256": _HASH,
            "totals": [{"currency": "usd", "group": "activity", "rows": 1, "sums": {"net_amount": "240.00"}}],
        },
        "result": _FILE,
        "status": "succeeded",
        "succeeded_at": MADE + 2,
    },
    "reporting.report_run_parameters": {"interval_start": 1_790_812_800, "interval_end": 1_793_491_200},
    "file": _FILE,
    "reporting.report_type": {
        "data_available_start": 946_684_800,
        "default_columns": ["category", "description", "net_amount", "currency"],
        "name": "Balance summary",
    },
    "brim.report_key": {
        "fingerprint": _HASH,
        "public_key": "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
        "-----END PUBLIC KEY-----\n",
    },
    "login_link": {"url": "https://brim.example.com/accounts/acct_1Qk7ZtLw4VbN9sDe"},
    "v2.core.event_destination": {
        "description": "Credits the customers' wallets",
        "enabled_events": ["v1.topup.succeeded", "v1.topup.failed"],
        "event_payload": "thin",
        "events_from": ["@self"],
        "id": DESTINATION,
        "name": "Wallets",
        "status": "enabled",
        "webhook_endpoint": {"signing_secret": None, "url": "https://example.com/webhooks"},
    },
    "v2.core.deleted_event_destination": {"id": DESTINATION},
    "v2.core.event": {
        "id": EVENT,
        "reason": {"type": "request", "request": {"id": REQUEST, "idempotency_key": "order-6735"}},
        "related_object": {"id": TOPUP, "type": "topup", "url": f"/v1/topups/{TOPUP}"},
        "type": "v1.topup.created",
    },
    "brim.balance_overview": {
        "currencies": [
            {
                "available": 125_000,
                "currency": "usd",
                "days": [],
                "in_flight": {
                    "amount": 2000,
                    "arrivals": [{"amount": 2000, "start": MADE + 8 * 86_400, "topups": 1}],
                    "topups": 1,
                },
            }
        ],
        "days_from": MADE - 29 * 86_400 - 28_800,
        "in_flight_is_complete": True,
    },
    "brim.attention_item": {
        "amounts": [{"amount": 7000, "currency": "usd"}],
        "count": 3,
        "detail": "Created in the last 7 days",
        "is_complete": True,
        "page": "/topups?status=failed",
        "severity": "warning",
        "title": "3 failed top-ups",
    },
    "brim.balance_summary": {
        "interval_end": 1_793_491_200,
        "interval_start": 1_790_812_800,
        "is_complete": True,
        "totals": [_BALANCE],
    },
    "brim.balance_transaction": {
        "amount": 2000,
        "balance": 125_000,
        "description": "Balance for week 48",
        "id": TRANSACTION,
        "net": 2000,
    },
    "brim.transfer": {"amount": 2000, "id": IDS["je"]},
    "brim.audit_entry": {
        "account": ACCOUNT,
        "action": "webhook_endpoint.updated",
        "actor": {"address": "192.0.2.1", "id": _OPERATOR, "name": "ada@example.com", "type": "operator"},
        "after": {"url": "https://example.com/webhooks"},
        "before": {"url": "https://example.com/hooks"},
        "object_id": "we_0mfga3B8nRtHv6LsQe2YpX5j",
        "object_type": "webhook_endpoint",
        "request": REQUEST,
    },
    "brim.legal_hold": {"account": ACCOUNT, "reason": "Case 7 against ACME.", "reference": "2026/17"},
    "brim.authorization": {
        "evidence": {"ip_address": "192.0.2.1", "reference": None, "user_agent": None},
        "livemode": True,
        "sec_code": "WEB",
        "text": "I authorize Example Inc. to debit my bank account.",
    },
    "brim.authorization_proof": {
        "document": "PROOF OF AUTHORIZATION\n\nI authorize Example Inc. to debit my bank account.\n",
        "proof": {
            "accepted_at": MADE,
            "account": ACCOUNT,
            "authorization": _AUTHORIZATION,
            "bank_account": {
                "account_type": "checking",
                "bank_name": None,
                "holder_name": "Jenny Rosen",
                "last4": "6789",
                "routing_number": "110000000",
            },
            "created": MADE,
            "end_reason": None,
            "ended_at": None,
            "ended_by": None,
            "evidence": {"ip_address": "192.0.2.1", "reference": None, "user_agent": None},
            "funding_source": METHOD,
            "is_erased": False,
            "recorded_by": {"id": _OPERATOR, "kind": "operator", "name": "ada@example.com", "request": REQUEST},
            "sec_code": "WEB",
            "text": "I authorize Example Inc. to debit my bank account.",
        },
    },
    "brim.funding_source": {"id": METHOD, "livemode": True, "routing_number": "110000000", "verification": "verified"},
    "brim.prenote": {"expected_verification": MADE + 5 * 86_400, "livemode": True},
    "brim.microdeposits": {"expected_arrival": MADE + 2 * 86_400, "expires": MADE + 12 * 86_400, "livemode": True},
    "brim.ach_originator": {
        "activated": MADE,
        "activated_by": _APPROVER,
        "livemode": True,
        "next_cutoffs": [{"cutoff": _CUTOFF, "effective_date": "2026-11-03"}],
        "status": "active",
    },
    "brim.ach_profile": _PROFILE,
    "brim.ach_file": {
        "approvals_needed": 1,
        "byte_count": 1900,
        "currency": "usd",
        "entry_count": 12,
        "file_date": "2026-11-02",
        "livemode": True,
        "modifier": "A",
        "name": f"20261102-A-{_ACH_FILE}.ach",
        "sha256": "5c8a41f6e02b97d3" * 4,
        "total_debit": 24_000,
    },
    "brim.ach_entry": {
        "amount": 2000,
        "batch": 1,
        "effective_date": "2026-11-03",
        "file": _ACH_FILE,
        "id": _TRACE,
        "status": "in_file",
        "trace": _TRACE,
    },
    "brim.ach_outlook": {
        "cutoff": {"cutoff": _CUTOFF, "effective_date": "2026-11-03"},
        "day_cap": 10_000_000,
        "due": {"amount": 24_000, "count": 12},
        "is_complete": True,
        "livemode": True,
        "originator": _ORIGINATOR,
        "time_zone": "America/New_York",
    },
    "brim.rail": {"livemode": True},
    "brim.bank_file": {
        "applied": MADE + 2,
        "byte_count": 282,
        "kind": "statement",
        "livemode": True,
        "name": "statement_2026-10-30.bai2",
        "status": "applied",
    },
    "brim.bank_file_preview": {
        "is_matched": True,
        "line_count": 1,
        "livemode": True,
        "sha256": _HASH,
        "statement_count": 1,
        "verdict": "accept",
    },
    "brim.bank_statement": {
        "closing_balance": 121_500,
        "is_applied": True,
        "line_count": 2,
        "livemode": True,
        "new_line_count": 2,
        "number": "7",
        "open_amount": -2500,
        "open_breaks": 1,
        "opening_balance": 100_000,
        "place": "continues",
    },
    "brim.statement_line": {
        **_ON_THE_STATEMENT,
        "break": IDS["brk"],
        "livemode": True,
        "position": 1,
        "statement": _STATEMENT,
        "status": "open",
        "type_code": "699",
        "unposted_amount": -2500,
    },
    "brim.line_settlement": {
        "amount": -2500,
        "fees": -2500,
        "lines": [{"amount": -2500, "line": _LINE}],
        "livemode": True,
        "note": "The bank's fee of October.",
    },
    "brim.statement_mapping": {"livemode": True},
    "brim.statement_mapping_fields": _MAPPING,
    "brim.statement_preview": {
        "closing_balance": 97_500,
        "format": "csv",
        "line_count": 1,
        "livemode": True,
        "opening_balance": 100_000,
    },
    "brim.break": {
        "amount": -2500,
        "bank_file": _BANK_FILE,
        "bank_statement": _STATEMENT,
        "currency": "usd",
        "detail": "A debit of $25.00 that matches nothing in the books.",
        "livemode": True,
        "reference": "F1",
        "statement_line": _LINE,
    },
    "brim.money_at_risk": {"arrivals_are_complete": True, "is_complete": True, "livemode": True},
    "brim.return_rate": {
        "id": _ORIGINATOR,
        "livemode": True,
        "minimum_debits": 100,
        "rates": [
            {
                "debits": 4000,
                "kind": "unauthorized",
                "level": "clear",
                "limit": 5000,
                "rate": 1000,
                "returns": 4,
                "since": None,
            }
        ],
    },
    "brim.ach_return": {
        "account": ACCOUNT,
        "amount": 2000,
        "applied": True,
        "bank_file": _BANK_FILE,
        "dishonorable_until": _FIVE_DAYS_LATER,
        "entry_number": 1,
        "livemode": True,
        "meaning": "Insufficient funds",
        "originator": _ORIGINATOR,
        "topup": TOPUP,
    },
    "brim.ach_reversal": {
        "amount": 2000,
        "leaves": _CUTOFF,
        "livemode": True,
        "reason": "duplicate",
        "sendable_until": _FIVE_DAYS_LATER,
    },
    "brim.refund": {
        "amount": 2000,
        "debit_returnable_until": "2026-11-16",
        "debit_settled_on": "2026-09-14",
        "last4": "6789",
        "leaves": _CUTOFF,
        "livemode": True,
    },
    "funding_instructions": {
        "amount": 12_500,
        "amount_remaining": 12_500,
        "metadata": {"order_id": "6735"},
        "reference": _REFERENCE,
    },
    "funding_instructions_bank_transfer": {
        "financial_addresses": [
            {
                "aba": {
                    "account_holder_name": "EXAMPLE INC",
                    "account_number": "9876543210",
                    "account_type": "checking",
                    "bank_name": "FIRST BANK",
                    "routing_number": "121042882",
                },
                "supported_networks": ["ach", "domestic_wire_us"],
                "type": "aba",
            }
        ]
    },
    "brim.known_payer": {"last4": "6789", "livemode": True, "name": "Jenny Rosen"},
    "brim.incoming_transfer": {
        "amount": 12_500,
        "description": "WIRE FROM JENNY ROSEN",
        "livemode": True,
        "payer": {"last4": "6789", "name": "Jenny Rosen"},
        "reason": "no_reference",
        "return_reference": "RF13539007547034123",
        "statement_line": _LINE,
        "status": "suspended",
    },
    "brim.negative_balance": {
        "amount": 2000,
        "id": f"{ACCOUNT}_usd",
        "since": MADE,
        "steps": [
            {
                "amount": -2000,
                "available": -2000,
                "created": MADE,
                "recovered": 0,
                "source": TOPUP,
                "step": "topup_reversal",
                "taken": 2000,
            }
        ],
    },
    "brim.balance_reserve": {"amount": 50_000, "held": 50_000, "id": f"{ACCOUNT}_usd"},
    "brim.correction": {
        "after": {"account_type": "checking", "last4": "6789", "routing_number": "110000000"},
        "bank_file": _BANK_FILE,
        "corrected": ["account_number"],
        "ended": MADE,
        "livemode": True,
        "meaning": "Account number",
        "originator": _ORIGINATOR,
        "topup": TOPUP,
    },
    "brim.correction_bank_account": {"last4": "7773"},
    "brim.rail_state": {"changed": True, "livemode": True},
    "brim.live_readiness": {
        "blockers": [
            {
                "code": "worker_missing",
                "fix": "Start brim worker, or brim serve.",
                "message": "No worker was seen in the last 30 seconds, so no files are created or read.",
            }
        ],
        "livemode": True,
    },
}
"""What examples of objects show, by the names of their schemas, over what their schemas say."""

_PENDING_RUN: Final = {"brim": None, "result": None, "status": "pending", "succeeded_at": None}
_OVERRIDE: Final = {
    "approved": None,
    "approved_by": None,
    "asked": MADE,
    "asked_by": _OPERATOR,
    "one_person": False,
    "reason": "A batch of test accounts was returned. The cause is fixed.",
    "until": MADE + 14 * 86_400,
}
_MANDATE: Final = {"mandate_reference": "M-4711", "sequence_type": "RCUR"}
_ENDED: Final = {"status": "resolved", "resolved": MADE, "resolved_by": _OPERATOR}
_PROPOSAL: Final = {
    "account": ACCOUNT,
    "action": "assign",
    "created": MADE,
    "created_by": _OPERATOR,
    "remember_payer": False,
}
CHANGES: Final[Mapping[str, Mapping[str, Any]]] = {
    "PostV2CoreEventDestinationsIdDisable": {
        "status": "disabled",
        "status_details": {"disabled": {"reason": "user"}},
    },
    "PostV2CoreEventDestinationsIdPing": {
        "related_object": {
            "id": DESTINATION,
            "type": "v2.core.event_destination",
            "url": f"/v2/core/event_destinations/{DESTINATION}",
        },
        "type": "v2.core.event_destination.ping",
    },
    "PostReportingReportRuns": _PENDING_RUN,
    "PostBrimLegalHoldsLegalHoldLift": {"lifted": MADE, "lifted_by": _OPERATOR, "status": "lifted"},
    "PostBrimAuthorizationsAuthorizationAmend": {
        **_MANDATE,
        "amendments": [
            {
                "created": MADE,
                "former_creditor_identifier": None,
                "former_creditor_name": None,
                "former_funding_source": None,
                "former_reference": "M-4711",
                "presented_on": None,
            }
        ],
        "mandate_reference": "M-4712",
        "sec_code": "CORE",
    },
    "PostBrimAuthorizationsAuthorizationConfirm": {**_MANDATE, "confirmed_at": MADE, "sec_code": "B2B"},
    "PostBrimAuthorizationsAuthorizationEnd": {
        "end_reason": "revoked in writing",
        "ended_at": MADE,
        "status": "ended",
    },
    "PostBrimAchOriginators": {"activated": None, "activated_by": None, "next_cutoffs": [], "status": "draft"},
    "PostBrimAchOriginatorsOriginatorSuspend": {"next_cutoffs": [], "status": "suspended"},
    "PostBrimAchFilesFileApprove": {"approved": MADE, "approved_by": _APPROVER, "status": "approved"},
    "PostBrimAchFilesFileVoid": {"status": "voided", "voided": MADE},
    "PostBrimAchFilesFileResubmit": {
        "approved": MADE,
        "approved_by": _APPROVER,
        "reject_reason": "The totals differ.",
        "rejected": MADE,
        "sent": MADE,
        "status": "rejected",
    },
    "PostBrimAchBankFiles": {
        "applied": None,
        "imported_by": _OPERATOR,
        "is_new": True,
        "kind": "unknown",
        "name": "acknowledgement.txt",
        "status": "received",
    },
    "PostBrimAchBankFilesBankFileApprove": {
        "applied": None,
        "approved": MADE,
        "approved_by": _APPROVER,
        "imported_by": _OPERATOR,
        "status": "received",
    },
    "PostBrimAchBankFilesBankFileReject": {
        "applied": None,
        "imported_by": _OPERATOR,
        "reject_reason": "The bank knows nothing of this transfer.",
        "rejected": MADE,
        "rejected_by": _OPERATOR,
        "status": "rejected",
    },
    "PostBrimStatementMappingsStatementMapping": {"version": 2},
    "PostBrimLineSettlementsLineSettlementConfirm": {"decided": MADE, "decided_by": _APPROVER, "status": "posted"},
    "PostBrimLineSettlementsLineSettlementReject": {"decided": MADE, "decided_by": _OPERATOR, "status": "rejected"},
    "PostBrimLineSettlementsLineSettlementUndo": {
        "decided": MADE,
        "decided_by": _APPROVER,
        "status": "undo_proposed",
        "undo_by": _OPERATOR,
        "undo_note": "It was a wire fee of another account.",
    },
    "PostBrimBreaksBreak": {"assigned_to": "ada@example.com", "note": "The bank has been asked."},
    "PostBrimBreaksBreakReopen": {"note": "The line was another one's."},
    "PostBrimBreaksBreakTakeIn": {**_ENDED, "resolution": "Imported as a new line."},
    "PostBrimBreaksBreakResolve": {**_ENDED, "resolution": "A fee of the bank."},
    "PostBrimAchReturnsReturnDishonor": {
        "dishonor": {
            "booked_on": None,
            "code": "R68",
            "contestable_until": None,
            "created": MADE,
            "created_by": _OPERATOR,
            "file": None,
            "final": None,
            "information": None,
            "leaves": _CUTOFF,
            "meaning": "Untimely return",
            "trace": None,
        },
        "status": "dishonored",
    },
    "PostBrimRefundsRefundCancel": {
        "canceled_by": _OPERATOR,
        "failure_balance_transaction": "txn_0mfgcB1Y4MqPr7WuFt9vVc5d",
        "status": "canceled",
    },
    "PostBrimAchReturnRatesSubjectOverride": {"asked_override": _OVERRIDE, "override": None},
    "PostBrimAchReturnRatesSubjectApproveOverride": {
        "asked_override": None,
        "override": {**_OVERRIDE, "approved": MADE, "approved_by": _APPROVER},
    },
    "PostBrimAchReturnRatesSubjectEndOverride": {"asked_override": None, "override": None},
    "PostTestHelpersFundingInstructionsFundingInstructionsFund": {
        "description": _REFERENCE,
        "funding_instructions": _INSTRUCTIONS,
        "amount": 6250,
        "livemode": False,
        "reason": "short",
        "reference": _REFERENCE,
    },
    "PostBrimIncomingTransfersIncomingTransfer": {"handled_by": "jenny", "note": "Asked the payer on Monday."},
    "PostBrimIncomingTransfersIncomingTransferAssign": {"proposal": _PROPOSAL},
    "PostBrimIncomingTransfersIncomingTransferSendBack": {
        "proposal": {**_PROPOSAL, "account": None, "action": "send_back"}
    },
    "PostBrimIncomingTransfersIncomingTransferApprove": {
        "account": ACCOUNT,
        "decided_by": _APPROVER,
        "status": "credited",
        "topup": TOPUP,
    },
    "PostBrimKnownPayersKnownPayerForget": {"ended": MADE},
    "PostBrimCorrectionsCorrectionRefuse": {
        "after": None,
        "change_code": "C01",
        "corrected": [],
        "ended_by": _OPERATOR,
        "reason": "The account number has characters other than digits, letters, blanks and hyphens.",
        "refusal": {"code": "C65", "file": None, "meaning": "Incorrectly formatted corrected data", "trace": None},
        "status": "refused",
    },
    "PostBrimRailsRailStop": {"status": "stopped"},
}
"""What is different in the answers of operations on these objects, by operation."""
