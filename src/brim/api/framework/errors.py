"""Every failure's place on the wire: one table, and the failures that only the API itself can have.

Official SDKs choose their exception by the HTTP status and the `type`, people's code by the `code`; the sentence
comes from the error itself. Start reading at `ERROR_TABLE`. Source of the envelope: Stripe API reference, Errors.
"""

from http import HTTPStatus
from typing import Final, NamedTuple

import msgspec

from brim.base import currency, errors, json_codec, metadata
from brim.base.disclosure import without_numbers
from brim.base.errors import BrimError, DatabaseUnavailableError, OverloadedError
from brim.core import (
    accounts,
    attention,
    balance_overview,
    bank_accounts,
    corrections,
    direct_debits,
    dishonors,
    funding,
    idempotency,
    ledger,
    legal_holds,
    line_settlements,
    negative_balances,
    originators,
    pairing,
    push,
    reconciliation,
    refunds,
    reports,
    return_rates,
    reversals,
    statement_mappings,
    stripe_cli,
    time,
    topups,
    webhooks,
)
from brim.core.access import SECRET_CHARS, stripe_permission
from brim.core.changes import TooManyStreamsError
from brim.core.rails import ach as rail_ach
from brim.core.rails import sepa as rail_sepa
from brim.core.reconciliation import formats as statement_formats
from brim.http import parameter_errors as parameters
from brim.platform import vault
from brim.platform.database import PoolerError
from brim.platform.egress import targets

_CHALLENGE: Final = 'WWW-Authenticate: Bearer realm="Stripe"'
_HELP: Final = "Please see https://stripe.com/docs or we can help at https://support.stripe.com/."

# Which request this is.


_TRAILING_SLASH: Final = (
    " If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure "
    "you passed a valid (non-empty) identifier in your code."
)
_DOUBLE_SLASH: Final = " The path begins with two slashes: remove the slash at the end of the base URL in your code."


class UnrecognizedUrlError(BrimError):
    """There is nothing at this path, or nothing for this method."""

    def __init__(self, method: str, path: str) -> None:
        hint = _TRAILING_SLASH if path.endswith("/") and path != "/" else ""
        if path.startswith("//"):
            hint = _DOUBLE_SLASH
        super().__init__(f"Unrecognized request URL ({method}: {without_numbers(path)}).{hint} {_HELP}")


class UnsupportedContentTypeError(BrimError):
    """The body isn't a valid form."""

    def __init__(self) -> None:
        super().__init__(
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded). "
            "If you have any questions, we can help at https://support.stripe.com/."
        )


class FormExpectedError(BrimError):
    """The body is JSON, but the path requires a form."""

    def __init__(self) -> None:
        super().__init__(
            "Invalid request: the body is JSON. Paths below /v1 take form-encoded parameters, such as "
            "amount=1000&currency=usd, with the content type application/x-www-form-urlencoded."
        )


class JsonExpectedError(BrimError):
    """The body isn't JSON, which the path requires."""

    def __init__(self) -> None:
        super().__init__("Invalid request (check that your POST content type is application/json).")


class InvalidApiVersionError(BrimError):
    """`Stripe-Version` isn't an API version."""

    def __init__(self, version: str) -> None:
        super().__init__(f"Invalid Stripe API version: {parameters.shown(version)}")


class EmptyIdempotencyKeyError(BrimError):
    """`Idempotency-Key` is empty."""

    def __init__(self) -> None:
        super().__init__("Idempotency Key must be a non-empty string.")


class IdempotencyKeyTooLongError(BrimError):
    """`Idempotency-Key` is too long."""

    def __init__(self, length: int) -> None:
        super().__init__(
            f"Idempotency Key must be at most {idempotency.MAX_KEY_LENGTH} characters, but you passed in a key that "
            f"is {length} characters."
        )


# Who asks.


class MissingApiKeyError(BrimError):
    """The request has no API key."""

    def __init__(self) -> None:
        super().__init__(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See "
            "https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/."
        )


_PLACEHOLDERS: Final = frozenset({"null", "undefined", "none", "nil", "bearer", "basic"})
"""What programs put where a key was meant; anything else may be a secret."""


class MalformedAuthorizationError(BrimError):
    """The Authorization header contains no readable key."""

    def __init__(self, authorization: str) -> None:
        is_harmless = authorization.lower() in _PLACEHOLDERS
        shown = authorization if is_harmless else redact_key(authorization)
        super().__init__(
            f'You did not provide an API key, though you did set your Authorization header to "{shown}". Using Bearer '
            "auth, your Authorization header should look something like 'Authorization: Bearer YOUR_SECRET_KEY'. See "
            "https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/."
        )


class InvalidApiKeyError(BrimError):
    """The API key doesn't exist."""

    def __init__(self, key: str) -> None:
        super().__init__(f"Invalid API Key provided: {redact_key(key)}")


class ApiKeyExpiredError(BrimError):
    """The key has expired, or was rolled or revoked."""

    def __init__(self, key: str) -> None:
        super().__init__(f"Expired API Key provided: {redact_key(key)}")


class PublishableKeyError(BrimError):
    """A publishable key was used; a secret or restricted key is required."""

    def __init__(self) -> None:
        super().__init__(
            "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list "
            "of your API keys at https://dashboard.stripe.com/account/apikeys."
        )


class PermissionMissingError(BrimError):
    """A restricted key lacks a permission; the message has its name, which `brim keys create -p` accepts.

    Args:
        redacted_key: the key as it may be shown.
        account: the account that the request is for.
        resource: what the operation works on, or shows, such as `topups`.
        level: `read` or `write`.
    """

    def __init__(self, redacted_key: str, account: str, resource: str, level: str) -> None:
        super().__init__(
            f"The provided key '{starred_key(redacted_key)}' does not have the required permissions for this endpoint "
            f"on account '{account}'. Having the '{stripe_permission(resource, level)}' permission would allow this "
            "request to continue."
        )


class AccountUnreachableError(BrimError):
    """The key can't act for the account in `Stripe-Account`."""

    def __init__(self, key: str, account: str) -> None:
        super().__init__(
            f"The provided key '{mask_key(key)}' does not have access to account '{parameters.shown(account)}' "
            "(or that account does not exist). Application access may have been revoked."
        )


class TwoAccountsError(BrimError):
    """`Stripe-Account` and `Stripe-Context` name different accounts."""

    def __init__(self) -> None:
        super().__init__("Stripe-Account and Stripe-Context name different accounts. Please send only one of them.")


_SHOWN_FRONT: Final = 11
_SHOWN_END: Final = 4
_FEWEST_STARS: Final = 8
_MOST_STARS: Final = 100
"""A header of 30 kB is not answered with as many stars."""


def redact_key(key: str) -> str:
    """Return a key's first 11 and last 4 characters with stars between; of a short one, stars only."""
    hidden = len(key) - _SHOWN_FRONT - _SHOWN_END
    if hidden < _FEWEST_STARS:  # too short for anything of it to be shown: it may be a password pasted by mistake
        return "*" * len(key)
    return key[:_SHOWN_FRONT] + "*" * min(hidden, _MOST_STARS) + key[-_SHOWN_END:]


def starred_key(redacted: str) -> str:
    """Return a redacted key, such as `rk_test_4eC3...8Xyz`, with stars for all but its kind, its mode and its end."""
    kind, mode, _ = redacted.split("_", 2)
    end = redacted[-_SHOWN_END:]
    return f"{kind}_{mode}_{'*' * (SECRET_CHARS - len(end))}{end}"


def mask_key(key: str) -> str:
    """Return a valid key's kind and mode only, such as `rk_live_***`."""
    kind, _, rest = key.partition("_")
    return f"{kind}_{rest.partition('_')[0]}_***"


class RateLimitedError(OverloadedError):
    """Too many requests per second for the key or the account."""


# What we did wrong.


class InternalError(BrimError):
    """An internal error; the server's log has the details under the request's id."""

    def __init__(self, request_id: str) -> None:
        super().__init__(f"An unknown error occurred on our side. The server's log has the details under {request_id}.")


class _FromError:
    """Says that `param` is what the error's own attribute of that name holds."""


FROM_ERROR: Final = _FromError()


class Place(NamedTuple):
    """How a class of failure looks on the wire; `param` names a parameter, None for none.

    `rate_limited` is what `Stripe-Rate-Limited-Reason` says of a limit that was reached. Source of its words: Stripe's
    documentation of rate limits. `retry_after_s` is what `Retry-After` says.
    """

    status: int = 400
    code: str | None = None
    param: str | _FromError | None = None
    type: str = "invalid_request_error"
    should_retry: bool | None = None
    documented: bool = True
    rate_limited: str | None = None
    retry_after_s: int | None = None


ERROR_TABLE: Final[dict[type[BrimError], Place]] = {
    # The request
    UnrecognizedUrlError: Place(404),
    UnsupportedContentTypeError: Place(),
    parameters.MalformedMultipartError: Place(),
    FormExpectedError: Place(),
    JsonExpectedError: Place(),
    InvalidApiVersionError: Place(),
    # The key
    MissingApiKeyError: Place(401),
    MalformedAuthorizationError: Place(401),
    InvalidApiKeyError: Place(401),
    ApiKeyExpiredError: Place(401, "api_key_expired"),
    PublishableKeyError: Place(401, "secret_key_required"),
    PermissionMissingError: Place(403),
    AccountUnreachableError: Place(403, "account_invalid"),
    TwoAccountsError: Place(),
    accounts.NotOperatorError: Place(403),
    accounts.NotPlatformError: Place(403),
    # The form
    parameters.MalformedEncodingError: Place(),
    parameters.MalformedJsonError: Place(),
    parameters.NullCharacterError: Place(),
    parameters.TooManyParametersError: Place(),
    parameters.ParameterNameTooLongError: Place(),
    parameters.ParameterTooDeepError: Place(),
    parameters.ConflictingParameterError: Place(param=FROM_ERROR),
    # The parameters
    parameters.UnknownParametersError: Place(400, "parameter_unknown", FROM_ERROR),
    parameters.MissingParameterError: Place(400, "parameter_missing", FROM_ERROR),
    parameters.EmptyParameterError: Place(400, "parameter_invalid_empty", FROM_ERROR),
    parameters.InvalidIntegerError: Place(400, "parameter_invalid_integer", FROM_ERROR),
    parameters.IntegerTooSmallError: Place(400, "parameter_invalid_integer", FROM_ERROR),
    parameters.IntegerTooLargeError: Place(400, "parameter_invalid_integer", FROM_ERROR),
    parameters.InvalidBooleanError: Place(param=FROM_ERROR),
    parameters.InvalidStringError: Place(param=FROM_ERROR),
    parameters.StringTooLongError: Place(param=FROM_ERROR),
    parameters.InvalidEnumError: Place(param=FROM_ERROR),
    parameters.InvalidCountryError: Place(param=FROM_ERROR),
    parameters.InvalidEmailError: Place(400, "email_invalid", FROM_ERROR),
    parameters.InvalidDayError: Place(400, "parameter_invalid_day", FROM_ERROR),
    parameters.InvalidTimestampError: Place(param=FROM_ERROR),
    parameters.InvalidPageError: Place(param=FROM_ERROR),
    parameters.InvalidVersionError: Place(param=FROM_ERROR),
    parameters.InvalidObjectError: Place(param=FROM_ERROR),
    parameters.InvalidArrayError: Place(param=FROM_ERROR),
    parameters.ArrayTooLongError: Place(param=FROM_ERROR),
    parameters.DescriptorTooLongError: Place(param=FROM_ERROR),
    parameters.DescriptorCharacterError: Place(param=FROM_ERROR),
    parameters.DescriptorWithoutLetterError: Place(param=FROM_ERROR),
    parameters.NotExpandableError: Place(),
    parameters.ExpandOutsideDataError: Place(),
    parameters.ExpandTooDeepError: Place(400, "property_expansion_max_depth", documented=False),
    parameters.NotIncludableError: Place(),
    currency.InvalidCurrencyError: Place(param=FROM_ERROR),
    currency.InvalidAmountStepError: Place(400, "parameter_invalid_integer", "amount"),
    topups.AmountTooLargeError: Place(400, "amount_too_large", "amount"),
    metadata.MetadataKeyTooLongError: Place(),
    metadata.MetadataValueTooLongError: Place(),
    metadata.TooMuchMetadataError: Place(),
    errors.ExclusiveParametersError: Place(),
    bank_accounts.RoutingNumberInvalidError: Place(400, "routing_number_invalid", FROM_ERROR),
    bank_accounts.AccountNumberInvalidError: Place(400, "account_number_invalid", FROM_ERROR),
    rail_sepa.IbanInvalidError: Place(param=FROM_ERROR),
    rail_sepa.MandateReferenceInvalidError: Place(param=FROM_ERROR),
    funding.SepaCurrencyError: Place(param=FROM_ERROR),
    funding.MicrodepositAmountsInvalidError: Place(
        400, "payment_method_microdeposit_verification_amounts_invalid", FROM_ERROR
    ),
    targets.TargetBlockedError: Place(400, "url_invalid", "url"),
    # The objects
    errors.ResourceMissingError: Place(404, "resource_missing", FROM_ERROR),  # 400 when a parameter held the id
    topups.InvalidTransitionError: Place(),
    topups.NoFundingSourceError: Place(param="currency"),
    topups.CurrencyNotCollectedError: Place(param="currency"),
    originators.LiveModeNotReadyError: Place(400, "live_mode_not_ready"),
    originators.RailStoppedError: Place(400, "rail_stopped"),
    originators.ReturnRateError: Place(400, "return_rate_limit"),
    originators.AuthorizationKindError: Place(param=FROM_ERROR),
    originators.MandateReferenceTakenError: Place(param=FROM_ERROR),
    originators.MandateTermsError: Place(param=FROM_ERROR),
    originators.MandateUnusableError: Place(400, "debit_not_authorized", FROM_ERROR),
    originators.ProofErasedError: Place(404, "proof_erased"),
    originators.NotAuthorizedError: Place(400, "debit_not_authorized", FROM_ERROR),
    originators.EntryCapError: Place(400, "amount_too_large", "amount"),
    originators.DayCapError: Place(400, "daily_limit_exceeded", "amount"),
    originators.SourceCapError: Place(400, "funding_source_limit_exceeded", "amount"),
    topups.DuplicateTopupError: Place(400, "duplicate_topup"),
    topups.RetryRefusedError: Place(400, "retry_not_allowed", FROM_ERROR),
    topups.RetriedAlreadyError: Place(400, "topup_already_retried", FROM_ERROR),
    originators.OriginatorStateError: Place(),
    originators.OriginatorNotNamedError: Place(param="originator"),
    originators.UnexpectedVersionError: Place(400, "originator_unexpected_version", "expected_version"),
    originators.SecondPersonError: Place(403, "second_person_required"),
    direct_debits.FileStateError: Place(400, "file_unexpected_state"),
    direct_debits.UnexpectedStatusError: Place(400, "file_unexpected_state", "expected_status"),
    direct_debits.FileChangedError: Place(400, "file_held"),
    direct_debits.BytesForgottenError: Place(400, "file_bytes_forgotten"),
    direct_debits.BankFileStateError: Place(400, "bank_file_unexpected_state"),
    direct_debits.BankFileSeenOtherwiseError: Place(400, "bank_file_seen_otherwise"),
    ledger.InsufficientFundsError: Place(400, "balance_insufficient", "amount"),
    negative_balances.NotNegativeError: Place(code="balance_not_negative"),
    negative_balances.DebtTooSmallError: Place(param="amount"),
    negative_balances.DebtPendingError: Place(code="recovery_pending"),
    return_rates.NoOverrideError: Place(),
    return_rates.OverrideEndError: Place(param="until"),
    reconciliation.BreakResolvedError: Place(),
    reconciliation.BreakNotReopenedError: Place(),
    reconciliation.StatementBeingAppliedError: Place(400, "bank_statement_being_applied"),
    direct_debits.NotTakenInError: Place(400, "break_not_taken_in"),
    direct_debits.UnfitMatchError: Place(400, "statement_line_match_unfit"),
    line_settlements.MatchedSettlementError: Place(400, "line_settlement_matched"),
    line_settlements.LinesDifferError: Place(param="lines"),
    line_settlements.LineTakenError: Place(400, "statement_line_not_open"),
    line_settlements.NotSettledByPartsError: Place(400, "settlement_amount_mismatch"),
    line_settlements.SettlementStateError: Place(400, "line_settlement_unexpected_state"),
    corrections.NotOpenError: Place(400, "correction_not_open"),
    corrections.TooLateToRefuseError: Place(400, "correction_too_old"),
    dishonors.NotDishonorableError: Place(400, "return_unexpected_state"),
    dishonors.TooLateToDishonorError: Place(400, "return_too_old"),
    dishonors.UnfitDishonorError: Place(400, "dishonor_code_unfit", FROM_ERROR),
    push.TransfersOffError: Place(400, "incoming_transfers_off"),
    push.InstructionsCurrencyError: Place(param="currency"),
    push.ExpiryError: Place(param="expires_at"),
    push.NoAmountError: Place(param="amount"),
    push.NotSuspendedError: Place(400, "incoming_transfer_unexpected_state"),
    push.AlreadyProposedError: Place(400, "incoming_transfer_already_proposed"),
    push.NoPayerError: Place(400, "incoming_transfer_names_no_payer", "remember_payer"),
    push.NotProposedError: Place(400, "incoming_transfer_not_proposed"),
    push.CannotAssignError: Place(400, "incoming_transfer_not_assignable", "account"),
    reversals.NotReversibleError: Place(400, "debit_not_reversible", "topup"),
    reversals.DebitNotSentError: Place(400, "debit_not_sent", "topup"),
    reversals.AlreadyReversedError: Place(400, "debit_already_reversed", "topup"),
    refunds.NotRefundableError: Place(400, "topup_not_refundable", "topup"),
    refunds.AlreadyRefundedError: Place(400, "topup_already_refunded", "topup"),
    refunds.RefundTooLargeError: Place(400, "amount_too_large", "amount"),
    refunds.DebitReturnableError: Place(400, "debit_returnable", "topup"),
    refunds.RefundFundsError: Place(400, "balance_insufficient", "amount"),
    refunds.RefundNotCancelableError: Place(400, "refund_unexpected_state"),
    reversals.TooLateToReverseError: Place(400, "debit_too_old", "topup"),
    direct_debits.TooLateToCancelError: Place(),
    direct_debits.PrenotePendingError: Place(400, "prenote_pending", "funding_source"),
    direct_debits.MicrodepositsPendingError: Place(400, "microdeposits_pending", "funding_source"),
    direct_debits.MicrodepositsOffError: Place(400, "microdeposits_off", "funding_source"),
    direct_debits.MicrodepositLimitError: Place(400, "microdeposits_limit", "funding_source"),
    rail_ach.ProfileError: Place(param=FROM_ERROR),
    statement_formats.MappingError: Place(400, "statement_mapping_invalid", FROM_ERROR),
    balance_overview.SummaryIntervalError: Place(param=FROM_ERROR),
    attention.UnknownTimezoneError: Place(param=FROM_ERROR),
    reports.UnknownReportTypeError: Place(param="report_type"),
    reports.ReportParameterError: Place(param=FROM_ERROR),
    reports.TooManyReportsError: Place(429, "rate_limit", should_retry=False, rate_limited="resource-specific"),
    statement_mappings.MappingExistsError: Place(400, "statement_mapping_exists", "bank_account"),
    statement_mappings.MappingChangedError: Place(400, "statement_mapping_changed", "expected_version"),
    errors.NotInLiveModeError: Place(),
    errors.NotInTestModeError: Place(),
    funding.UnverifiedFundingError: Place(400, "bank_account_unverified", FROM_ERROR),
    funding.AlreadyAttachedError: Place(400, "payment_method_unexpected_state"),
    funding.TokenAlreadyUsedError: Place(400, "token_already_used"),
    funding.RehearsalOnlyError: Place(param="method"),
    funding.AlreadyVerifiedError: Place(400, "payment_method_bank_account_already_verified"),
    funding.MicrodepositsNotSentError: Place(400, "payment_method_microdeposit_failed"),
    funding.MicrodepositAmountsMismatchError: Place(
        400, "payment_method_microdeposit_verification_amounts_mismatch", FROM_ERROR
    ),
    funding.DescriptorCodeMismatchError: Place(
        400, "payment_method_microdeposit_verification_descriptor_code_mismatch", FROM_ERROR
    ),
    funding.TooManyAttemptsError: Place(400, "payment_method_microdeposit_verification_attempts_exceeded"),
    funding.MicrodepositsTimedOutError: Place(400, "payment_method_microdeposit_verification_timeout"),
    accounts.NestedPlatformError: Place(),
    accounts.PlatformAgreementError: Place(param="brim[settlement_days]"),
    accounts.TypeAndControllerError: Place(param="controller"),
    accounts.NotAuthorizedError: Place(403),
    accounts.AccountInUseError: Place(),
    legal_holds.LegalHoldError: Place(),
    legal_holds.HoldLiftedError: Place(),
    legal_holds.HoldTextError: Place(param=FROM_ERROR),
    accounts.LiveAccountError: Place(400, "livemode_mismatch"),
    accounts.AccountClosedError: Place(),
    accounts.NoDashboardError: Place(),
    accounts.DefaultExternalAccountError: Place(),
    accounts.TooManyExternalAccountsError: Place(),
    webhooks.TooManyEndpointsError: Place(),
    webhooks.EndpointDisabledError: Place(param="webhook_endpoint"),
    webhooks.EndpointNotListeningError: Place(param="webhook_endpoint"),
    webhooks.ResendInProgressError: Place(429, "lock_timeout", should_retry=True),
    webhooks.NothingToSendError: Place(),
    webhooks.VersionOfThinError: Place(param="snapshot_api_version"),
    stripe_cli.TooManyListenersError: Place(429, "rate_limit", should_retry=False, rate_limited="resource-specific"),
    stripe_cli.ListenerFiltersError: Place(param="filters"),
    pairing.TooManyPairingsError: Place(429, "rate_limit", should_retry=False, rate_limited="resource-specific"),
    pairing.UnknownPairingError: Place(404),
    pairing.PairingDeniedError: Place(403),
    pairing.PairingRedeemedError: Place(),
    time.ClockExistsError: Place(),
    time.FrozenTimeError: Place(param="frozen_time"),
    time.ClockAdvancingError: Place(429, "lock_timeout", should_retry=True),
    # The idempotency key
    idempotency.IdempotencyMismatchError: Place(type="idempotency_error"),
    EmptyIdempotencyKeyError: Place(),
    IdempotencyKeyTooLongError: Place(),
    # Ours
    RateLimitedError: Place(429, "rate_limit", should_retry=True, rate_limited="global-rate"),
    OverloadedError: Place(429, "rate_limit", should_retry=True, rate_limited="global-concurrency", retry_after_s=1),
    TooManyStreamsError: Place(429, "rate_limit"),
    vault.NoEncryptionKeyError: Place(503, type="api_error", should_retry=False),
    vault.SecretUnreadableError: Place(503, type="api_error", should_retry=False),
    DatabaseUnavailableError: Place(503, type="api_error", should_retry=True, retry_after_s=1),
    PoolerError: Place(503, type="api_error", documented=False),
    InternalError: Place(500, type="api_error"),
}
"""Status, code, param and type of every failure that can reach the wire, in the order a request meets them."""

_BUG: Final = ERROR_TABLE[InternalError]


class ErrorDetail(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong. Keys are in alphabetical order; those that don't apply are omitted."""

    code: str | None = None
    doc_url: str | None = None
    message: str
    param: str | None = None
    request_log_url: str | None = None
    type: str


class ErrorObject(msgspec.Struct, frozen=True):
    """The envelope of every error response."""

    error: ErrorDetail


_decode: Final = json_codec.decoder(ErrorObject)


_V2_PLACES: Final[dict[type[BrimError], Place]] = {
    errors.ResourceMissingError: Place(404, "not_found", FROM_ERROR, documented=False),
    idempotency.IdempotencyMismatchError: Place(409, type="idempotency_error", should_retry=False),
}
"""What the second version of the API has another place for. Source: its reference, which lists both beside each write.

An SDK retries a 409 unless it is told not to.
"""


def render_error(error: BrimError) -> tuple[int, bytes]:
    """Return a failure as (HTTP status, compact JSON)."""
    return status_of(error), _render(error, place_of(type(error)))


def render_v2_error(error: BrimError) -> tuple[int, bytes]:
    """Return a failure of the second version of the API as (HTTP status, compact JSON)."""
    place = place_of(type(error), is_v2=True)
    return place.status, _render(error, place)


def _render(error: BrimError, place: Place) -> bytes:
    code = place.code
    detail = ErrorDetail(
        code=code,
        doc_url=f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}" if code and place.documented else None,
        message=error.message,
        param=vars(error)["param"] if isinstance(place.param, _FromError) else place.param,
        type=place.type,
    )
    return json_codec.encode(ErrorObject(detail))


def with_log_url(body: bytes, url: str) -> bytes:
    """Return a refusal's compact JSON with the URL of the page that shows the request."""
    refused = _decode(body)
    return json_codec.encode(ErrorObject(msgspec.structs.replace(refused.error, request_log_url=url)))


def status_of(error: BrimError) -> int:
    """Return a failure's HTTP status."""
    if isinstance(error, errors.ResourceMissingError) and not error.in_path:
        return 400
    return place_of(type(error)).status


def should_retry(error: BrimError, *, is_v2: bool = False) -> bool | None:
    """Tell what the `Stripe-Should-Retry` header says; None when there is none.

    Official SDKs do not retry a 429 without it.
    """
    return place_of(type(error), is_v2=is_v2).should_retry


def error_headers(error: BrimError, *, is_v2: bool = False) -> list[str]:
    """Return the header lines that belong to a failure."""
    place = place_of(type(error), is_v2=is_v2)
    if place.status == HTTPStatus.UNAUTHORIZED:
        return [_CHALLENGE]
    lines = []
    if place.should_retry is not None:
        lines.append(f"Stripe-Should-Retry: {'true' if place.should_retry else 'false'}")
    if place.rate_limited is not None:
        lines.append(f"Stripe-Rate-Limited-Reason: {place.rate_limited}")
    if place.retry_after_s is not None:
        lines.append(f"Retry-After: {place.retry_after_s}")
    return lines


def place_of(error: type[BrimError], *, is_v2: bool = False) -> Place:
    """Return where a class of failure is in one version of the API or the other; a bug's place for what has none."""
    place = ERROR_TABLE.get(error, _BUG)
    return _V2_PLACES.get(error, place) if is_v2 else place
