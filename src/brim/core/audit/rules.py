"""The audit log: who did what, when and from where."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from brim.base.actor import Actor
from brim.base.paging import Range
from brim.base.scope import AccountScope

ENTRY_PREFIX: Final = "aud_"


class Action(StrEnum):
    """What is done, as noun and verb."""

    OPERATOR_ADDED = "operator.added"
    OPERATOR_DISABLED = "operator.disabled"
    OPERATOR_ENABLED = "operator.enabled"
    OPERATOR_RENAMED = "operator.renamed"
    OPERATOR_ROLE_SET = "operator.role_set"
    PASSWORD_LINK_MADE = "operator.password_link_created"  # noqa: S105  the name of an action
    PASSWORD_SET = "operator.password_set"  # noqa: S105  the name of an action
    CODES_ENABLED = "operator.codes_enabled"
    CODES_RESET = "operator.codes_reset"
    IDENTITY_BOUND = "operator.identity_bound"
    IDENTITY_REFUSED = "operator.identity_refused"
    IDENTITY_UNBOUND = "operator.identity_unbound"
    RECOVERY_CODE_USED = "operator.recovery_code_used"
    CONFIRMED = "operator.confirmed"
    CONFIRMATION_REFUSED = "operator.confirmation_refused"
    SIGNED_IN = "session.created"
    SIGNED_OUT = "session.ended"
    SIGNED_OUT_ELSEWHERE = "session.others_ended"
    LOGIN_APPROVED = "cli_login.approved"
    LOGIN_DENIED = "cli_login.denied"
    KEY_MADE = "api_key.created"
    KEY_ROLLED = "api_key.rolled"
    KEY_REVOKED = "api_key.revoked"
    ACCOUNT_MADE = "account.created"
    ACCOUNT_UPDATED = "account.updated"
    ACCOUNT_REJECTED = "account.rejected"
    ACCOUNT_DELETED = "account.deleted"
    ACCOUNT_CLOSED = "account.closed"
    ACCOUNT_REOPENED = "account.reopened"
    ACCOUNT_EXPORTED = "account.exported"
    ACCOUNT_IMPORTED = "account.imported"
    ACCOUNT_ERASED = "account.erased"
    PAYER_ERASED = "payer.erased"
    CAPABILITY_UPDATED = "capability.updated"
    EXTERNAL_ACCOUNT_MADE = "external_account.created"
    EXTERNAL_ACCOUNT_UPDATED = "external_account.updated"
    EXTERNAL_ACCOUNT_DELETED = "external_account.deleted"
    TOKEN_MADE = "token.created"  # noqa: S105  the name of an action
    FUNDING_SOURCE_MADE = "funding_source.created"
    FUNDING_SOURCE_UPDATED = "funding_source.updated"
    FUNDING_SOURCE_ATTACHED = "funding_source.attached"
    FUNDING_SOURCE_DETACHED = "funding_source.detached"
    FUNDING_SOURCE_GUESSED = "funding_source.verification_tried"
    FUNDING_SOURCE_VERIFIED = "funding_source.verified"
    FUNDING_SOURCE_UNVERIFIED = "funding_source.verification_failed"
    FUNDING_SOURCE_CORRECTED = "funding_source.corrected"
    PRENOTE_STARTED = "funding_source.prenote_started"
    MICRODEPOSITS_STARTED = "funding_source.microdeposits_started"
    DEFAULT_FUNDING_SET = "default_funding_source.set"
    DEFAULT_FUNDING_DELETED = "default_funding_source.deleted"
    TEST_CLOCK_MADE = "test_clock.created"
    TEST_CLOCK_ADVANCED = "test_clock.advanced"
    TEST_CLOCK_DELETED = "test_clock.deleted"
    WEBHOOK_ENDPOINT_MADE = "webhook_endpoint.created"
    WEBHOOK_ENDPOINT_UPDATED = "webhook_endpoint.updated"
    WEBHOOK_ENDPOINT_ENABLED = "webhook_endpoint.enabled"
    WEBHOOK_ENDPOINT_DISABLED = "webhook_endpoint.disabled"
    WEBHOOK_ENDPOINT_DELETED = "webhook_endpoint.deleted"
    WEBHOOK_SECRET_ROLLED = "webhook_endpoint.secret_rolled"  # noqa: S105  the name of an action
    ORIGINATOR_MADE = "originator.created"
    ORIGINATOR_UPDATED = "originator.updated"
    ORIGINATOR_ACTIVATED = "originator.activated"
    ORIGINATOR_SUSPENDED = "originator.suspended"
    AUTHORIZATION_MADE = "authorization.created"
    AUTHORIZATION_ENDED = "authorization.ended"
    AUTHORIZATION_REINSTATED = "authorization.reinstated"
    MANDATE_AMENDED = "authorization.amended"
    MANDATE_CONFIRMED = "authorization.confirmed"
    AUTHORIZATION_EXPORTED = "authorization.proof_exported"
    RAIL_STOPPED = "rail.stopped"
    RAIL_RESUMED = "rail.resumed"
    ACH_FILE_APPROVED = "ach_file.approved"
    ACH_FILE_VOIDED = "ach_file.voided"
    ACH_FILE_RESUBMITTED = "ach_file.resubmitted"
    ACH_FILE_DOWNLOADED = "ach_file.downloaded"
    BANK_FILE_DOWNLOADED = "bank_file.downloaded"
    BANK_FILE_IMPORTED = "bank_file.imported"
    BANK_FILE_APPROVED = "bank_file.approved"
    BANK_FILE_APPROVAL_VOIDED = "bank_file.approval_voided"
    BANK_FILE_DELIVERED = "bank_file.delivered"
    BANK_FILE_REJECTED = "bank_file.rejected"
    BANK_FILES_COMPLETE = "bank_file.all_imported"
    ACH_COMPARED = "ach.compared"
    RETURN_OVERRIDE_ASKED = "return_override.asked"
    RETURN_OVERRIDE_APPROVED = "return_override.approved"
    RETURN_OVERRIDE_ENDED = "return_override.ended"
    BALANCE_RESERVE_SET = "balance_reserve.set"
    TEST_MONEY_HELD = "test_money.held"
    BREAK_RESOLVED = "break.resolved"
    BREAK_UPDATED = "break.updated"
    BREAK_REOPENED = "break.reopened"
    LINE_SETTLEMENT_PROPOSED = "line_settlement.proposed"
    LINE_SETTLEMENT_POSTED = "line_settlement.posted"
    LINE_SETTLEMENT_REJECTED = "line_settlement.rejected"
    LINE_SETTLEMENT_UNDO_PROPOSED = "line_settlement.undo_proposed"
    LINE_SETTLEMENT_KEPT = "line_settlement.kept"
    LINE_SETTLEMENT_UNDONE = "line_settlement.undone"
    NOTIFICATION_CHANNEL_ADDED = "notification_channel.added"
    NOTIFICATION_CHANNEL_REMOVED = "notification_channel.removed"
    NOTIFICATION_CHANNEL_ENABLED = "notification_channel.enabled"
    NOTIFICATION_CHANNEL_DISABLED = "notification_channel.disabled"
    NOTIFICATION_TESTED = "notification_channel.tested"
    NOTIFICATIONS_CHOSEN = "notifications.chosen"
    LEGAL_HOLD_PLACED = "legal_hold.placed"
    LEGAL_HOLD_LIFTED = "legal_hold.lifted"
    CORRECTION_REFUSED = "correction.refused"
    ACH_RETURN_DISHONORED = "ach_return.dishonored"
    STATEMENT_MAPPING_MADE = "statement_mapping.created"
    STATEMENT_MAPPING_UPDATED = "statement_mapping.updated"
    REPORT_RUN_MADE = "report_run.created"
    FUNDING_INSTRUCTIONS_MADE = "funding_instructions.created"
    TRANSFER_PROPOSED = "incoming_transfer.proposed"
    TRANSFER_APPROVED = "incoming_transfer.approved"
    TRANSFER_DECLINED = "incoming_transfer.declined"
    TRANSFER_UPDATED = "incoming_transfer.updated"
    TRANSFER_SIMULATED = "incoming_transfer.simulated"
    KNOWN_PAYER_FORGOTTEN = "known_payer.forgotten"
    ACH_REVERSAL_REQUESTED = "ach_reversal.requested"
    REFUND_REQUESTED = "refund.requested"
    REFUND_CANCELED = "refund.canceled"
    TOPUPS_IMPORTED = "topup.imported"
    ENCRYPTION_ROTATED = "encryption.rotated"
    DATA_KEY_MADE = "data_key.created"
    DATA_KEY_REWRAPPED = "data_key.rewrapped"
    DATA_KEY_RETIRED = "data_key.retired"
    DATA_KEY_REMOVED = "data_key.removed"


class PageAction(StrEnum):
    """What operators' pages ask of the money path, by the ids of its operations; what keys ask of it has no entry."""

    TOPUP_MADE = "PostTopups"
    TOPUP_UPDATED = "PostTopupsTopup"
    TOPUP_CANCELED = "PostTopupsTopupCancel"
    TOPUP_SUCCEEDED = "PostTestHelpersTopupsTopupSucceed"
    TOPUP_FAILED = "PostTestHelpersTopupsTopupFail"
    TOPUP_REVERSED = "PostTestHelpersTopupsTopupReverse"


UPDATES: Final[frozenset[str]] = frozenset(
    {
        Action.ACCOUNT_UPDATED,
        Action.CAPABILITY_UPDATED,
        Action.DEFAULT_FUNDING_SET,
        Action.EXTERNAL_ACCOUNT_UPDATED,
        Action.FUNDING_SOURCE_ATTACHED,
        Action.FUNDING_SOURCE_UPDATED,
        Action.OPERATOR_RENAMED,
        Action.OPERATOR_ROLE_SET,
        Action.WEBHOOK_ENDPOINT_DISABLED,
        Action.WEBHOOK_ENDPOINT_ENABLED,
        Action.WEBHOOK_ENDPOINT_UPDATED,
    }
)
"""Actions that have no entry where the object is after them as it was before: nothing was done. What others do may lie
outside the object, such as a password."""


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit log.

    `action` is an `Action`, such as `operator.disabled`, or the id of an operation of the API; `object` the id of what
    it was done to, `object_type` what that is; `before` and `after` the fields that changed, of
    those in `fields.FIELDS`; `scope` whose it is, None for what belongs to the whole installation; `detail` a few
    words for people; `at_ms` Unix milliseconds.
    """

    id: str
    at_ms: int
    actor: Actor
    action: str
    object: str | None = None
    object_type: str | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    scope: AccountScope | None = None
    detail: str | None = None


class AuditFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries: all given filters hold.

    `actor` is the id of an operator or a key, or the name of who has none, such as a job or a user of the command line;
    `created` is in Unix seconds.
    """

    created: Range | None = None
    actor: str | None = None
    action: str | None = None
    object: str | None = None
    account: str | None = None

    @property
    def given(self) -> dict[str, str]:
        """The filters with an index of their own that are given, by name; first those that leave fewest entries."""
        names = ("object", "actor", "account", "action")
        return {name: value for name in names if (value := getattr(self, name)) is not None}
