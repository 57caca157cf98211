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
    "garbled": ("No HTTP", "bad"),
    "active": ("Active", "good"),
    "closed_to_topups": ("Closed", "waiting"),
    "ending": ("Ending", "waiting"),
    "ended": ("Ended", "plain"),
    "snapshot": ("Snapshot", "plain"),
    "thin": ("Thin", "accent"),
    "agree": ("Agree", "good"),
    "differ": ("Differ", "bad"),
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
    "dishonorable": ("To decide", "waiting"),
    "dishonored": ("Dishonored", "waiting"),
    "money_back": ("Money back", "waiting"),
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
    "created": "The top-up was made.",
    "canceled": "The top-up was canceled. No money moves.",
    "updated": "Your changes were saved.",
    "succeeded": "The money has arrived, and the balance has grown.",
    "failed": "The bank refused the debit.",
    "reversed": "The bank took the money back.",
    "clock_created": "Time stands still now in this account's test mode.",
    "clock_advancing": "The clock is on its way; what falls due happens as it passes.",
    "clock_deleted": "The clock is gone, and test mode lives in real time again.",
    "bank_added": "The bank account is on file.",
    "bank_verified": "The bank account is verified and can be debited.",
    "bank_authorized": "The authorization is recorded. It replaces any earlier one.",
    "mandate_amended": "The mandate is amended. The next collection tells banks of it.",
    "mandate_confirmed": "The debtor's confirmation is recorded. The mandate can be used.",
    "bank_unauthorized": "The authorization has ended. No new top-up debits this bank account.",
    "return_dishonored": "The return is dishonored. The dishonor goes out with the next file.",
    "refund_requested": "The top-up is refunded. The refund goes out with the next file, once that is approved.",
    "refund_canceled": "The refund is canceled. Its money is in the account's balance again.",
    "report_run": "The report is run.",
    "transfer_saved": "Saved.",
    "mapping_saved": "The mapping is saved. CSV files of this bank account are read by it, those that are held too.",
    "transfer_proposed": "Proposed. In live mode, another operator has to approve it.",
    "transfer_approved": "Approved.",
    "transfer_declined": "Declined. The transfer is in suspense again.",
    "instructions_created": "The instructions are below.",
    "reversal_requested": "The debit is reversed. The reversal goes out with the next file, once that is approved.",
    "correction_refused": "The notification of change is refused. The next file tells its bank.",
    "prenote_started": "The prenote is started. It goes out with the next file.",
    "microdeposits_started": "The micro-deposits are started. They go out with the next file.",
    "bank_detached": "The bank account pays for nothing new any more.",
    "bank_default": "New top-ups in that currency are paid by it where they name nothing else.",
    "resent": "The event is being sent again. The result appears below.",
    "verification_asked": "Verification requested. The result appears below.",
    "tested": "The event is being sent. The result appears below.",
    "endpoint_disabled": "Nothing is sent to the endpoint any more; what was waiting was given up.",
    "endpoint_enabled": "Events are sent to the endpoint again, from now on.",
    "endpoint_deleted": "The endpoint is gone. What was tried with it can still be read at each event.",
    "key_revoked": "The key has ended: whoever uses it is refused from now on.",
    "account_created": "The account was made. Your keys act for it where a request names it.",
    "balance_recovered": "The balance is no longer below zero.",
    "recovery_asked": "Top-up created. It recovers the balance once it succeeds.",
    "file_approved": "The file is approved and leaves with the next exchange.",
    "file_approved_once": "You approved the file. It will be sent once another operator has approved it too.",
    "file_voided": "The file is voided. Its entries are queued for the next one.",
    "file_resubmitted": "The entries are queued for the next file.",
    "bank_file_imported": "The file is stored. What it says is applied within seconds.",
    "bank_file_waits": "The statement is stored. It is applied once another operator has approved it.",
    "bank_file_still_waits": "This statement was imported before, and still waits for an approval.",
    "bank_file_approved": "The statement is approved. What it says is applied within seconds.",
    "bank_file_rejected": "The statement is rejected. Nothing of it was applied.",
    "bank_file_known": "This file was received before. Nothing was stored or applied again.",
    "override_asked": "The override is asked for. Nothing changes before somebody else approves it.",
    "override_approved": "Debits go on until the override ends.",
    "override_ended": "The override has ended.",
    "break_resolved": "The break is resolved.",
    "break_reopened": "The break is open again.",
    "break_updated": "The break is saved.",
    "lines_taken_in": "The lines are open lines now. Settle them as what they are.",
    "line_settled": "The settlement is posted.",
    "settlement_proposed": "The settlement is proposed. Another operator has to confirm it.",
    "settlement_rejected": "Nothing was posted.",
    "undo_proposed": "Another operator has to confirm that it is undone.",
    "settlement_undone": "The settlement is undone. Its lines are open again.",
    "originator_created": "The originator is saved as a draft. Nothing is sent until it is activated.",
    "originator_updated": "The profile is saved and applies to files created from now on.",
    "originator_activated": "The originator is active. Live top-ups are collected through it.",
    "originator_suspended": "The originator is suspended. Nothing new is collected through it.",
    "rail_stopped": "Live money is stopped. New top-ups are refused, and no file is created or sent.",
    "one_rail_stopped": "Live money is stopped on this rail. The other one is unaffected.",
    "rail_resumed": "What was stopped there is running again.",
    "profile_saved": "Your profile was saved.",
    "password_changed": "Your password was changed, and you are signed in here alone.",
    "signed_out_elsewhere": "You are signed in here alone.",
    "codes_off": "You are asked for no codes any more.",
    "legal_hold_placed": "The legal hold is in force.",
    "legal_hold_lifted": "The legal hold was lifted.",
    "operator_added": "The operator was added.",
    "operator_disabled": "The operator is disabled and signed out everywhere.",
    "operator_enabled": "The operator may sign in again.",
    "role_set": "The role was changed.",
    "identity_unbound": "The account at the identity provider is unbound. The operator is signed out everywhere.",
    "codes_reset": "The operator signs in without a code until a new device is set up.",
}
"""What a page says after a form, by the word in its address; any other word says nothing."""

HAPPENED: Final = {
    "topup.created": ("The top-up was made", "waiting"),
    "topup.succeeded": ("The money arrived and can be used", "good"),
    "topup.failed": ("The bank refused the debit", "bad"),
    "topup.canceled": ("The top-up was canceled", "plain"),
    "topup.reversed": ("The bank took the money back", "bad"),
}
"""For each event of a top-up: what happened, and its tone."""

TEST_SOURCES: Final = (
    ("btok_us_verified", "succeeds"),
    ("btok_us_verified_noAccount", "fails: no such account"),
    ("btok_us_verified_accountClosed", "fails: account closed"),
    ("btok_us_verified_insufficientFunds", "fails: insufficient funds"),
    ("btok_us_verified_debitNotAuthorized", "fails: debit not authorized"),
    ("btok_us_verified_invalidCurrency", "fails: wrong currency"),
    ("btok_us_verified_reversed", "succeeds, then is returned"),
    ("btok_us_verified_corrected", "succeeds; a source made of it is corrected by its bank"),
    ("btok_us_verified_fileRejected", "its file is rejected; succeeds when presented again"),
    ("btok_us_verified_fileRejectedFails", "its file is rejected; fails when presented again"),
    ("btok_us_verified_reversedLate", "succeeds, is returned after 60 days"),
    ("btok_us_verified_dishonored", "fails; its return is dishonored, and the money comes back"),
    ("btok_us_verified_dishonorContested", "fails; its return is dishonored, and that is contested"),
    ("btok_us_verified_reversedDishonored", "succeeds, is returned; that is dishonored, and the money comes back"),
    ("btok_us_verified_reversedDishonorContested", "succeeds, is returned; that is dishonored, which is contested"),
    ("btok_us_verified_pending", "stays pending until you decide"),
)
"""The test tokens that a top-up of test mode can be paid from, and what becomes of it."""

NO_PROMISE: Final = {
    "lock_timeout": "Time is moving: ask again once the test clock has arrived.",
    NO_DATE_PROMISED: "What carries the money does not say when it arrives.",
}
"""Why nothing is promised before a top-up is made, by the API's word for it."""

SUSPENSE_REASONS: Final = {
    "no_reference": "no reference",
    "damaged_reference": "the reference has a mistake in it",
    "unknown_reference": "the reference is nobody's",
    "several_references": "it names several references",
    "several_payments": "it is several payments, and not all name the account",
    "currency": "another currency than the instructions'",
    "short": "less than was expected",
    "over": "more than was expected",
    "already_paid": "the expected amount was paid before",
    "late": "the instructions have expired",
    "account_closed": "the account is closed",
    "amount": "no top-up can have this amount",
    "unknown_number": "the virtual account number is nobody's",
    "number_ended": "the account of the virtual account number has ended",
    "unknown_payer": "the payer is not known to the account",
    "no_payer": "the statement does not say who has paid",
    "conflict": "the virtual account number and the reference are of different accounts",
}
"""Why a transfer is in suspense."""

SUGGESTION_WORDS: Final = {
    "named": "its reference is named",
    "reference": "its reference differs by one mistake",
    "amount": "exactly this amount is expected",
}
"""Why a transfer may be for an account."""

LEDGER_ACCOUNTS: Final = {
    "funding:clearing": "Funding clearing",
    "balance:available": "Balance",
    "balance:reserved": "Reserved",
    "payouts:clearing": "Payouts clearing",
    "fees": "Fees",
    "verification": "Verification of bank accounts",
}
"""The ledger's accounts for people."""

LEDGER_STEPS: Final = {
    "topup": "Top-up arrived",
    "topup_reversal": "Top-up returned",
    "bank_credit": "Confirmed by the bank",
    "bank_credit_undone": "Confirmation by a wrong line undone",
    "transfer_suspended": "Transfer put into suspense",
    "transfer_assigned": "Transfer assigned to an account",
    "transfer_returned": "Transfer went back",
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
    "topup_return": "Returned after the reversal had failed",
    "refund": "Refund requested",
    "refund_failure": "Refund failed or canceled",
    "bank_refund": "Refund booked by the bank",
    "bank_refund_return": "Returned refund booked by the bank",
}
"""The steps that entries post, for people."""


def ledger_account_words(code: str) -> str:
    """Return a ledger account for people: `Balance`, or `Bank ba_1` for a bank account's own."""
    family, _, name = code.partition(":")
    families = {"bank": "Bank", "suspense": "Suspense of"}
    return f"{families[family]} {name}" if family in families else LEDGER_ACCOUNTS.get(code, code)


def ledger_step_words(step: str) -> str:
    """Return what a step posts for people, with its number where it happened again: `Confirmed by the bank (2)`."""
    name, _, number = step.partition(":")
    return LEDGER_STEPS.get(name, name) + (f" ({number})" if number else "")


EVENT_WORDS: Final = {
    **{name: words for name, (words, _) in HAPPENED.items()},
    "balance.available": "The balance changed",
    "test_helpers.test_clock.created": "A test clock was made",
    "test_helpers.test_clock.advancing": "Time began to move",
    "test_helpers.test_clock.ready": "The test clock has arrived",
    "test_helpers.test_clock.deleted": "A test clock was deleted",
    "brim.topup.rescheduled": "Its money is expected on another date",
    "brim.topup.retry_scheduled": "A debit was returned and will be presented again",
    "brim.ach_file.created": "An ACH file was made",
    "brim.ach_file.approved": "An ACH file was approved",
    "brim.ach_file.sent": "An ACH file was handed to the bank",
    "brim.ach_file.acknowledged": "The bank acknowledged an ACH file",
    "brim.ach_file.rejected": "The bank rejected an ACH file",
    "brim.ach_file.settled": "The bank's statement confirmed an ACH file",
    "brim.ach_file.held": "An ACH file is held",
    "brim.bank_file.awaiting_approval": "An imported statement awaits approval",
    "brim.bank_file.approved": "An imported statement was approved",
    "brim.bank_file.rejected": "An imported statement was rejected",
    "brim.bank_file.delivered": "The bank delivered a statement that was imported",
    "brim.incoming_transfer.credited": "A transfer from a customer was credited",
    "brim.incoming_transfer.suspended": "A transfer from a customer was put into suspense",
    "brim.incoming_transfer.returned": "A transfer from a customer went back",
    "brim.incoming_transfer.recalled": "The bank took a transfer from a customer back",
    "brim.ach_reversal.created": "A reversal of a debit was requested",
    "brim.ach_reversal.settled": "The bank booked a reversal",
    "brim.ach_reversal.returned": "A reversal was returned",
    "brim.ach_reversal.missed": "A reversal was not sent in time, or not booked",
    "brim.ach_reversal.superseded": "A reversal was not needed: its debit came back by itself",
    "brim.refund.created": "A refund was requested",
    "brim.refund.succeeded": "The bank booked a refund",
    "brim.refund.failed": "A refund failed",
    "brim.refund.canceled": "A refund was canceled",
    "brim.return_rate.warned": "A return rate is near its limit",
    "brim.return_rate.limit_reached": "A return rate has reached its limit",
    "brim.return_rate.cleared": "A return rate has fallen below its limits",
    "brim.break.opened": "Something of the bank's does not match",
    "brim.prenote.created": "A prenote was started",
    "brim.prenote.verified": "A prenote has verified a bank account",
    "brim.prenote.failed": "A prenote failed: its bank account is not verified",
    "brim.prenote.canceled": "A prenote was canceled",
    "brim.microdeposits.created": "Micro-deposits were started",
    "brim.microdeposits.verified": "Micro-deposits have verified a bank account",
    "brim.microdeposits.failed": "Micro-deposits failed: their bank account is not verified",
    "brim.microdeposits.canceled": "Micro-deposits were canceled",
    "brim.microdeposits.limit_reached": "Micro-deposits have reached a limit",
    "brim.negative_balance.created": "A balance fell below zero",
    "brim.negative_balance.recovered": "A negative balance has recovered",
    "brim.funding_source.corrected": "A bank corrected a bank account",
    "reporting.report_run.succeeded": "A report is ready",
    "reporting.report_run.failed": "A report could not be made",
    "brim.webhook_endpoint.disabled": "An endpoint was turned off, as it kept failing",
    "v2.core.event_destination.ping": "A ping, to try an event destination",
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
    "stripecli": "Listening with a command line",
    "audit_log": "Audit log",
    "authorizations": "Authorizations of debits",
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
    "chain_not_checked": "The hash chains were not checked. An entry that was changed may go unnoticed.",
    "stopped_early": "Verification stopped after 20 differences. There may be more.",
    "unsealed_entries": "Some entries are not sealed yet, so no hash chain covers them.",
    "coverage_unknown": "An earlier version made this result and did not record what it checked.",
    "outdated": "This result is old: no later verification has finished. Check that a worker is running.",
}
"""Why a result of a verification says less than it seems to."""

HEALTH_QUEUES: Final = {
    "settlement": ("Top-ups to settle", "/workers"),
    "events": ("Events to number", "/workers"),
    "webhooks": ("Webhook deliveries", "/webhooks"),
    "sealing": ("Journal entries to seal", "/verification"),
    "stuck": ("Stuck work", "/workers"),
}
"""What waits, and the page that has more about it."""

VERIFICATION_TABLES: Final = {
    "topups": "Top-ups",
    "entries": "Journal entries",
    "entry_lines": "Additional entry lines",
    "events": "Events",
    "idempotency_keys": "Idempotency keys",
}
"""What a verification reads."""
