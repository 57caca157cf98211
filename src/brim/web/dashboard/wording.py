"""What the dashboard calls things: statuses, events, failures; and what it says when something was done."""

from typing import Final

from brim.api.resources.topups.wire import NO_DATE_PROMISED

STATUS_BADGES: Final = {
    "pending": ("Pending", "waiting"),
    "succeeded": ("Succeeded", "good"),
    "failed": ("Failed", "bad"),
    "canceled": ("Canceled", "plain"),
    "reversed": ("Reversed", "bad"),
    "verified": ("Verified", "good"),
    "chargeable": ("Verified", "good"),
    "consumed": ("Detached", "plain"),
    "ready": ("Ready", "good"),
    "running": ("Running", "good"),
    "gone": ("Not running", "plain"),
    "advancing": ("Advancing", "waiting"),
    "enabled": ("Enabled", "good"),
    "disabled": ("Disabled", "plain"),
    "delivered": ("Delivered", "good"),
    "refused": ("Refused", "bad"),
    "timed_out": ("Timed out", "bad"),
    "unreachable": ("Unreachable", "bad"),
    "blocked": ("Blocked", "bad"),
    "garbled": ("Not HTTP", "bad"),
    "active": ("Active", "good"),
    "closed_to_topups": ("Closed", "waiting"),
    "ending": ("Expiring", "waiting"),
    "ended": ("Ended", "plain"),
    "snapshot": ("Snapshot", "plain"),
    "thin": ("Thin", "accent"),
    "agree": ("Balanced", "good"),
    "differ": ("Differences", "bad"),
    "waiting": ("Waiting", "waiting"),
    "interrupted": ("Interrupted", "bad"),
    "none_yet": ("Not run yet", "plain"),
    "in_suspense": ("In suspense", "waiting"),
    "credited": ("Credited", "good"),
    "returning": ("To be sent back", "waiting"),
    "recalled": ("Recalled", "bad"),
    "itemized": ("Itemized", "plain"),
    "partially_paid": ("Partially paid", "waiting"),
    "paid": ("Paid", "good"),
    "expired": ("Expired", "plain"),
    "built": ("Awaiting approval", "waiting"),
    "approved": ("Approved", "waiting"),
    "sent": ("Sent", "waiting"),
    "acknowledged": ("Acknowledged", "waiting"),
    "settled": ("Settled", "good"),
    "rejected": ("Rejected", "bad"),
    "voided": ("Voided", "plain"),
    "queued": ("Queued", "waiting"),
    "in_file": ("In file", "waiting"),
    "confirmed": ("Confirmed", "good"),
    "released": ("Available", "good"),
    "returned": ("Returned", "bad"),
    "received": ("Received", "waiting"),
    "awaiting_approval": ("Awaiting approval", "waiting"),
    "applied": ("Applied", "good"),
    "noted": ("Noted", "plain"),
    "dismissed": ("Dismissed", "plain"),
    "held": ("Held", "bad"),
    "dishonorable": ("Awaiting decision", "waiting"),
    "dishonored": ("Dishonored", "waiting"),
    "money_back": ("Money received", "waiting"),
    "accepted": ("Accepted", "good"),
    "contested": ("Contested", "bad"),
    "missed": ("Missed", "bad"),
    "requested": ("Requested", "waiting"),
    "superseded": ("Not needed", "plain"),
    "open": ("Open", "waiting"),
    "resolved": ("Resolved", "good"),
    "draft": ("Draft", "plain"),
    "suspended": ("Suspended", "bad"),
    "stopped": ("Stopped", "bad"),
    "posted": ("Posted", "good"),
    "proposed": ("Proposed", "waiting"),
    "explained": ("Explained", "plain"),
    "undo_proposed": ("Undo proposed", "waiting"),
    "undone": ("Undone", "plain"),
    "replaced": ("Replaced", "plain"),
    "applying": ("Being applied", "waiting"),
    "gap": ("Statement missing", "bad"),
}
"""For each status of any object: what a person reads, and the tone of its badge."""

DONE: Final = {
    "notifications_saved": "Notification preferences saved.",
    "notification_test": "The test is being sent. It appears under Recent messages.",
    "chat_added": "Chat added and turned on.",
    "chat_removed": "Chat removed.",
    "channel_on": "Channel turned on.",
    "channel_off": "Channel turned off.",
    "created": "Top-up created.",
    "canceled": "Top-up canceled. No money moves.",
    "updated": "Changes saved.",
    "succeeded": "Top-up succeeded. The balance has increased.",
    "failed": "Top-up failed: the bank refused the debit.",
    "reversed": "Top-up reversed by the bank.",
    "clock_created": "Test clock created. This account's test mode now follows it.",
    "clock_advancing": "Clock advancing. Everything that falls due happens in order.",
    "clock_deleted": "Test clock deleted. Test mode runs in real time again.",
    "bank_added": "Bank account added.",
    "bank_verified": "Bank account verified. It can be debited.",
    "bank_authorized": "The authorization is recorded. It replaces any earlier one.",
    "mandate_amended": "Mandate amended. The amendment is sent with the next collection.",
    "mandate_confirmed": "The debtor's confirmation is recorded. The mandate can be used.",
    "bank_unauthorized": "Authorization ended. This bank account can't fund new top-ups.",
    "return_dishonored": "The return is dishonored. The dishonor goes out with the next file.",
    "refund_requested": "The top-up is refunded. The refund goes out with the next file, once the file is approved.",
    "refund_canceled": "The refund is canceled. Its money is in the account's balance again.",
    "report_run": "Report requested.",
    "transfer_saved": "Saved.",
    "mapping_saved": "Mapping saved. It applies to new CSV files of this bank account and to held ones.",
    "transfer_proposed": "Proposed. In live mode, another operator, if there is one, has to approve it.",
    "transfer_approved": "Approved.",
    "transfer_declined": "Declined. The transfer is in suspense again.",
    "instructions_created": "The instructions are below.",
    "reversal_requested": "The debit is reversed. The reversal goes out with the next file, once the file is approved.",
    "correction_refused": "Notification of change refused. The next file notifies the bank.",
    "prenote_started": "The prenote is started. It goes out with the next file.",
    "microdeposits_started": "The micro-deposits are started. They go out with the next file.",
    "bank_detached": "Bank account detached. It can't fund new top-ups.",
    "bank_default": "Default set. New top-ups in that currency use this bank account unless they specify another.",
    "resent": "The event is being sent again. The result appears below.",
    "verification_asked": "Verification requested. The result appears below.",
    "tested": "The event is being sent. The result appears below.",
    "endpoint_disabled": "Endpoint disabled. Its pending deliveries were discarded.",
    "endpoint_enabled": "Endpoint enabled. New events are sent to it.",
    "endpoint_deleted": "Endpoint deleted. Its delivery attempts are still listed on each event.",
    "key_revoked": "Key revoked. Requests with it are refused.",
    "account_created": "Account created. Your keys act for it with the Stripe-Account header.",
    "balance_recovered": "The balance is no longer below zero.",
    "recovery_asked": "Top-up created. It recovers the balance once it succeeds.",
    "file_approved": "File approved. It is sent to the bank within seconds.",
    "file_approved_once": "You approved the file. It will be sent once another operator has approved it too.",
    "file_voided": "The file is voided. Its entries are queued for the next one.",
    "file_resubmitted": "The entries are queued for the next file.",
    "bank_file_imported": "File stored. It is applied within seconds.",
    "bank_file_waits": "The statement is stored. It is applied once another operator has approved it.",
    "bank_file_still_waits": "This statement was already imported and still awaits approval.",
    "bank_file_approved": "Statement approved. It is applied within seconds.",
    "bank_file_rejected": "Statement rejected. Nothing in it was applied.",
    "bank_file_known": "This file was already received. Nothing was stored or applied again.",
    "override_asked": "Override requested. It takes effect once another operator, if there is one, approves it.",
    "override_approved": "Override approved. New debits are allowed until it expires.",
    "override_ended": "The override has ended.",
    "break_resolved": "The break is resolved.",
    "break_reopened": "The break is open again.",
    "break_updated": "The break is saved.",
    "lines_taken_in": "Lines imported as open lines. Settle each of them.",
    "line_settled": "The settlement is posted.",
    "settlement_proposed": "The settlement is proposed. Another operator has to confirm it.",
    "settlement_rejected": "Nothing was posted.",
    "undo_proposed": "Undo proposed. Another operator has to confirm it.",
    "settlement_undone": "The settlement is undone. Its lines are open again.",
    "originator_created": "The originator is saved as a draft. Nothing is sent until it is activated.",
    "originator_updated": "The profile is saved and applies to files created from now on.",
    "originator_activated": "The originator is active. Live top-ups are collected through it.",
    "originator_suspended": "The originator is suspended. Nothing new is collected through it.",
    "rail_stopped": "Live money is stopped. New top-ups are refused, and no file is created or sent.",
    "one_rail_stopped": "Live money is stopped on this rail. The other one is unaffected.",
    "rail_resumed": "Live money resumed.",
    "profile_saved": "Profile saved.",
    "password_changed": "Password changed. You're signed out on other devices.",
    "signed_out_elsewhere": "Signed out on other devices.",
    "codes_off": "One-time codes turned off. You sign in with your password only.",
    "legal_hold_placed": "Legal hold placed.",
    "legal_hold_lifted": "Legal hold lifted.",
    "operator_added": "Operator added.",
    "operator_disabled": "Operator disabled and signed out everywhere.",
    "operator_enabled": "Operator enabled. They can sign in again.",
    "role_set": "Role changed.",
    "identity_unbound": "Identity provider account unlinked. The operator is signed out everywhere.",
    "codes_reset": "Codes turned off. The operator signs in without a code until they set up an authenticator app.",
}
"""What a page says after a form, by the word in its address; any other word says nothing."""

HAPPENED: Final = {
    "topup.created": ("Top-up created", "waiting"),
    "topup.succeeded": ("Top-up succeeded", "good"),
    "topup.failed": ("Top-up failed", "bad"),
    "topup.canceled": ("Top-up canceled", "plain"),
    "topup.reversed": ("Top-up reversed by the bank", "bad"),
}
"""For each event of a top-up: what happened, and its tone."""

TEST_SOURCES: Final = (
    ("btok_us_verified", "succeeds"),
    ("btok_us_verified_noAccount", "fails (no such account)"),
    ("btok_us_verified_accountClosed", "fails (account closed)"),
    ("btok_us_verified_insufficientFunds", "fails (insufficient funds)"),
    ("btok_us_verified_debitNotAuthorized", "fails (debit not authorized)"),
    ("btok_us_verified_invalidCurrency", "fails (wrong currency)"),
    ("btok_us_verified_reversed", "succeeds, then is returned"),
    ("btok_us_verified_corrected", "succeeds; its bank then corrects the account details"),
    ("btok_us_verified_fileRejected", "its file is rejected; succeeds when resubmitted"),
    ("btok_us_verified_fileRejectedFails", "its file is rejected; fails when resubmitted"),
    ("btok_us_verified_reversedLate", "succeeds, then is returned after 60 days"),
    ("btok_us_verified_dishonored", "fails; its return is dishonored, and the money is recovered"),
    ("btok_us_verified_dishonorContested", "fails; its return is dishonored, and the dishonored return is contested"),
    (
        "btok_us_verified_reversedDishonored",
        "succeeds, then is returned; the return is dishonored, and the money is recovered",
    ),
    (
        "btok_us_verified_reversedDishonorContested",
        "succeeds, then is returned; the return is dishonored, and the dishonored return is contested",
    ),
    ("btok_us_verified_pending", "stays pending until you decide"),
)
"""The test tokens that a top-up of test mode can be paid from, and what becomes of it."""

NO_PROMISE: Final = {
    "lock_timeout": "The test clock is advancing. Retry shortly.",
    NO_DATE_PROMISED: "The rail gives no arrival date.",
}
"""Why nothing is promised before a top-up is made, by the API's word for it."""

SUSPENSE_REASONS: Final = {
    "no_reference": "No reference",
    "damaged_reference": "The reference contains an error",
    "unknown_reference": "The reference belongs to no account",
    "several_references": "Several references",
    "several_payments": "Contains several payments, and not all have the account's reference",
    "currency": "The currency differs from the instructions",
    "short": "Less than was expected",
    "over": "More than was expected",
    "already_paid": "The expected amount was already paid",
    "late": "The instructions have expired",
    "account_closed": "The account is closed",
    "amount": "The amount isn't valid for a top-up",
    "unknown_number": "The virtual account number belongs to no account",
    "number_ended": "The account of the virtual account number is closed",
    "unknown_payer": "The payer isn't known to the account",
    "no_payer": "The statement doesn't name the payer",
    "conflict": "The virtual account number and the reference belong to different accounts",
}
"""Why a transfer is in suspense."""

SUGGESTION_WORDS: Final = {
    "named": "reference stated",
    "reference": "reference differs by one error",
    "amount": "exact amount expected",
}
"""Why a transfer may be for an account."""

LEDGER_ACCOUNTS: Final = {
    "funding:clearing": "Funding clearing",
    "balance:available": "Balance",
    "balance:reserved": "Reserved",
    "payouts:clearing": "Payouts clearing",
    "fees": "Fees",
    "verification": "Bank account verification",
}
"""The ledger's accounts for people."""

LEDGER_STEPS: Final = {
    "topup": "Top-up arrived",
    "topup_reversal": "Top-up returned",
    "bank_credit": "Confirmed by the bank",
    "bank_credit_undone": "Bank confirmation undone",
    "transfer_suspended": "Transfer moved to suspense",
    "transfer_assigned": "Transfer assigned to an account",
    "transfer_returned": "Transfer returned",
    "bank_return": "Return confirmed by the bank",
    "bank_dishonor": "Dishonored return booked by the bank",
    "bank_contest": "Contested dishonor booked by the bank",
    "topup_dishonored_return": "Dishonored return accepted",
    "microdeposit_credit": "Micro-deposits booked by the bank",
    "microdeposit_debit": "Debit of micro-deposits booked by the bank",
    "microdeposit_return": "Return of a micro-deposit booked by the bank",
    "bank_reversal": "Reversal booked by the bank",
    "bank_reversal_return": "Returned reversal booked by the bank",
    "line_settlement": "Statement line settled",
    "line_settlement_undone": "Settlement of a statement line undone",
    "topup_reversal_failure": "Reversal returned, or not sent in time",
    "topup_return": "Returned after a failed reversal",
    "refund": "Refund requested",
    "refund_failure": "Refund failed or canceled",
    "bank_refund": "Refund booked by the bank",
    "bank_refund_return": "Returned refund booked by the bank",
}
"""The steps that entries post, for people."""


def ledger_account_words(code: str) -> str:
    """Return a ledger account for people: `Balance`, or `Bank account ba_1` for a bank account's own."""
    family, _, name = code.partition(":")
    families = {"bank": "Bank account", "suspense": "Suspense of"}
    return f"{families[family]} {name}" if family in families else LEDGER_ACCOUNTS.get(code, code)


def ledger_step_words(step: str) -> str:
    """Return what a step posts for people, with its number where it happened again: `Confirmed by the bank (2)`."""
    name, _, number = step.partition(":")
    return LEDGER_STEPS.get(name, name) + (f" ({number})" if number else "")


EVENT_WORDS: Final = {
    **{name: words for name, (words, _) in HAPPENED.items()},
    "balance.available": "Balance changed",
    "test_helpers.test_clock.created": "Test clock created",
    "test_helpers.test_clock.advancing": "Test clock advancing",
    "test_helpers.test_clock.ready": "Test clock ready",
    "test_helpers.test_clock.deleted": "Test clock deleted",
    "brim.topup.rescheduled": "Expected availability date changed",
    "brim.topup.retry_scheduled": "Re-presentment scheduled for a returned debit",
    "brim.ach_file.created": "Payment file created",
    "brim.ach_file.approved": "Payment file approved",
    "brim.ach_file.sent": "Payment file sent to the bank",
    "brim.ach_file.acknowledged": "Payment file acknowledged by the bank",
    "brim.ach_file.rejected": "Payment file rejected by the bank",
    "brim.ach_file.settled": "Payment file settled by a bank statement",
    "brim.ach_file.held": "Payment file held",
    "brim.bank_file.awaiting_approval": "Imported statement awaiting approval",
    "brim.bank_file.approved": "Imported statement approved",
    "brim.bank_file.rejected": "Imported statement rejected",
    "brim.bank_file.delivered": "Imported statement also received from the bank",
    "brim.incoming_transfer.credited": "Incoming transfer credited",
    "brim.incoming_transfer.suspended": "Incoming transfer in suspense",
    "brim.incoming_transfer.returned": "Incoming transfer returned",
    "brim.incoming_transfer.recalled": "Incoming transfer recalled by the bank",
    "brim.ach_reversal.created": "Reversal requested",
    "brim.ach_reversal.settled": "Reversal settled",
    "brim.ach_reversal.returned": "Reversal returned",
    "brim.ach_reversal.missed": "Reversal not sent in time, or not booked",
    "brim.ach_reversal.superseded": "Reversal not needed: debit already returned",
    "brim.refund.created": "Refund requested",
    "brim.refund.succeeded": "Refund succeeded",
    "brim.refund.failed": "Refund failed",
    "brim.refund.canceled": "Refund canceled",
    "brim.return_rate.warned": "Return rate near its limit",
    "brim.return_rate.limit_reached": "Return rate limit reached",
    "brim.return_rate.cleared": "Return rate back below its limits",
    "brim.ach_return.dishonored": "Return dishonored",
    "brim.ach_return.dishonor_accepted": "Dishonored return accepted",
    "brim.ach_return.contested": "Dishonored return contested",
    "brim.break.opened": "Break opened",
    "brim.prenote.created": "Prenote started",
    "brim.prenote.verified": "Bank account verified by a prenote",
    "brim.prenote.failed": "Prenote failed: bank account not verified",
    "brim.prenote.canceled": "Prenote canceled",
    "brim.microdeposits.created": "Micro-deposits started",
    "brim.microdeposits.verified": "Bank account verified by micro-deposits",
    "brim.microdeposits.failed": "Micro-deposits failed: bank account not verified",
    "brim.microdeposits.canceled": "Micro-deposits canceled",
    "brim.microdeposits.limit_reached": "Micro-deposit limit reached",
    "brim.negative_balance.created": "Balance below zero",
    "brim.negative_balance.recovered": "Negative balance recovered",
    "brim.funding_source.corrected": "Bank account corrected by its bank",
    "reporting.report_run.succeeded": "Report ready",
    "reporting.report_run.failed": "Report failed",
    "brim.webhook_endpoint.disabled": "Webhook endpoint disabled after repeated failures",
    "v2.core.event_destination.ping": "Test ping to an event destination",
}
"""What each type of event says, for people."""

TRANSACTION_WORDS: Final = {
    "topup": "Top-up",
    "topup_reversal": "Top-up reversal",
    "topup_dishonored_return": "Dishonored return",
    "topup_reversal_failure": "Failed reversal",
    "topup_return": "Return after a failed reversal",
    "refund": "Refund",
    "refund_failure": "Failed refund",
}
"""What each type of balance transaction is called."""

RESOURCE_WORDS: Final = {
    "topups": "Top-ups",
    "balance": "Balance",
    "balance_transactions": "Balance transactions",
    "events": "Events",
    "webhook_endpoints": "Webhook endpoints",
    "test_clocks": "Test clocks",
    "payment_methods": "Payment methods",
    "sources": "Sources",
    "tokens": "Tokens",
    "accounts": "Accounts",
    "verification": "Verification of the books",
    "request_logs": "Request logs",
    "legal_holds": "Legal holds",
    "reporting": "Reports",
    "stripecli": "Listening with the CLI",
    "audit_log": "Audit log",
    "authorizations": "Debit authorizations",
    "ach": "Live money: files, banks and stops",
    "ach_approvals": "Approvals of live money",
}
"""What a key may be given rights to, for people; the last is for operators' pages alone."""

ATTEMPT_CAUSES: Final = {
    "schedule": "Automatic",
    "resend": "Resent",
    "recovery": "Resent with all missed events",
    "test": "Test",
}
"""Why an event was sent to an endpoint."""

VERIFICATION_WARNINGS: Final = {
    "nothing_checked": "The books are empty, so nothing was checked.",
    "chain_not_checked": "The hash chains were not checked. A changed entry may go unnoticed.",
    "stopped_early": "Verification stopped after 20 differences. There may be more.",
    "unsealed_entries": "Some entries are not sealed yet, so no hash chain covers them.",
    "coverage_unknown": "This result is from an earlier version, which didn't record what it checked.",
    "outdated": "This result is old: no later verification has finished. Check that a worker is running.",
}
"""Why a result of a verification says less than it seems to."""

HEALTH_QUEUES: Final = {
    "settlement": ("Top-ups to settle", "/workers"),
    "events": ("Events to number", "/workers"),
    "webhooks": ("Webhooks to deliver", "/webhooks"),
    "sealing": ("Journal entries to seal", "/verification"),
    "stuck": ("Stuck work", "/workers"),
}
"""What waits, and the page that has more about it."""

WORKER_JOBS: Final = {
    "settle": "Settle top-ups",
    "clocks": "Advance test clocks",
    "seal": "Seal journal entries",
    "reports": "Run reports",
    "reserves": "Settle reserves",
    "ach files": "Create payment files",
    "ach exchange": "Exchange files with the bank by folder",
    "ach sftp": "Exchange files with the bank by SFTP",
    "return rates": "Watch return rates",
    "verify": "Verify the books",
    "prune": "Delete expired data",
    "number": "Number events",
    "deliver": "Send webhooks",
    "notifications": "Plan notifications",
    "send notifications": "Send notifications",
    "heartbeat": "Heartbeat",
}
"""What each job of a worker does, for people; the command line and metrics have its name."""

VERIFICATION_TABLES: Final = {
    "topups": "Top-ups",
    "entries": "Journal entries",
    "entry_lines": "Journal entry lines after the first",
    "events": "Events",
    "idempotency_keys": "Idempotency keys",
}
"""What a verification reads."""
