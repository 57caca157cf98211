"""What pages on operators say, where it is no error's own sentence."""

from typing import Final

from brim.core.audit import Action
from brim.core.operators import Role, TooManyTriesError

SAID: Final = {
    "elsewhere": "This form was not sent from this page, so nothing was done. Fill it in here and try again.",
    "expired": "That took too long. Please begin again.",
    "password_set": "Your new password works. Sign in with it.",
    "signed_out": "You are signed out.",
}
"""What the page to sign in says, by the word in its address; any other word says nothing."""

BUSY: Final = "Too many people are signing in at this moment. Try again in a few seconds."

NOT_YOURS: Final = "This is not your password."

ROLES: Final = (
    (Role.VIEWER.value, "Viewer: sees everything"),
    (Role.DEVELOPER.value, "Developer: changes test mode"),
    (Role.FINANCE.value, "Finance: handles live money, approves nothing"),
    (Role.APPROVER.value, "Approver: approves live money, changes nothing else"),
    (Role.ADMIN.value, "Admin: operators, keys and accounts; live money while nobody has the role for it"),
)
"""The choices of a role."""

MONEY_DUTIES: Final = (
    (Role.FINANCE.value, "handle live money: top-ups, bank accounts, originators, files, breaks and stops"),
    (Role.APPROVER.value, "approve ACH files and activate originators"),
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
    Action.OPERATOR_ENABLED: "Let an operator in again",
    Action.OPERATOR_RENAMED: "Renamed an operator",
    Action.OPERATOR_ROLE_SET: "Gave an operator another role",
    Action.PASSWORD_LINK_MADE: "Made a link to choose a password",
    Action.PASSWORD_SET: "Set a password",
    Action.CODES_ENABLED: "Turned one-time codes on",
    Action.CODES_RESET: "Turned one-time codes off",
    Action.IDENTITY_BOUND: "Bound an operator to an account at the identity provider",
    Action.IDENTITY_REFUSED: "Refused another account at the identity provider",
    Action.IDENTITY_UNBOUND: "Unbound an operator from the identity provider",
    Action.RECOVERY_CODE_USED: "Used a recovery code",
    Action.CONFIRMED: "Showed again who they are",
    Action.CONFIRMATION_REFUSED: "Did not show again who they are",
    Action.SIGNED_IN: "Signed in",
    Action.SIGNED_OUT: "Signed out",
    Action.SIGNED_OUT_ELSEWHERE: "Signed out everywhere else",
    Action.LOGIN_APPROVED: "Let the official CLI in",
    Action.LOGIN_DENIED: "Refused the official CLI",
    Action.KEY_MADE: "Made an API key",
    Action.KEY_ROLLED: "Rolled an API key",
    Action.KEY_REVOKED: "Revoked an API key",
    Action.ACCOUNT_MADE: "Made an account",
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
    Action.FUNDING_SOURCE_MADE: "Added a funding source",
    Action.FUNDING_SOURCE_UPDATED: "Changed a funding source",
    Action.FUNDING_SOURCE_ATTACHED: "Attached a funding source to a customer",
    Action.FUNDING_SOURCE_DETACHED: "Detached a funding source",
    Action.FUNDING_SOURCE_GUESSED: "Tried to verify a funding source",
    Action.DEFAULT_FUNDING_SET: "Set a default funding source",
    Action.DEFAULT_FUNDING_DELETED: "Removed a default funding source",
    Action.TEST_CLOCK_MADE: "Created a test clock",
    Action.TEST_CLOCK_ADVANCED: "Advanced a test clock",
    Action.TEST_CLOCK_DELETED: "Deleted a test clock",
    Action.WEBHOOK_ENDPOINT_MADE: "Created a webhook endpoint",
    Action.WEBHOOK_ENDPOINT_UPDATED: "Changed a webhook endpoint",
    Action.WEBHOOK_ENDPOINT_ENABLED: "Enabled a webhook endpoint",
    Action.WEBHOOK_ENDPOINT_DISABLED: "Disabled a webhook endpoint",
    Action.WEBHOOK_ENDPOINT_DELETED: "Deleted a webhook endpoint",
    Action.WEBHOOK_SECRET_ROLLED: "Rolled the secret of a webhook endpoint",
    Action.ENCRYPTION_ROTATED: "Encrypted every secret anew",
    Action.DATA_KEY_MADE: "Made a data key",
    Action.DATA_KEY_REWRAPPED: "Had a data key wrapped by another key",
    Action.DATA_KEY_RETIRED: "Let a data key seal no more",
    Action.DATA_KEY_REMOVED: "Removed a data key",
    Action.FUNDING_SOURCE_VERIFIED: "Stated how a bank account was verified",
    Action.FUNDING_SOURCE_UNVERIFIED: "The verification of a bank account failed",
    Action.FUNDING_SOURCE_CORRECTED: "Corrected a bank account, as its bank notified",
    Action.CORRECTION_REFUSED: "Refused a notification of change",
    Action.ACH_RETURN_DISHONORED: "Dishonored a return",
    Action.REPORT_RUN_MADE: "Ran a report",
    Action.STATEMENT_MAPPING_MADE: "Created a mapping for CSV statements",
    Action.STATEMENT_MAPPING_UPDATED: "Changed a mapping for CSV statements",
    Action.KNOWN_PAYER_FORGOTTEN: "Let somebody not pay an account any more",
    Action.FUNDING_INSTRUCTIONS_MADE: "Created funding instructions",
    Action.TRANSFER_PROPOSED: "Proposed what becomes of an incoming transfer",
    Action.TRANSFER_APPROVED: "Approved what was proposed for an incoming transfer",
    Action.TRANSFER_DECLINED: "Declined what was proposed for an incoming transfer",
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
    Action.AUTHORIZATION_REINSTATED: "Put an authorization in force again",
    Action.MANDATE_AMENDED: "Amended a mandate",
    Action.MANDATE_CONFIRMED: "Recorded that a mandate was confirmed",
    Action.AUTHORIZATION_EXPORTED: "Exported the proof of an authorization",
    Action.RAIL_STOPPED: "Stopped a rail",
    Action.RAIL_RESUMED: "Resumed a rail",
    Action.ACH_FILE_APPROVED: "Approved an ACH file",
    Action.ACH_FILE_VOIDED: "Voided an ACH file",
    Action.ACH_FILE_RESUBMITTED: "Resubmitted a rejected ACH file",
    Action.ACH_FILE_DOWNLOADED: "Downloaded an ACH file",
    Action.BANK_FILE_DOWNLOADED: "Downloaded a file from the bank",
    Action.BANK_FILE_IMPORTED: "Imported a file from the bank",
    Action.BANK_FILE_APPROVED: "Approved an imported statement",
    Action.BANK_FILE_APPROVAL_VOIDED: "Voided the approval of an imported statement",
    Action.BANK_FILE_DELIVERED: "Received an imported statement from the bank, too",
    Action.BANK_FILE_REJECTED: "Rejected an imported statement",
    Action.BANK_FILES_COMPLETE: "Stated that all files from the bank are imported",
    Action.ACH_COMPARED: "Compared what has left after a restore",
    Action.RETURN_OVERRIDE_ASKED: "Asked for an override of a return rate",
    Action.RETURN_OVERRIDE_APPROVED: "Approved an override of a return rate",
    Action.RETURN_OVERRIDE_ENDED: "Ended an override of a return rate",
    Action.BALANCE_RESERVE_SET: "Set a reserve on an account",
    Action.TEST_MONEY_HELD: "Held part of a test balance",
    Action.BREAK_RESOLVED: "Resolved a break",
    Action.BREAK_REOPENED: "Reopened a break",
    Action.BREAK_UPDATED: "Assigned a break, or noted something about it",
    Action.LINE_SETTLEMENT_PROPOSED: "Proposed what a line of a bank statement is",
    Action.LINE_SETTLEMENT_POSTED: "Settled a line of a bank statement",
    Action.LINE_SETTLEMENT_REJECTED: "Rejected a settlement of a statement line",
    Action.LINE_SETTLEMENT_UNDO_PROPOSED: "Proposed to undo a settlement of a statement line",
    Action.LINE_SETTLEMENT_KEPT: "Kept a settlement of a statement line",
    Action.LINE_SETTLEMENT_UNDONE: "Undid a settlement of a statement line",
    Action.LEGAL_HOLD_PLACED: "Placed a legal hold",
    Action.LEGAL_HOLD_LIFTED: "Lifted a legal hold",
    Action.TOPUPS_IMPORTED: "Imported top-ups from another service",
}
"""What the audit log says of each action; operations of the API say it themselves."""


def too_many_tries(error: TooManyTriesError) -> str:
    """Return how long somebody has to wait, in words."""
    minutes, seconds = divmod(error.wait_s, 60)
    words = [_count(minutes, "minute")] if minutes else []
    words += [_count(seconds, "second")] if seconds else []
    return f"There were too many tries. Wait for {' and '.join(words)}, then try again."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
