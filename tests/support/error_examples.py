"""An example of each error, with its status, code and parameter on the wire and its sentence."""

from datetime import date

from brim.api.framework import errors as api
from brim.base import currency, errors, metadata
from brim.base.errors import BrimError, DatabaseUnavailableError, OverloadedError
from brim.base.scope import AccountScope
from brim.core import (
    attention,
    balance_overview,
    corrections,
    direct_debits,
    dishonors,
    ledger,
    legal_holds,
    negative_balances,
    originators,
    push,
    refunds,
    reports,
    return_rates,
    reversals,
    statement_mappings,
)
from brim.core.accounts import external_rules as external_accounts
from brim.core.accounts import rules as accounts
from brim.core.bank_accounts import rules as bank_accounts
from brim.core.bank_accounts.rules import Verification
from brim.core.changes.service import TooManyStreamsError
from brim.core.funding import rules as funding_sources
from brim.core.idempotency import rules as idempotency
from brim.core.line_settlements import (
    LinesDifferError,
    LineSettlement,
    LineTakenError,
    MatchedSettlementError,
    NotSettledByPartsError,
    SettlementStateError,
    SettlementStatus,
)
from brim.core.pairing import rules as pairing
from brim.core.rails import ach as rail_ach
from brim.core.rails import sepa as rail_sepa
from brim.core.reconciliation import Break, BreakNotReopenedError, BreakResolvedError, StatementBeingAppliedError
from brim.core.reconciliation.formats import DecimalSign, Delimiter, MappingError, StatementMapping
from brim.core.stripe_cli import rules as listeners
from brim.core.time import rules as clocks
from brim.core.topups import amounts, retry_rules
from brim.core.topups import rules as topups
from brim.core.topups.rules import Status
from brim.core.webhooks import endpoints
from brim.http import parameter_errors as parameters
from brim.platform import vault
from brim.platform.database import PoolerError
from brim.platform.egress import targets

_STRIPE_HELP = "Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
_KEY = "sk_test_abcdefghijklmnopwxyz"
_LIVE = AccountScope("acct_x", livemode=True)
_ORIGINATOR = originators.Originator(
    scope=_LIVE,
    id="orig_x",
    profile=rail_ach.OriginatorProfile(
        odfi_routing_number="121042882",
        odfi_name="BANK",
        immediate_origin="1234567890",
        origin_name="BRIM",
        company_name="BRIM",
        company_id="1234567890",
        outgoing_folder="/out",
        incoming_folder="/in",
    ),
    last4="3210",
    created_ms=1,
    changed_by="op_1",
)
_FILE = direct_debits.AchFile(
    scope=_LIVE,
    id="achf_x",
    originator="orig_x",
    test_clock=None,
    status=direct_debits.FileStatus.BUILT,
    name="x.ach",
    file_date=date(2026, 12, 1),
    file_time="1700",
    modifier="A",
    effective_date=date(2026, 12, 2),
    entry_count=1,
    total_debit=1,
    total_credit=0,
    byte_count=1,
    sha256=b"",
    built_ms=1,
)
_BANK_FILE = direct_debits.BankFile(
    id="bankf_x",
    originator="orig_x",
    kind="statement",
    name="x.bai",
    status="applied",
    byte_count=1,
    findings="[]",
    received_ms=1,
    applied_ms=1,
    sha256=b"",
)
_BREAK = Break(
    id="brk_x",
    kind="unmatched_line",
    cause="x",
    bank_file=None,
    amount=None,
    currency=None,
    reference=None,
    detail="",
    raw=None,
    opened_ms=1,
    resolution="A fee.",
)
_SETTLEMENT = LineSettlement(
    scope=_LIVE,
    id="lset_x",
    bank_account="operating",
    currency="usd",
    amount=-250,
    status=SettlementStatus.POSTED,
    note="",
    proposed_by="op_x",
    proposed_ms=1,
)
_TRANSFER = push.IncomingTransfer(
    scope=AccountScope("acct_x", livemode=True),
    id="itr_x",
    bank_account="operating",
    line_key="1",
    booked_on=date(2026, 12, 4),
    amount=100,
    currency="usd",
    status=push.TransferStatus.CREDITED,
    return_reference="RF18539007547034",
    proposed=push.Proposal.SEND_BACK,
    proposed_by="op_1",
    created_ms=1,
)
_MAPPING = statement_mappings.SavedMapping(
    scope=AccountScope("acct_x", livemode=True),
    id="stmap_x",
    bank_account="operating",
    version=2,
    mapping=StatementMapping(
        delimiter=Delimiter.COMMA,
        decimal_sign=DecimalSign.POINT,
        date_format="YYYY-MM-DD",
        booking_date_column="Date",
        amount_column="Amount",
        balance_column="Balance",
        currency="usd",
    ),
    created_ms=1,
    updated_ms=1,
    changed_by="op_1",
)
_DEBIT = reversals.DebitFacts(topup="tu_x", status="pending", is_queued=False, is_sent=False)
_PAYMENT = refunds.PaymentFacts(
    topup="tu_x", status="succeeded", amount=500, refunded=300, rail="ach", is_collected=True
)
_REFUND = refunds.Refund(
    scope=AccountScope("acct_x", livemode=True),
    id="rfnd_x",
    owner="acct_x",
    originator="orig_x",
    topup="tu_x",
    number=1,
    amount=200,
    debited_on=date(2026, 12, 2),
    sec_code="PPD",
    requested_by="op_x",
    requested_ms=1,
    leaves_ms=1,
    balance_transaction="txn_x",
    file="achf_x",
)
_RETURN = dishonors.AchReturn(
    scope=AccountScope("acct_x", livemode=True),
    id="retn_x",
    owner="acct_x",
    originator="orig_x",
    topup="tu_x",
    number=1,
    bank_file="bankf_x",
    break_id=None,
    code="R01",
    original_trace="1",
    original_rdfi="11000000",
    trace="1",
    amount=5_000,
    sec_code="WEB",
    settled_on=date(2026, 12, 4),
    debited_on=date(2026, 12, 2),
    is_applied=True,
    status=dishonors.ReturnStatus.MISSED,
    dishonorable_until_ms=0,
    received_ms=0,
)
_CORRECTION = corrections.Correction(
    scope=AccountScope("acct_x", livemode=True),
    id="corr_x",
    owner="acct_x",
    funding_source="src_x",
    originator="orig_x",
    topup="tu_x",
    number=1,
    bank_file=None,
    change_code="C01",
    original_trace=None,
    trace="1",
    status=corrections.CorrectionStatus.NOTED,
    reason=None,
    corrected=[],
    routing_number="110000000",
    last4="6789",
    fingerprint="x",
    account_type=None,
    received_ms=1,
)
POOLER = (
    "A connection pooler such as PgBouncer is between Brim and PostgreSQL. Brim needs its own sessions. Connect to "
    "PostgreSQL directly, or through a TCP proxy such as HAProxy."
)

EXAMPLES: list[tuple[BrimError, int, str | None, str | None, str]] = [
    # The request
    (api.UnrecognizedUrlError("GET", "/v1/foo"), 404, None, None,
     f"Unrecognized request URL (GET: /v1/foo). {_STRIPE_HELP}"),
    (api.UnrecognizedUrlError("GET", "/v1/topups/"), 404, None, None,
     ("Unrecognized request URL (GET: /v1/topups/). If you are trying to list objects, remove the trailing slash. "
      "If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. "
      f"{_STRIPE_HELP}")),
    (api.UnsupportedContentTypeError(), 400, None, None,
     ("Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any "
      "questions, we can help at https://support.stripe.com/.")),
    (api.FormExpectedError(), 400, None, None,
     ("Invalid request: the body is JSON. Paths below /v1 take form-encoded parameters, such as "
      "amount=1000&currency=usd, with the content type application/x-www-form-urlencoded.")),
    (parameters.MalformedMultipartError(), 400, None, None,
     ("The request's body cannot be read as multipart/form-data: send each field as a part of its own, with a name, "
      "and end with the boundary.")),
    (api.JsonExpectedError(), 400, None, None,
     "Invalid request (check that your POST content type is application/json)."),
    (api.InvalidApiVersionError("tomorrow"), 400, None, None, "Invalid Stripe API version: tomorrow"),
    # The key
    (api.MissingApiKeyError(), 401, None, None,
     ("You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
      "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or "
      "we can help at https://support.stripe.com/.")),
    (api.InvalidApiKeyError(_KEY), 401, None, None, "Invalid API Key provided: sk_test_abc*************wxyz"),
    (api.ApiKeyExpiredError(_KEY), 401, "api_key_expired", None,
     "Expired API Key provided: sk_test_abc*************wxyz"),
    (api.PublishableKeyError(), 401, "secret_key_required", None,
     ("This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of "
      "your API keys at https://dashboard.stripe.com/account/apikeys.")),
    (api.UnrecognizedUrlError("GET", "//v1/topups"), 404, None, None,
     ("Unrecognized request URL (GET: //v1/topups). The path begins with two slashes: remove the slash at the end of "
      f"the base URL in your code. {_STRIPE_HELP}")),
    (api.MalformedAuthorizationError("null"), 401, None, None,
     ('You did not provide an API key, though you did set your Authorization header to "null". Using Bearer auth, '
      "your Authorization header should look something like 'Authorization: Bearer YOUR_SECRET_KEY'. See "
      "https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.")),
    (api.PermissionMissingError("rk_test_abcd...wxyz", "acct_x", "topups", "write"), 403, None, None,
     ("The provided key 'rk_test_***************************************wxyz' does not have the required permissions "
      "for this endpoint on account 'acct_x'. Having the 'rak_topup_write' permission would allow this request to "
      "continue.")),
    (api.AccountUnreachableError(_KEY, "acct_x"), 403, "account_invalid", None,
     ("The provided key 'sk_test_***' does not have access to account 'acct_x' (or that account does not exist). "
      "Application access may have been revoked.")),
    (api.TwoAccountsError(), 400, None, None,
     "Stripe-Account and Stripe-Context name different accounts. Please send only one of them."),
    # The form
    (parameters.MalformedEncodingError("%zz"), 400, None, None,
     "Invalid percent-encoding or UTF-8 in the request's parameters: %zz"),
    (parameters.MalformedJsonError(), 400, None, None, "Invalid request body: it must be a JSON object, in UTF-8."),
    (parameters.NullCharacterError(), 400, None, None,
     "Invalid string: the request's parameters contain a null character (%00)"),
    (parameters.TooManyParametersError(1000), 400, None, None,
     "Too many parameters: a request can have at most 1000."),
    (parameters.ParameterNameTooLongError("a" * 2000, 1000), 400, None, None,
     "Parameter names can have up to 1000 characters. Invalid name: aaaa...aaaa"),
    (parameters.ParameterTooDeepError(8), 400, None, None, "Parameters can be nested at most 8 levels deep."),
    (parameters.ConflictingParameterError("a[b]"), 400, None, "a[b]",
     "Invalid parameters: a[b] was sent both as one value and as an array or object"),
    # The parameters; test_params.py has more of these
    (parameters.UnknownParametersError(["foo"]), 400, "parameter_unknown", "foo", "Received unknown parameter: foo"),
    (parameters.MissingParameterError("amount"), 400, "parameter_missing", "amount", "Missing required param: amount."),
    (parameters.EmptyParameterError("amount"), 400, "parameter_invalid_empty", "amount",
     ("You passed an empty string for 'amount'. We assume empty values are an attempt to unset a parameter; however "
      "'amount' cannot be unset. You should remove 'amount' from your request or supply a non-empty value.")),
    (parameters.InvalidIntegerError("amount", "abc"), 400, "parameter_invalid_integer", "amount",
     "Invalid integer: abc"),
    (parameters.IntegerTooSmallError("amount", 1), 400, "parameter_invalid_integer", "amount",
     "This value must be greater than or equal to 1."),
    (parameters.IntegerTooLargeError("brim[settlement_days]", 30), 400, "parameter_invalid_integer",
     "brim[settlement_days]", "This value must be less than or equal to 30."),
    (parameters.IntegerTooLargeError("expires_in", 86_400), 400, "parameter_invalid_integer", "expires_in",
     "This value must be less than or equal to 86400."),
    (parameters.InvalidBooleanError("disabled", "x"), 400, None, "disabled", "Invalid boolean: x"),
    (parameters.InvalidStringError("source", ["x"]), 400, None, "source", 'Invalid string: ["x"]'),
    (parameters.StringTooLongError("description", "abcd-wxyz", 5), 400, None, "description",
     "Invalid string: abcd...wxyz; must be at most 5 characters"),
    (parameters.InvalidEnumError("status", ["a", "b"]), 400, None, "status", "Invalid status: must be one of a or b"),
    (parameters.InvalidCountryError("country", "UK!"), 400, None, "country",
     ("Country 'UK!' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', 'EG', or "
      "'GB'.")),
    (parameters.InvalidEmailError("email", "nowhere"), 400, "email_invalid", "email", "Invalid email address: nowhere"),
    (parameters.InvalidDayError("first_day", "today"), 400, "parameter_invalid_day", "first_day",
     "Invalid day: today; must be written as in 2026-11-30."),
    (parameters.InvalidTimestampError("created[gt]", "soon"), 400, None, "created[gt]",
     "Invalid timestamp: soon; must be like 2026-11-22T05:14:22.000Z"),
    (parameters.InvalidPageError("page", "2"), 400, None, "page",
     "Invalid page: 2; take it from next_page_url or previous_page_url"),
    (parameters.InvalidVersionError("api_version", "tomorrow"), 400, None, "api_version",
     "Invalid Stripe API version: tomorrow"),
    (parameters.InvalidObjectError("metadata"), 400, None, "metadata", "Invalid object"),
    (parameters.InvalidArrayError("expand"), 400, None, "expand", "Invalid array"),
    (parameters.ArrayTooLongError("types", 20), 400, None, "types", "Invalid array: types can have at most 20 items"),
    (parameters.DescriptorTooLongError("statement_descriptor", "sixteen letters.", 15), 400, None,
     "statement_descriptor",
     "The statement descriptor must be at most 15 characters. sixteen letters. is 16 characters long."),
    (parameters.DescriptorCharacterError("statement_descriptor", "<"), 400, None, "statement_descriptor",
     "The statement descriptor cannot include <."),
    (parameters.DescriptorWithoutLetterError("statement_descriptor"), 400, None, "statement_descriptor",
     "The statement descriptor must contain at least one Latin character."),
    (parameters.NotExpandableError("amount"), 400, None, None, "This property cannot be expanded (amount)."),
    (parameters.ExpandOutsideDataError("source"), 400, None, None,
     ("This property cannot be expanded (source). You may want to try expanding 'data.source' instead.")),
    (parameters.ExpandTooDeepError("a.b.c.d.e", 4), 400, "property_expansion_max_depth", None,
     "You cannot expand more than 4 levels of a property. Property: a.b.c.d.e"),
    (parameters.NotIncludableError("total_count"), 400, None, None, "This property cannot be included (total_count)."),
    (currency.InvalidCurrencyError("xxd"), 400, None, "currency",
     f"Invalid currency: xxd. Stripe currently supports these currencies: {', '.join(currency.CURRENCIES)}"),
    (currency.InvalidAmountStepError(1001, "kwd", 10), 400, "parameter_invalid_integer", "amount",
     "Invalid amount: 1001. Amounts in kwd must be a multiple of 10."),
    (amounts.AmountTooLargeError("usd"), 400, "amount_too_large", "amount",
     "Amount must be no more than $9,999,999,999.99"),
    (metadata.MetadataKeyTooLongError("k" * 41), 400, None, None,
     ("Metadata keys can have up to 40 characters, but you passed in a key that is 41 characters. Invalid key: "
      + "k" * 41)),
    (metadata.MetadataValueTooLongError("v" * 501), 400, None, None,
     ("Metadata values can have up to 500 characters, but you passed in a value that is 501 characters. "
      "Invalid value: " + "v" * 501)),
    (metadata.TooMuchMetadataError(51), 400, None, None, "Metadata can have up to 50 keys, but you've set 51."),
    (errors.ExclusiveParametersError("starting_after", "ending_before"), 400, None, None,
     "Received both starting_after and ending_before parameters. Please pass in only one."),
    (topups.NoFundingSourceError("usd"), 400, None, "currency",
     (
         "This account has no default funding source in usd. Specify a bank account with source or "
         "payment_method, or set a default."
     )),
    (topups.CurrencyNotCollectedError("gbp", collected={"ach": {"usd"}, "sepa": {"eur"}}), 400, None, "currency",
     "Live top-ups in gbp are not available: the rail ach collects usd and the rail sepa collects eur only."),
    (errors.NotInTestModeError(), 400, None, None,
     "This endpoint works in live mode only. Use a live key: it begins with sk_live_ or rk_live_."),
    # Live money
    (accounts.NotPlatformError(), 403, None, None,
     (
         "Only available to a platform. Use a key of an account that isn't connected to another one, without a "
         "Stripe-Account header."
     )),
    (originators.LiveModeNotReadyError(), 400, "live_mode_not_ready", None,
     ("Live top-ups can't be created yet. No originator is active. Run brim ach readiness or see the Readiness page.")),
    (originators.RailStoppedError("ach", "audit"), 400, "rail_stopped", None, "The rail ach is stopped: audit"),
    (originators.ReturnRateError("unauthorized", debits=1000, returns=5, of_account=True), 400, "return_rate_limit",
     None,
     (
         "New debits are refused: 5 of 1000 debits of this account were returned as unauthorized in the "
         "last 60 days, which "
      "reaches Nacha's limit. Operators can override the limit for a time, under Return rates.")),
    (ledger.InsufficientFundsError(available=5, wanted=9, currency="usd"), 400, "balance_insufficient", "amount",
     "Only $0.05 of $0.09 is available."),
    (reports.UnknownReportTypeError("balance.summary.9"), 400, None, "report_type",
     ("There is no report type 'balance.summary.9'. Report types are: balance.summary.1, "
      "balance_change_from_activity.summary.1, balance_change_from_activity.itemized.3, "
      "connected_account_balance_change_from_activity.itemized.3, brim.balance.summary.1, "
      "brim.topups_reconciliation.itemized.1.")),
    (reports.ReportParameterError("interval_end", "interval_end must be after interval_start."), 400, None,
     "parameters[interval_end]", "interval_end must be after interval_start."),
    (reports.TooManyReportsError(), 429, "rate_limit", None,
     "50 reports of this account are pending. Try again once some are ready."),
    (balance_overview.SummaryIntervalError("interval_end", "interval_end must be after interval_start."), 400, None,
     "interval_end", "interval_end must be after interval_start."),
    (attention.UnknownTimezoneError("Mars"), 400, None, "timezone",
     "There is no time zone 'Mars'. Use a name of the IANA database, such as America/New_York."),
    (negative_balances.NotNegativeError("acct_1", "usd"), 400, "balance_not_negative", None,
     "The balance of acct_1 in usd is not negative."),
    (negative_balances.DebtTooSmallError(5, "usd"), 400, None, "amount",
     "The balance is $0.05 below zero; a top-up to recover it cannot be larger."),
    (negative_balances.DebtPendingError(7, "usd"), 400, "recovery_pending", None,
     ("Pending top-ups of $0.07 will recover the balance. To create another one anyway, send "
      "brim[allow_duplicate]=true.")),
    (return_rates.NoOverrideError(return_rates.OverrideStatus.ASKED), 400, None, None,
     "No override is awaiting approval."),
    (return_rates.OverrideEndError(), 400, None, "until", "An override must end within the next 30 days."),
    (originators.NotAuthorizedError("src_x", param="source"), 400, "debit_not_authorized", "source",
     (
         "The bank account src_x can't be debited because its holder hasn't authorized debits. Record the "
         "authorization first, on the bank account's page or with brim ach authorize."
     )),
    (originators.MandateTermsError("This mandate has ended. Record a new one.", param="authorization"), 400, None,
     "authorization", "This mandate has ended. Record a new one."),
    (originators.MandateUnusableError("auth_x", "it is for one collection.", param="source"), 400,
     "debit_not_authorized", "source",
     "Nothing can be collected under the mandate auth_x: it is for one collection."),
    (originators.EntryCapError(100, "usd"), 400, "amount_too_large", "amount",
     "The originator's cap per debit is $1.00."),
    (originators.DayCapError(100, 40, "usd"), 400, "daily_limit_exceeded", "amount",
     "The originator's daily cap per account is $1.00; $0.40 is left today."),
    (originators.SourceCapError(100, 40, "usd"), 400, "funding_source_limit_exceeded", "amount",
     "The originator's cap on pending debits per bank account is $1.00; $0.40 is left."),
    (originators.ProofErasedError("auth_x"), 404, "proof_erased", None,
     "The proof of the authorization auth_x was erased: it is kept for two years after its end."),
    (direct_debits.MicrodepositsPendingError("src_x"), 400, "microdeposits_pending", "funding_source",
     "Micro-deposits to the bank account src_x are already pending."),
    (direct_debits.MicrodepositsOffError(), 400, "microdeposits_off", "funding_source",
     (
         "The originator doesn't send micro-deposits. Set microdeposits in its profile, or verify the bank "
         "account with a prenote."
     )),
    (direct_debits.MicrodepositLimitError(direct_debits.Limit.BANK_ACCOUNT), 400, "microdeposits_limit",
     "funding_source",
     "No micro-deposits can be sent now: this bank account has reached its limit for 30 days."),
    (direct_debits.PrenotePendingError("src_x"), 400, "prenote_pending", "funding_source",
     "A prenote to the bank account src_x is already pending."),
    (funding_sources.RehearsalOnlyError(), 400, None, "method",
     ("The method rehearsal skips verification, so it is available only in a rehearsal installation.")),
    (topups.DuplicateTopupError("tu_x", window_minutes=10), 400, "duplicate_topup", None,
     ("This looks like a duplicate of tu_x, a top-up of the same amount from the same bank account within 10 minutes. "
      "If it is intended, send brim[allow_duplicate]=true.")),
    (retry_rules.RetryRefusedError("tu_x", "it is pending."), 400, "retry_not_allowed", "brim[retry_of]",
     "The top-up tu_x cannot be retried: it is pending."),
    (retry_rules.RetriedAlreadyError("tu_x", "tu_y"), 400, "topup_already_retried", "brim[retry_of]",
     "The top-up tu_x is retried by tu_y. If that one is returned too, retry it instead."),
    (originators.OriginatorStateError(_ORIGINATOR, originators.OriginatorStatus.SUSPENDED), 400, None, None,
     "The originator orig_x is draft and cannot become suspended."),
    (originators.UnexpectedVersionError(_ORIGINATOR, 7), 400, "originator_unexpected_version", "expected_version",
     "The profile of the originator orig_x has version 1 now, not 7. Retrieve it again first."),
    (originators.SecondPersonError("API keys can't approve. An operator has to, in the dashboard."), 403,
     "second_person_required", None, "API keys can't approve. An operator has to, in the dashboard."),
    (direct_debits.FileStateError(_FILE, "it cannot become sent"), 400, "file_unexpected_state", None,
     "The file achf_x is built: it cannot become sent."),
    (direct_debits.UnexpectedStatusError(_FILE, direct_debits.FileStatus.SENT), 400, "file_unexpected_state",
     "expected_status",
     "The file achf_x is built, not sent. Retrieve it again first."),
    (direct_debits.FileChangedError("achf_x", "it is late."), 400, "file_held", None,
     "The file achf_x is held: it is late."),
    (direct_debits.BytesForgottenError("achf_x"), 400, "file_bytes_forgotten", None,
     ("The content of the file achf_x was removed at the end of its retention period. Its hash, totals and "
      "entries are kept.")),
    (direct_debits.BankFileStateError(_BANK_FILE, "approved"), 400, "bank_file_unexpected_state", None,
     "The bank file bankf_x is applied, and cannot be approved. Retrieve it again."),
    (direct_debits.BankFileSeenOtherwiseError("bankf_x", "its hash differs from the approved one."), 400,
     "bank_file_seen_otherwise", None,
     "The bank file bankf_x is not approved: its hash differs from the approved one."),
    (direct_debits.TooLateToCancelError(), 400, None, None,
     "This top-up could not be canceled because its debit has been handed over for collection at the cut-off."),
    (rail_ach.ProfileError("opening", "it is no time."), 400, None, "opening",
     "The originator's profile has an invalid opening: it is no time."),
    (originators.OriginatorNotNamedError(), 400, None, "originator",
     "Specify the originator whose bank sent the file: several or none are active."),
    (direct_debits.NotTakenInError("brk_x", "its file is gone."), 400, "break_not_taken_in", None,
     "The break brk_x has no lines to import: its file is gone."),
    (direct_debits.UnfitMatchError("There is no batch achf_x/1."), 400, "statement_line_match_unfit", None,
     "There is no batch achf_x/1."),
    (MatchedSettlementError("lset_x", "a returned debit failed."), 400, "line_settlement_matched", None,
     "The settlement lset_x cannot be undone: a returned debit failed."),
    (LinesDifferError(), 400, None, "lines",
     "The lines belong to different bank accounts or currencies. Settle them separately."),
    (LineTakenError("bsl_x"), 400, "statement_line_not_open", None,
     "The line bsl_x is no longer open. Reload it."),
    (NotSettledByPartsError(-250, -200, "usd"), 400, "settlement_amount_mismatch", None,
     "The lines leave -2.50 USD open, and the parts add up to -2.00 USD."),
    (SettlementStateError(_SETTLEMENT, "confirmed"), 400, "line_settlement_unexpected_state", None,
     "The settlement lset_x is posted, and cannot be confirmed."),
    (BreakResolvedError(_BREAK), 400, None, None, "The break brk_x was already resolved: A fee."),
    (StatementBeingAppliedError("operating", "bf_x", 12_000, 100_000), 400, "bank_statement_being_applied", None,
     ("The bank file bf_x is being applied to operating: 12,000 of its 100,000 lines so far. Try again once it is "
      "applied.")),
    (BreakNotReopenedError(_BREAK, "it is open."), 400, None, None, "The break brk_x cannot be reopened: it is open."),
    (corrections.NotOpenError(_CORRECTION), 400, "correction_not_open", None,
     "The correction corr_x is noted; only an open one can be refused."),
    (corrections.TooLateToRefuseError(_CORRECTION), 400, "correction_too_old", None,
     ("The correction corr_x came more than 13 banking days ago, so it can no longer be refused. Resolve its break.")),
    (dishonors.NotDishonorableError(_RETURN), 400, "return_unexpected_state", None,
     "The return retn_x is missed; only one in status returned can be dishonored."),
    (dishonors.TooLateToDishonorError(_RETURN), 400, "return_too_old", None,
     ("The return retn_x settled on 2026-12-04 and could be dishonored for five banking days, until the last cut-off "
      "of the fifth. Ask your bank what can be done outside the network.")),
    (dishonors.UnfitDishonorError("R67", "no earlier return of this debit was received."), 400,
     "dishonor_code_unfit", "code",
     "R67 (duplicate return) does not fit: no earlier return of this debit was received."),
    (push.TransfersOffError(), 400, "incoming_transfers_off", None,
     ("This platform's originator does not take incoming transfers: set transfers in its profile to on, and have it "
      "activated.")),
    (push.InstructionsCurrencyError("eur"), 400, None, "currency",
     "Funding instructions are available in usd only, not in eur."),
    (push.ExpiryError("expires_at must be in the future."), 400, None, "expires_at",
     "expires_at must be in the future."),
    (push.NoAmountError("fi_x"), 400, None, "amount", "fi_x expects no amount: send one."),
    (push.NotSuspendedError(_TRANSFER), 400, "incoming_transfer_unexpected_state", None,
     "The transfer itr_x is credited, and not in suspense."),
    (push.AlreadyProposedError(_TRANSFER), 400, "incoming_transfer_already_proposed", None,
     "op_1 has proposed to send back itr_x: approve or decline that first."),
    (push.NoPayerError(_TRANSFER), 400, "incoming_transfer_names_no_payer", "remember_payer",
     "The statement doesn't name the payer of itr_x, so the payer can't be remembered."),
    (push.NotProposedError(_TRANSFER), 400, "incoming_transfer_not_proposed", None,
     "The proposal for the transfer itr_x has changed. Retrieve it again."),
    (push.CannotAssignError(_TRANSFER, "The account is closed."), 400, "incoming_transfer_not_assignable", "account",
     "The transfer itr_x cannot be assigned: The account is closed."),
    (MappingError("date_format", "it must have the year once: write it like DD.MM.YYYY."), 400,
     "statement_mapping_invalid", "date_format",
     "date_format cannot be saved: it must have the year once: write it like DD.MM.YYYY."),
    (statement_mappings.MappingExistsError(_MAPPING), 400, "statement_mapping_exists", "bank_account",
     "The bank account operating already has a mapping, stmap_x. Update it instead."),
    (statement_mappings.MappingChangedError(_MAPPING, 1), 400, "statement_mapping_changed", "expected_version",
     "stmap_x has version 2 now, not 1. Retrieve it again first."),
    (reversals.NotReversibleError("tu_x", "it is failed."), 400, "debit_not_reversible", "topup",
     "The debit of tu_x cannot be reversed: it is failed."),
    (reversals.DebitNotSentError(_DEBIT), 400, "debit_not_sent", "topup",
     "The debit of tu_x has not been sent to the bank. Cancel the top-up instead."),
    (reversals.AlreadyReversedError("tu_x", "achr_x"), 400, "debit_already_reversed", "topup",
     ("The debit of tu_x already has a reversal: see achr_x. A debit is reversed once; pay the customer another way.")),
    (reversals.TooLateToReverseError("tu_x", date(2026, 12, 4)), 400, "debit_too_old", "topup",
     ("The debit of tu_x settled on 2026-12-04 and could be reversed for five banking days, until the last cut-off of "
      "the fifth. Pay the customer another way.")),
    (refunds.NotRefundableError("tu_x", "it is failed."), 400, "topup_not_refundable", "topup",
     "The top-up tu_x cannot be refunded: it is failed."),
    (refunds.AlreadyRefundedError(_PAYMENT), 400, "topup_already_refunded", "topup",
     "The top-up tu_x has already been refunded."),
    (refunds.RefundTooLargeError(_PAYMENT, 300), 400, "amount_too_large", "amount",
     "Refund amount ($3.00) is greater than the unrefunded amount of the top-up ($2.00)."),
    (refunds.DebitReturnableError("tu_x"), 400, "debit_returnable", "topup",
     ("The debit of tu_x may still be returned, and then the customer would have the money twice. Refund it from the "
      "opening of the third banking day after its settlement.")),
    (refunds.RefundFundsError(available=100, amount=200), 400, "balance_insufficient", "amount",
     "Insufficient funds: the account's available balance ($1.00) is less than the refund ($2.00)."),
    (refunds.RefundNotCancelableError(_REFUND), 400, "refund_unexpected_state", None,
     "The refund rfnd_x cannot be canceled: its file achf_x was approved. Void that first, unless it was sent."),
    (errors.NotInLiveModeError(), 400, None, None,
     "This endpoint works in test mode only. Use a test key: it begins with sk_test_ or rk_test_."),
    # Accounts
    (accounts.NestedPlatformError("acct_x", "acct_p"), 400, None, None,
     ("Account acct_x is under the platform acct_p, so it cannot have accounts of its own. Use a key of the platform, "
      "without a Stripe-Account header.")),
    (accounts.PlatformAgreementError("acct_x", "acct_p"), 400, None, "brim[settlement_days]",
     ("The settlement days of account acct_x can be changed only by its platform acct_p. Use a key of the platform.")),
    (accounts.TypeAndControllerError(), 400, None, "controller",
     ("You may not provide the `type` parameter and `controller` parameters simultaneously. They are mutually "
      "exclusive.")),
    (accounts.NotAuthorizedError("delete"), 403, None, None,
     "This application is not authorized to delete this account."),
    (accounts.AccountInUseError("deleted", "it has a balance"), 400, None, None,
     ("This account cannot be deleted because it has a balance in live mode. All balances must be zero, and no top-up "
      "may be pending.")),
    (legal_holds.LegalHoldError("acct_x", "lh_x"), 400, None, None,
     "The account acct_x is under the legal hold lh_x: its data can't be erased until the hold is lifted."),
    (legal_holds.HoldLiftedError("lh_x"), 400, None, None, "The legal hold lh_x was already lifted."),
    (legal_holds.HoldTextError("reason"), 400, None, "reason",
     "The reason of a legal hold must have 1 to 500 printable characters."),
    (accounts.LiveAccountError("acct_x"), 400, "livemode_mismatch", None,
     "The account acct_x is used in live mode, and a test mode key was used to change it. Use a live mode key."),
    (accounts.AccountClosedError("acct_x"), 400, None, None,
     "The account acct_x has been rejected by its platform and cannot be topped up."),
    (accounts.NoDashboardError("standard"), 400, None, None,
     ("Cannot create a login link for this account because it is not an Express account but a standard one.")),
    (accounts.NoDashboardError("express"), 400, None, None,
     ("Cannot create a login link for this account because this server has no Express Dashboard: its pages are for its "
      "operators, who sign in with passwords.")),
    (external_accounts.DefaultExternalAccountError(), 400, None, None,
     ("You cannot delete the default external account for your default currency. Please make another external account "
      "the default using the `default_for_currency` param, and then delete this one.")),
    (external_accounts.TooManyExternalAccountsError(), 400, None, None,
     "You cannot have more than 200 external accounts."),
    # Webhook endpoints
    (targets.TargetBlockedError("it cannot be read."), 400, "url_invalid", "url", "Invalid URL: it cannot be read."),
    (endpoints.TooManyEndpointsError(16, livemode=False), 400, None, None,
     "You have reached the maximum of 16 test webhook endpoints."),
    (endpoints.TooManyEndpointsError(16, livemode=True), 400, None, None,
     "You have reached the maximum of 16 live webhook endpoints."),
    (endpoints.EndpointDisabledError("we_x"), 400, None, "webhook_endpoint",
     "The webhook endpoint we_x is disabled, so nothing is sent to it. Enable it first: disabled=false."),
    (endpoints.EndpointNotListeningError("we_x", "acct_x"), 400, None, "webhook_endpoint",
     "The webhook endpoint we_x does not listen to events of the account acct_x."),
    (endpoints.ResendInProgressError("we_x"), 429, "lock_timeout", None,
     "Another request is queuing missed events for the webhook endpoint we_x. Retry shortly."),
    (endpoints.NothingToSendError("we_x"), 400, None, None,
     ("There is no event yet that the webhook endpoint we_x is subscribed to. Create one first, for example "
      "with a top-up.")),
    (endpoints.VersionOfThinError(), 400, None, "snapshot_api_version",
     "snapshot_api_version can be set only where event_payload is snapshot: thin events have none."),
    # Test clocks
    (clocks.ClockExistsError("clock_x"), 400, None, None,
     (
         "This account has a test clock already: clock_x. Its whole test mode follows that clock, so delete it "
         "before you create another one."
     )),
    (clocks.FrozenTimeError("Not there."), 400, None, "frozen_time", "Not there."),
    (clocks.ClockAdvancingError(), 429, "lock_timeout", None,
     ("This object cannot be accessed right now because another API request or Stripe process is currently accessing "
      "it. The test clock of this account is advancing; try again once its status is ready.")),
    # The objects
    (errors.ResourceMissingError("topup", "tu_x", param="topup", in_path=True), 404, "resource_missing", "topup",
     "No such topup: 'tu_x'"),
    (errors.ResourceMissingError("topup", "tu_x ", param="topup", in_path=True), 404, "resource_missing", "topup",
     "No such topup: 'tu_x '. Make sure you use the exact id without extra whitespace or quotes"),
    (errors.ResourceMissingError("topup", "tu_x", param="topup", in_path=True, other_mode_of=False), 404,
     "resource_missing", "topup",
     ("No such topup: 'tu_x'; a similar object exists in live mode, but a test mode key was used to make this "
      "request.")),
    (errors.ResourceMissingError("topup", "tu_x", param="topup", in_path=True, other_mode_of=True), 404,
     "resource_missing", "topup",
     ("No such topup: 'tu_x'; a similar object exists in test mode, but a live mode key was used to make this "
      "request.")),
    (errors.ResourceMissingError("topup", "tu_x", param="starting_after"), 400, "resource_missing", "starting_after",
     "No such topup: 'tu_x'"),
    (funding_sources.missing_funding("src_x", param="source"), 400, "resource_missing", "source",
     "No such source: 'src_x'"),
    (funding_sources.missing_funding("btok_x", param="source"), 400, "resource_missing", "source",
     "No such token: 'btok_x'"),
    (funding_sources.missing_funding("x", param="payment_method"), 400, "resource_missing", "payment_method",
     "No such PaymentMethod: 'x'"),
    (topups.InvalidTransitionError(status=Status.CANCELED, wanted=Status.CANCELED), 400, None, None,
     ("This top-up could not be canceled because it has a status of canceled. Only a top-up with one of the following "
      "statuses may be canceled: pending.")),
    # Bank accounts
    (bank_accounts.RoutingNumberInvalidError("a[routing_number]"), 400, "routing_number_invalid", "a[routing_number]",
     ("Invalid routing number: it must have 9 digits, and the last one must be the correct check digit. In test mode "
      "use 110000000.")),
    (bank_accounts.AccountNumberInvalidError("a[account_number]"), 400, "account_number_invalid", "a[account_number]",
     "Invalid account number: it must have 1 to 17 digits and nothing else."),
    (rail_sepa.IbanInvalidError("its check digits are wrong", param="sepa_debit[iban]"), 400,
     None, "sepa_debit[iban]", "Invalid IBAN: its check digits are wrong."),
    (rail_sepa.MandateReferenceInvalidError("it has 1 to 35 characters", param="mandate_reference"), 400, None,
     "mandate_reference", "Invalid mandate reference: it has 1 to 35 characters."),
    (originators.MandateReferenceTakenError("M-1"), 400, None, "mandate_reference",
     "Another mandate of this creditor has the reference M-1."),
    (originators.AuthorizationKindError(has_iban=True), 400, None, "sec_code",
     "A bank account with an IBAN is debited under a mandate: its class is CORE or B2B."),
    (funding_sources.SepaCurrencyError(), 400, None, "currency",
     "A source of the type sepa_debit is debited in eur: leave the currency out."),
    (funding_sources.UnverifiedFundingError("src_x", Verification.PENDING, param="source"), 400,
     "bank_account_unverified", "source",
     "The bank account src_x cannot be debited because it is not verified yet."),
    (funding_sources.UnverifiedFundingError("pm_x", Verification.FAILED, param="payment_method"), 400,
     "bank_account_unverified", "payment_method",
     "The bank account pm_x cannot be debited because its verification has failed."),
    (funding_sources.AlreadyAttachedError(), 400, "payment_method_unexpected_state", None,
     "The payment method you provided has already been attached to a customer."),
    (funding_sources.TokenAlreadyUsedError("btok_x"), 400, "token_already_used", None,
     "You cannot use a Stripe token more than once: btok_x."),
    (funding_sources.AlreadyVerifiedError("pm_x"), 400, "payment_method_bank_account_already_verified", None,
     "The bank account pm_x is already verified."),
    (funding_sources.MicrodepositsNotSentError("pm_x"), 400, "payment_method_microdeposit_failed", None,
     "No micro-deposits were sent to the bank account pm_x, so it cannot be verified by them."),
    (funding_sources.MicrodepositAmountsInvalidError("amounts"), 400,
     "payment_method_microdeposit_verification_amounts_invalid", "amounts",
     "The amounts of the micro-deposits must be two whole numbers of cents, each from 1 to 99."),
    (funding_sources.MicrodepositAmountsMismatchError(2, param="values"), 400,
     "payment_method_microdeposit_verification_amounts_mismatch", "values",
     "The amounts are incorrect. 2 attempts left."),
    (funding_sources.DescriptorCodeMismatchError(1, param="descriptor_code"), 400,
     "payment_method_microdeposit_verification_descriptor_code_mismatch", "descriptor_code",
     "The code is incorrect. 1 attempt left."),
    (funding_sources.TooManyAttemptsError("pm_x"), 400,
     "payment_method_microdeposit_verification_attempts_exceeded", None,
     (
         "The verification of the bank account pm_x has failed after too many wrong attempts. Add the bank "
         "account again."
     )),
    (funding_sources.MicrodepositsTimedOutError("pm_x"), 400,
     "payment_method_microdeposit_verification_timeout", None,
     (
         "The verification of the bank account pm_x has failed: its micro-deposits weren't confirmed in time. "
         "Add the bank account again."
     )),
    (vault.NoEncryptionKeyError(), 503, None, None,
     (
         "This server has no encryption key, so it can neither store nor read bank account numbers. Set "
         "BRIM_ENCRYPTION_KEY."
     )),
    (vault.SecretUnreadableError(), 503, None, None,
     (
         "A stored secret cannot be read with this server's encryption keys. Add the key that it was stored with "
         "to BRIM_ENCRYPTION_KEY."
     )),
    # The operator's
    (accounts.NotOperatorError(), 403, None, None,
     "Only available to the platform account. Use one of its keys."),
    (listeners.TooManyListenersError(), 429, "rate_limit", None,
     "At most 50 commands of one account can listen at once. Stop one of them."),
    (listeners.ListenerFiltersError(), 400, None, "filters",
     "Invalid filters: they must be a JSON object whose values are arrays of strings."),
    (pairing.TooManyPairingsError(30), 429, "rate_limit", None,
     "More than 30 logins were started within a minute. Try again in a minute."),
    (pairing.UnknownPairingError(), 404, None, None,
     ("No pending login has this code. Check the code; the login may also have expired, or been allowed or denied "
      "already. Then run stripe login again.")),
    (pairing.PairingDeniedError(), 403, None, None, "This login was denied."),
    (pairing.PairingRedeemedError(), 400, None, None,
     "The key of this login was already issued. Run stripe login again for a new one."),
    # The idempotency key
    (idempotency.IdempotencyMismatchError("k1"), 400, None, None,
     ("Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a "
      "key other than 'k1' if you meant to execute a different request.")),
    (api.EmptyIdempotencyKeyError(), 400, None, None, "Idempotency Key must be a non-empty string."),
    (api.IdempotencyKeyTooLongError(300), 400, None, None,
     "Idempotency Key must be at most 255 characters, but you passed in a key that is 300 characters."),
    # Ours
    (api.RateLimitedError(), 429, "rate_limit", None,
     "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits."),
    (TooManyStreamsError(), 429, "rate_limit", None,
     "Too many pages with live updates are open. Close some, then reload this page."),
    (OverloadedError(), 429, "rate_limit", None,
     "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits."),
    (vault.NoEncryptionKeyError(), 503, None, None,
     (
         "This server has no encryption key, so it can neither store nor read bank account numbers. Set "
         "BRIM_ENCRYPTION_KEY."
     )),
    (vault.SecretUnreadableError(), 503, None, None,
     (
         "A stored secret cannot be read with this server's encryption keys. Add the key that it was stored with "
         "to BRIM_ENCRYPTION_KEY."
     )),
    (vault.SecretUnreadableError("k_0123456789abcdef"), 503, None, None,
     (
         "A stored secret was encrypted with key k_0123456789abcdef, which isn't configured. Add that key to "
         "BRIM_ENCRYPTION_KEY."
     )),
    (vault.SecretUnreadableError("k_0123456789abcdef", is_configured=True), 503, None, None,
     "A stored secret is damaged: it can't be decrypted with its key k_0123456789abcdef."),
    (DatabaseUnavailableError(), 503, None, None,
     "The database can't be reached right now. Please try again."),
    (PoolerError(), 503, None, None,
     POOLER),
    (api.InternalError("req_x"), 500, None, None,
     "An unknown error occurred on our side. The server's log has the details under req_x."),
]  # fmt: skip
