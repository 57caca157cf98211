"""What pages on operators say, where it is no error's own sentence."""

from typing import Final

from brim.core.audit import Action, PageAction
from brim.core.operators import Role, TooManyTriesError

SAID: Final = {
    "elsewhere": "This form came from another page, so nothing was done. Fill it in here and try again.",
    "expired": "That took too long. Start over.",
    "password_set": "Password set. Sign in with it.",
    "signed_out": "You're signed out.",
}
"""What the page to sign in says, by the word in its address; any other word says nothing."""

BUSY: Final = "Too many people are signing in right now. Try again in a few seconds."

NOT_YOURS: Final = "Wrong password."

ROLES: Final = (
    (Role.VIEWER.value, "Viewer: read-only"),
    (Role.DEVELOPER.value, "Developer: makes changes in test mode"),
    (Role.FINANCE.value, "Finance: handles live money, can't approve"),
    (Role.APPROVER.value, "Approver: approves live money and runs reports, nothing else"),
    (Role.ADMIN.value, "Admin: manages operators, keys and accounts; handles live money if nobody has the role for it"),
)
"""The choices of a role."""

MONEY_DUTIES: Final = (
    (Role.FINANCE.value, "handle live money: top-ups, bank accounts, originators, files, breaks and stops"),
    (
        Role.APPROVER.value,
        "approve payment files, statements, settlements, transfers and overrides, and activate originators",
    ),
)
"""What admins do only while nobody has the role for it."""

ACTIONS: Final = {
    Action.NOTIFICATION_CHANNEL_ADDED: "Added a chat for notifications",
    Action.NOTIFICATION_CHANNEL_REMOVED: "Removed a chat for notifications",
    Action.NOTIFICATION_CHANNEL_ENABLED: "Turned on a notification channel",
    Action.NOTIFICATION_CHANNEL_DISABLED: "Turned off a notification channel",
    Action.NOTIFICATION_TESTED: "Sent a test notification",
    Action.NOTIFICATIONS_CHOSEN: "Changed notification preferences",
    Action.OPERATOR_ADDED: "Added an operator",
    Action.OPERATOR_DISABLED: "Disabled an operator",
    Action.OPERATOR_ENABLED: "Enabled an operator",
    Action.OPERATOR_RENAMED: "Renamed an operator",
    Action.OPERATOR_ROLE_SET: "Changed an operator's role",
    Action.PASSWORD_LINK_MADE: "Created a setup link",
    Action.PASSWORD_SET: "Set a password",
    Action.CODES_ENABLED: "Turned one-time codes on",
    Action.CODES_RESET: "Turned one-time codes off",
    Action.IDENTITY_BOUND: "Linked an operator to an identity provider account",
    Action.IDENTITY_REFUSED: "Refused a sign-in with a different identity provider account",
    Action.IDENTITY_UNBOUND: "Unlinked an operator from the identity provider",
    Action.RECOVERY_CODE_USED: "Used a recovery code",
    Action.CONFIRMED: "Confirmed their identity",
    Action.CONFIRMATION_REFUSED: "Failed to confirm their identity",
    Action.SIGNED_IN: "Signed in",
    Action.SIGNED_OUT: "Signed out",
    Action.SIGNED_OUT_ELSEWHERE: "Signed out other sessions",
    Action.LOGIN_APPROVED: "Allowed CLI access",
    Action.LOGIN_DENIED: "Denied CLI access",
    Action.KEY_MADE: "Created an API key",
    Action.KEY_ROLLED: "Rolled an API key",
    Action.KEY_REVOKED: "Revoked an API key",
    Action.ACCOUNT_MADE: "Created an account",
    Action.ACCOUNT_UPDATED: "Changed an account",
    Action.ACCOUNT_REJECTED: "Rejected an account",
    Action.ACCOUNT_CLOSED: "Closed an account to top-ups",
    Action.ACCOUNT_REOPENED: "Reopened an account to top-ups",
    Action.ACCOUNT_EXPORTED: "Exported an account",
    Action.ACCOUNT_IMPORTED: "Imported an account from another installation",
    Action.ACCOUNT_DELETED: "Deleted an account",
    Action.ACCOUNT_ERASED: "Erased an account's personal data",
    Action.PAYER_ERASED: "Erased a payer's personal data",
    Action.CAPABILITY_UPDATED: "Changed a capability of an account",
    Action.EXTERNAL_ACCOUNT_MADE: "Added an external account",
    Action.EXTERNAL_ACCOUNT_UPDATED: "Changed an external account",
    Action.EXTERNAL_ACCOUNT_DELETED: "Deleted an external account",
    Action.TOKEN_MADE: "Created a token",
    Action.FUNDING_SOURCE_MADE: "Added a bank account",
    Action.FUNDING_SOURCE_UPDATED: "Changed a bank account",
    Action.FUNDING_SOURCE_ATTACHED: "Attached a bank account to a customer",
    Action.FUNDING_SOURCE_DETACHED: "Detached a bank account",
    Action.FUNDING_SOURCE_GUESSED: "Entered micro-deposit amounts or a code",
    Action.DEFAULT_FUNDING_SET: "Set a default bank account",
    Action.DEFAULT_FUNDING_DELETED: "Removed a default bank account",
    Action.TEST_CLOCK_MADE: "Created a test clock",
    Action.TEST_CLOCK_ADVANCED: "Advanced a test clock",
    Action.TEST_CLOCK_DELETED: "Deleted a test clock",
    Action.WEBHOOK_ENDPOINT_MADE: "Created a webhook endpoint",
    Action.WEBHOOK_ENDPOINT_UPDATED: "Changed a webhook endpoint",
    Action.WEBHOOK_ENDPOINT_ENABLED: "Enabled a webhook endpoint",
    Action.WEBHOOK_ENDPOINT_DISABLED: "Disabled a webhook endpoint",
    Action.WEBHOOK_ENDPOINT_DELETED: "Deleted a webhook endpoint",
    Action.WEBHOOK_SECRET_ROLLED: "Rolled the secret of a webhook endpoint",
    Action.ENCRYPTION_ROTATED: "Re-encrypted all secrets",
    Action.DATA_KEY_MADE: "Created a data key",
    Action.DATA_KEY_REWRAPPED: "Rewrapped a data key",
    Action.DATA_KEY_RETIRED: "Retired a data key",
    Action.DATA_KEY_REMOVED: "Removed a data key",
    Action.FUNDING_SOURCE_VERIFIED: "Marked a bank account as verified",
    Action.FUNDING_SOURCE_UNVERIFIED: "Marked a bank account as not verified",
    Action.FUNDING_SOURCE_CORRECTED: "Applied a notification of change",
    Action.CORRECTION_REFUSED: "Refused a notification of change",
    Action.ACH_RETURN_DISHONORED: "Dishonored a return",
    Action.REPORT_RUN_MADE: "Ran a report",
    Action.STATEMENT_MAPPING_MADE: "Created a mapping for CSV statements",
    Action.STATEMENT_MAPPING_UPDATED: "Changed a mapping for CSV statements",
    Action.KNOWN_PAYER_FORGOTTEN: "Removed a known payer",
    Action.FUNDING_INSTRUCTIONS_MADE: "Created funding instructions",
    Action.TRANSFER_PROPOSED: "Proposed a decision on an incoming transfer",
    Action.TRANSFER_APPROVED: "Approved a decision on an incoming transfer",
    Action.TRANSFER_DECLINED: "Declined a decision on an incoming transfer",
    Action.TRANSFER_UPDATED: "Changed the note or owner of an incoming transfer",
    Action.TRANSFER_SIMULATED: "Simulated an incoming transfer",
    Action.ACH_REVERSAL_REQUESTED: "Reversed a debit",
    Action.REFUND_REQUESTED: "Refunded a top-up",
    Action.REFUND_CANCELED: "Canceled a refund",
    Action.PRENOTE_STARTED: "Started a prenote to a bank account",
    Action.MICRODEPOSITS_STARTED: "Sent micro-deposits to a bank account",
    Action.ORIGINATOR_MADE: "Added an originator",
    Action.ORIGINATOR_UPDATED: "Changed an originator's profile",
    Action.ORIGINATOR_ACTIVATED: "Activated an originator",
    Action.ORIGINATOR_SUSPENDED: "Suspended an originator",
    Action.AUTHORIZATION_MADE: "Recorded an authorization",
    Action.AUTHORIZATION_ENDED: "Ended an authorization",
    Action.AUTHORIZATION_REINSTATED: "Reinstated an authorization",
    Action.MANDATE_AMENDED: "Amended a mandate",
    Action.MANDATE_CONFIRMED: "Recorded that a mandate was confirmed",
    Action.AUTHORIZATION_EXPORTED: "Exported the proof of an authorization",
    Action.RAIL_STOPPED: "Stopped live money",
    Action.RAIL_RESUMED: "Resumed live money",
    Action.ACH_FILE_APPROVED: "Approved a payment file",
    Action.ACH_FILE_VOIDED: "Voided a payment file",
    Action.ACH_FILE_RESUBMITTED: "Resubmitted a rejected payment file",
    Action.ACH_FILE_DOWNLOADED: "Downloaded a payment file",
    Action.BANK_FILE_DOWNLOADED: "Downloaded a bank file",
    Action.BANK_FILE_IMPORTED: "Imported a bank file",
    Action.BANK_FILE_APPROVED: "Approved an imported statement",
    Action.BANK_FILE_APPROVAL_VOIDED: "Voided the approval of an imported statement",
    Action.BANK_FILE_DELIVERED: "Received a statement from the bank that was already imported",
    Action.BANK_FILE_REJECTED: "Rejected an imported statement",
    Action.BANK_FILES_COMPLETE: "Marked all bank files as imported",
    Action.ACH_COMPARED: "Compared sent files after a restore",
    Action.RETURN_OVERRIDE_ASKED: "Requested an override of a return rate",
    Action.RETURN_OVERRIDE_APPROVED: "Approved an override of a return rate",
    Action.RETURN_OVERRIDE_ENDED: "Ended an override of a return rate",
    Action.BALANCE_RESERVE_SET: "Set a reserve on an account",
    Action.TEST_MONEY_HELD: "Spent test money",
    Action.BREAK_RESOLVED: "Resolved a break",
    Action.BREAK_REOPENED: "Reopened a break",
    Action.BREAK_UPDATED: "Updated a break",
    Action.LINE_SETTLEMENT_PROPOSED: "Proposed a settlement of a statement line",
    Action.LINE_SETTLEMENT_POSTED: "Settled a statement line",
    Action.LINE_SETTLEMENT_REJECTED: "Rejected a settlement of a statement line",
    Action.LINE_SETTLEMENT_UNDO_PROPOSED: "Proposed to undo a settlement of a statement line",
    Action.LINE_SETTLEMENT_KEPT: "Declined to undo a settlement of a statement line",
    Action.LINE_SETTLEMENT_UNDONE: "Undid a settlement of a statement line",
    Action.LEGAL_HOLD_PLACED: "Placed a legal hold",
    Action.LEGAL_HOLD_LIFTED: "Lifted a legal hold",
    Action.TOPUPS_IMPORTED: "Imported top-ups from another service",
}
"""What the audit log says of each action; other operations of the API say it themselves."""

PAGE_ACTIONS: Final = {
    PageAction.TOPUP_MADE: "Created a top-up",
    PageAction.TOPUP_UPDATED: "Changed a top-up",
    PageAction.TOPUP_CANCELED: "Canceled a top-up",
    PageAction.TOPUP_SUCCEEDED: "Simulated a top-up's success",
    PageAction.TOPUP_FAILED: "Simulated a top-up's failure",
    PageAction.TOPUP_REVERSED: "Simulated a top-up's reversal",
}
"""The same for what pages ask of the money path."""


def too_many_tries(error: TooManyTriesError) -> str:
    """Return how long somebody has to wait, in words."""
    minutes, seconds = divmod(error.wait_s, 60)
    words = [_count(minutes, "minute")] if minutes else []
    words += [_count(seconds, "second")] if seconds else []
    return f"Too many attempts. Try again in {' and '.join(words)}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
