"""A call and an answer for each operation: what is sent, and the wire's object that comes back."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import msgspec

from brim.api.framework.operation import Operation
from brim.api.framework.params import object_schema
from brim.api.framework.v2_paging import V2ListObject
from brim.api.resources.account_overview.wire import AccountBalanceObject, AccountSummaryObject
from brim.api.resources.accounts import wire as account_wire
from brim.api.resources.balance import wire as balance_wire
from brim.api.resources.events import wire as event_wire
from brim.api.resources.funding import wire as funding_wire
from brim.api.resources.health import wire as health_wire
from brim.api.resources.jobs.wire import StuckObject, WorkerJobObject, WorkerObject
from brim.api.resources.request_logs.wire import RequestLogObject
from brim.api.resources.schemas import NAMES
from brim.api.resources.test_helpers import wire as clock_wire
from brim.api.resources.topups import wire as topup_wire
from brim.api.resources.verification import wire as verification_wire
from brim.api.resources.webhooks import wire as webhook_wire
from brim.base import json_codec, wire
from brim.base.scope import AccountScope
from brim.core.accounts import Account, AccountDetails, CapabilityState
from brim.core.bank_accounts import Address
from brim.core.events import DEFAULT_API_VERSION
from brim.core.ledger import Balance
from brim.core.topups import Topup
from brim.web.operation_names import collection_of, path_params_of, with_ids
from brim.web.reference.attributes import example_of
from brim.web.reference.plausible import (
    ACCOUNT,
    CHANGES,
    DESTINATION,
    EVENT,
    IDS,
    MADE,
    METHOD,
    REQUEST,
    TOPUP,
    TRANSACTION,
)

_USABLE: Final = 1_794_225_600
ENDPOINT: Final = "we_0mfga3B8nRtHv6LsQe2YpX5j"
SOURCE: Final = "src_0mfg9Y6H2vEjPr4XsL9wKz7q"
_TOKEN: Final = "btok_0mfg9X7D5gMnBt3QhC8uJy2r"  # noqa: S105  an example, no credential
_CLOCK: Final = "clock_0mfg8W4F6sAvKx9PbR3eZn7t"
_EXTERNAL: Final = "ba_0mfg9V3R8wLxTq6NsH2kYe5d"
_FINGERPRINT: Final = "5c8a41f6e02b97d3"

_SAMPLE_IDS: Final = {
    "/v1/topups": TOPUP,
    "/v1/test_helpers/topups": TOPUP,
    "/v1/balance_transactions": TRANSACTION,
    "/v1/balance/history": TRANSACTION,
    "/v1/events": EVENT,
    "/v1/webhook_endpoints": ENDPOINT,
    "/v1/payment_methods": METHOD,
    "/v1/sources": SOURCE,
    "/v1/tokens": _TOKEN,
    "/v1/test_helpers/test_clocks": _CLOCK,
    "/v1/accounts": ACCOUNT,
    "/v1/accounts/{account}/capabilities": "transfers",
    "/v1/accounts/{account}/external_accounts": _EXTERNAL,
    "/v1/brim/default_funding_sources": "usd",
    "/v1/brim/topups": TOPUP,
    "/v1/brim/authorizations": IDS["auth"],
    "/v1/brim/funding_sources": METHOD,
    "/v1/brim/prenotes": IDS["pren"],
    "/v1/brim/microdeposits": IDS["mdep"],
    "/v1/brim/corrections": IDS["corr"],
    "/v1/brim/ach/originators": IDS["orig"],
    "/v1/brim/ach/files": IDS["achf"],
    "/v1/brim/ach/bank_files": IDS["bankf"],
    "/v1/brim/bank_statements": IDS["stmt"],
    "/v1/brim/statement_lines": IDS["bsl"],
    "/v1/brim/statement_mappings": IDS["stmap"],
    "/v1/brim/line_settlements": IDS["lset"],
    "/v1/brim/ach/returns": IDS["retn"],
    "/v1/brim/ach/return_rates": IDS["orig"],
    "/v1/reporting/report_runs": IDS["frr"],
    "/v1/reporting/report_types": "balance.summary.1",
    "/v1/brim/negative_balances": f"{ACCOUNT}_usd",
    "/v1/brim/funding_instructions": IDS["fi"],
    "/v1/test_helpers/funding_instructions": IDS["fi"],
    "/v1/brim/incoming_transfers": IDS["itr"],
    "/v1/brim/legal_holds": IDS["lh"],
    "/v1/brim/refunds": IDS["rfnd"],
    "/v1/brim/ach/reversals": IDS["achr"],
    "/v1/brim/known_payers": IDS["kpay"],
    "/v1/brim/balance_transactions": TRANSACTION,
    "/v1/brim/rails": "ach",
    "/v1/brim/breaks": IDS["brk"],
    "/v2/core/events": EVENT,
    "/v2/core/event_destinations": DESTINATION,
}
_BANK_ACCOUNT: Final = {
    "account_number": "000123456789",
    "routing_number": "110000000",
    "account_holder_type": "company",
    "account_type": "checking",
}

_VALUES: Final[dict[str, dict[str, Any]]] = {
    "PostTopups": {
        "amount": 2000,
        "currency": "usd",
        "description": "Balance for week 48",
        "statement_descriptor": "Weekly top-up",
        "metadata": {"order_id": "6735"},
    },
    "GetTopups": {"limit": 3},
    "PostTopupsTopup": {"metadata": {"order_id": "6736"}},
    "GetBrimTopupsSearch": {"currency": "usd", "metadata": {"order_id": "6735"}, "limit": 3},
    "GetBrimTopupsCounts": {"currency": "usd"},
    "GetBrimAvailabilityPreview": {"currency": "usd", "source": "btok_us_verified"},
    "GetBalanceTransactions": {"type": "topup", "limit": 3},
    "GetEvents": {"type": "topup.*", "limit": 3},
    "PostWebhookEndpoints": {
        "url": "https://example.com/webhooks",
        "enabled_events": ["topup.succeeded", "topup.failed", "topup.reversed"],
    },
    "GetWebhookEndpoints": {"limit": 3},
    "PostWebhookEndpointsWebhookEndpoint": {"description": "Credits the customers' wallets"},
    "GetWebhookEndpointsWebhookEndpointAttempts": {"limit": 3},
    "PostWebhookEndpointsWebhookEndpointResend": {"since": MADE - 86_400},
    "GetEventsIdAttempts": {"limit": 3},
    "PostWebhookEndpointsWebhookEndpointRollSecret": {"expires_in": 3600},
    "PostPaymentMethods": {
        "type": "us_bank_account",
        "us_bank_account": _BANK_ACCOUNT,
        "billing_details": {"name": "Jenny Rosen"},
    },
    "GetPaymentMethods": {"limit": 3},
    "PostPaymentMethodsPaymentMethod": {"metadata": {"ledger": "operations"}},
    "PostPaymentMethodsPaymentMethodAttach": {"customer": "cus_Tq2vXw8LmNbR4k"},
    "PostPaymentMethodsPaymentMethodVerifyMicrodeposits": {"amounts": [32, 45]},
    "PostSources": {"type": "ach_debit", "token": "btok_us_verified", "currency": "usd"},
    "GetSources": {"limit": 3},
    "PostSourcesSource": {"metadata": {"ledger": "operations"}},
    "PostSourcesSourceVerify": {"values": [32, 45]},
    "PostTokens": {"bank_account": {"country": "US", **_BANK_ACCOUNT}},
    "PostBrimDefaultFundingSources": {"currency": "usd", "funding_source": METHOD},
    "PostAccounts": {"country": "US", "email": "jenny.rosen@example.com"},
    "GetAccounts": {"limit": 3},
    "PostAccountsAccount": {"metadata": {"tier": "gold"}},
    "PostAccountsAccountReject": {"reason": "fraud"},
    "PostAccountsAccountCapabilitiesCapability": {"requested": True},
    "PostAccountsAccountExternalAccounts": {"external_account": "btok_us_verified"},
    "GetAccountsAccountExternalAccounts": {"limit": 3},
    "PostAccountsAccountExternalAccountsId": {"metadata": {"ledger": "operations"}},
    "PostBrimFundingInstructions": {"amount": 12_500, "currency": "usd", "metadata": {"order_id": "6735"}},
    "GetBrimFundingInstructions": {"limit": 3},
    "PostTestHelpersFundingInstructionsFundingInstructionsFund": {"amount": 12_500, "scenario": "short"},
    "GetBrimIncomingTransfers": {"status": "suspended", "limit": 3},
    "PostBrimIncomingTransfersIncomingTransfer": {"handled_by": "jenny", "note": "Asked the payer on Monday."},
    "PostBrimIncomingTransfersIncomingTransferAssign": {"account": ACCOUNT},
    "GetBrimKnownPayers": {"account": ACCOUNT, "limit": 3},
    "GetBrimNegativeBalances": {"limit": 3},
    "GetBrimBalanceReserves": {"limit": 3},
    "PostBrimBalanceReserves": {"amount": 50_000, "currency": "usd"},
    "PostTestHelpersBalanceHold": {"amount": 2000, "currency": "usd"},
    "PostTestHelpersTopupsTopupFail": {"failure_code": "insufficient_funds"},
    "PostTestHelpersTopupsTopupReverse": {"failure_code": "debit_not_authorized"},
    "PostTestHelpersTestClocks": {"frozen_time": MADE, "name": "November"},
    "GetTestHelpersTestClocks": {"limit": 3},
    "PostTestHelpersTestClocksTestClockAdvance": {"frozen_time": MADE + 8 * 86_400},
    "PostV2CoreEventDestinations": {
        "name": "Wallets",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["v1.topup.succeeded", "v1.topup.failed"],
        "webhook_endpoint": {"url": "https://example.com/webhooks"},
    },
    "GetV2CoreEventDestinations": {"limit": 3},
    "PostV2CoreEventDestinationsId": {"description": "Credits the customers' wallets"},
    "GetV2CoreEvents": {"limit": 3},
    "PostBrimAuthorizations": {
        "accepted_at": MADE,
        "funding_source": METHOD,
        "sec_code": "WEB",
        "text": "I authorize Example Inc. to debit my bank account.",
        "evidence": {"ip_address": "192.0.2.1"},
    },
    "GetBrimAuthorizations": {"limit": 3},
    "PostBrimAuthorizationsAuthorizationAmend": {"mandate_reference": "M-4712"},
    "PostBrimAuthorizationsAuthorizationConfirm": {"confirmed_at": MADE},
    "PostBrimAuthorizationsAuthorizationEnd": {"reason": "revoked in writing"},
    "PostBrimPrenotes": {"funding_source": METHOD},
    "GetBrimPrenotes": {"limit": 3},
    "PostBrimMicrodeposits": {"funding_source": METHOD},
    "GetBrimMicrodeposits": {"limit": 3},
    "PostBrimFundingSourcesFundingSourceVerify": {"method": "instant", "evidence": "check 4711"},
    "PostBrimAchOriginators": {
        "account_number": "9876543210",
        "profile": {
            "company_id": "1234567890",
            "company_name": "EXAMPLE INC",
            "immediate_origin": "1234567890",
            "incoming_folder": "/var/lib/bank/in",
            "odfi_name": "FIRST BANK",
            "odfi_routing_number": "121042882",
            "origin_name": "EXAMPLE INC",
            "outgoing_folder": "/var/lib/bank/out",
        },
    },
    "GetBrimAchOriginators": {"limit": 3},
    "PostBrimAchOriginatorsOriginator": {"profile": {"hold_days": 5}},
    "GetBrimAchFiles": {"status": "built", "limit": 3},
    "PostBrimAchFilesFileApprove": {"expected_status": "built", "sha256": "5c8a41f6e02b97d3" * 4},
    "PostBrimAchFilesFileVoid": {"expected_status": "built"},
    "PostBrimAchFilesFileResubmit": {"expected_status": "rejected"},
    "GetBrimAchBankFiles": {"limit": 3},
    "PostBrimAchBankFiles": {
        "file": "BRIM-ACK 1\n",
        "name": "acknowledgement.txt",
        "originator": IDS["orig"],
    },
    "PostBrimAchBankFilesBankFileApprove": {
        "expected_status": "awaiting_approval",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    },
    "PostBrimAchBankFilesBankFileReject": {"reason": "The bank knows nothing of this transfer."},
    "GetBrimAchFilesFileEntries": {"limit": 3},
    "GetBrimBankStatements": {"bank_account": "operating", "limit": 3},
    "GetBrimBankStatementsBankStatementLines": {"limit": 3},
    "GetBrimStatementLines": {"status": "open", "limit": 3},
    "GetBrimStatementMappings": {"limit": 3},
    "PostBrimStatementMappings": {
        "bank_account": "operating",
        "mapping": {
            "delimiter": "comma",
            "decimal_sign": "point",
            "date_format": "MM/DD/YYYY",
            "booking_date_column": "Date",
            "amount_column": "Amount",
            "balance_column": "Balance",
            "text_columns": ["Description"],
            "currency": "usd",
        },
    },
    "PostBrimStatementMappingsPreview": {
        "bank_account": "operating",
        "file": "Date,Description,Amount,Balance\n12/04/2026,Wire fee,-25.00,975.00\n",
        "mapping": {
            "delimiter": "comma",
            "decimal_sign": "point",
            "date_format": "MM/DD/YYYY",
            "booking_date_column": "Date",
            "amount_column": "Amount",
            "balance_column": "Balance",
            "text_columns": ["Description"],
            "currency": "usd",
        },
    },
    "PostBrimStatementMappingsStatementMapping": {"mapping": {"ignored_columns": ["Check number"]}},
    "GetBrimLineSettlements": {"status": "proposed", "limit": 3},
    "PostBrimLineSettlements": {
        "lines": [IDS["bsl"]],
        "note": "The bank's fee of October.",
        "fees": -2500,
    },
    "PostBrimLineSettlementsLineSettlementConfirm": {"expected_status": "proposed"},
    "PostBrimLineSettlementsLineSettlementUndo": {"note": "It was a wire fee of another account."},
    "PostBrimBreaksBreak": {"assigned_to": "ada@example.com", "note": "The bank has been asked."},
    "GetBrimBreaks": {"status": "open", "limit": 3},
    "GetBrimAchReturns": {"status": "dishonorable", "limit": 3},
    "PostBrimAchReturnsReturnDishonor": {"code": "R68"},
    "GetBrimAchReversals": {"status": "requested", "limit": 3},
    "GetBrimStatusCounts": {"list": "refunds"},
    "GetBrimRefunds": {"status": "pending", "limit": 3},
    "PostBrimAchReturnRatesSubjectOverride": {
        "reason": "A batch of test accounts was returned. The cause is fixed.",
        "until": MADE + 14 * 86_400,
    },
    "PostBrimAchReturnRatesSubjectApproveOverride": {"expected_until": MADE + 14 * 86_400},
    "PostBrimRefunds": {"topup": "tu_0mfgbV3T6zPwQb8XsG5mKr1n", "amount": 2000},
    "PostBrimAchReversals": {"topup": "tu_0mfgbV3T6zPwQb8XsG5mKr1n", "reason": "duplicate"},
    "PostBrimCorrectionsCorrectionRefuse": {"code": "C65"},
    "PostBrimBreaksBreakReopen": {"note": "The line was another one's."},
    "PostBrimBreaksBreakResolve": {"resolution": "A fee of the bank."},
    "GetBrimLegalHolds": {"limit": 3},
    "PostBrimLegalHolds": {"covers": "account", "account": ACCOUNT, "reason": "Case 7 against ACME."},
    "PostBrimRailsRailStop": {"reason": "The bank has asked for it."},
    "GetReportingReportRuns": {"limit": 3},
    "PostReportingReportRuns": {
        "report_type": "balance.summary.1",
        "parameters": {"interval_start": 1_727_740_800, "interval_end": 1_730_419_200, "timezone": "America/New_York"},
    },
    "GetBrimRequestLogs": {"path": "/v1/topups", "limit": 3},
    "GetBrimBalanceSummary": {"interval_start": 1_727_740_800, "interval_end": 1_730_419_200},
}

_AN_ADDRESS: Final = Address(
    city="San Francisco", country="US", line1="510 Townsend St", postal_code="94103", state="CA"
)
_WEEKENDS: Final = tuple(date(2026, 11, day) for day in (1, 7, 8))
_A_TOPUP: Final = json_codec.decode(
    topup_wire.topup_json(
        Topup(
            scope=AccountScope(ACCOUNT, livemode=False),
            id=TOPUP,
            amount=2000,
            created=MADE,
            currency="usd",
            description="Balance for week 48",
            expected_availability_date=_USABLE,
            metadata={"order_id": "6735"},
            rail="sandbox",
            statement_descriptor="Weekly top-up",
        )
    ),
    type=topup_wire.TopupObject,
)
_AN_AVAILABILITY: Final = topup_wire.AvailabilityObject(
    available_on=1_794_232_800,
    business_days=tuple(date(2026, 11, day) for day in (3, 4, 5, 6, 9)),
    calendar="us_ach",
    counted_from=date(2026, 11, 2),
    missed_cutoff=False,
    settlement_days=5,
    skipped=tuple(topup_wire.SkippedDayObject(date=day, name=None, reason="weekend") for day in _WEEKENDS),
    submitted=MADE,
    time_zone="America/New_York",
)
_AN_EVENT: Final = event_wire.EventObject(
    id=EVENT,
    api_version=DEFAULT_API_VERSION,
    created=MADE,
    data=event_wire.EventData(msgspec.Raw(json_codec.encode(_A_TOPUP))),
    livemode=False,
    pending_webhooks=1,
    request=event_wire.EventRequest(id=REQUEST, idempotency_key="order-6735"),
    type="topup.created",
)
_A_METHOD: Final = funding_wire.PaymentMethodObject(
    id=METHOD,
    allow_redisplay="unspecified",
    billing_details=funding_wire.BillingDetailsObject(
        address=_AN_ADDRESS, email="jenny.rosen@example.com", name="Jenny Rosen", phone=None
    ),
    created=MADE,
    livemode=False,
    metadata={},
    us_bank_account=funding_wire.UsBankAccountObject(
        account_holder_type="company",
        account_type="checking",
        bank_name="STRIPE TEST BANK",
        fingerprint=_FINGERPRINT,
        last4="6789",
        networks=funding_wire.NetworksObject("ach", ["ach"]),
        routing_number="110000000",
        status_details={},
    ),
)
_A_SOURCE: Final = funding_wire.SourceObject(
    id=SOURCE,
    ach_debit=funding_wire.AchDebitObject(
        bank_name="STRIPE TEST BANK",
        country="US",
        fingerprint=_FINGERPRINT,
        last4="6789",
        routing_number="110000000",
        type="company",
    ),
    allow_redisplay="unspecified",
    client_secret="src_client_secret_9uVbW3xTzL6kQm",  # noqa: S106  an example, no credential
    code_verification=msgspec.UNSET,
    created=MADE,
    currency="usd",
    livemode=False,
    metadata={},
    owner=funding_wire.SourceOwnerObject(address=None, email=None, name="Jenny Rosen", phone=None),
    status="chargeable",
)
_A_TOKEN: Final = funding_wire.TokenObject(
    id=_TOKEN,
    bank_account=funding_wire.BankAccountObject(
        id="ba_0mfg9X8K3hPsDw6VnQ4tRc5z",
        account_holder_name=None,
        account_holder_type="company",
        account_type="checking",
        bank_name="STRIPE TEST BANK",
        country="US",
        currency="usd",
        fingerprint=_FINGERPRINT,
        last4="6789",
        routing_number="110000000",
    ),
    created=MADE,
    livemode=False,
    used=False,
)
_ACCOUNT_STATE: Final = Account(
    account=ACCOUNT,
    platform="acct_1Qk7YsGd5XaMp3Rf",
    created=MADE,
    type="custom",
    email="jenny.rosen@example.com",
    details=AccountDetails(capabilities={"transfers": CapabilityState(requested=True, requested_at=MADE)}),
)
_AN_ACCOUNT: Final = json_codec.decode(account_wire.account_json(_ACCOUNT_STATE), type=account_wire.AccountObject)
_AN_EXTERNAL_ACCOUNT: Final = account_wire.ExternalAccountObject(
    id=_EXTERNAL,
    account=ACCOUNT,
    account_holder_name="Jenny Rosen",
    account_holder_type="company",
    account_type="checking",
    bank_name="STRIPE TEST BANK",
    country="US",
    currency="usd",
    default_for_currency=True,
    fingerprint=_FINGERPRINT,
    last4="6789",
    metadata={},
    routing_number="110000000",
)
_A_CAPABILITY: Final = account_wire.CapabilityObject(
    id="transfers", account=ACCOUNT, requested=True, requested_at=MADE, status="active"
)
_A_BALANCE: Final = json_codec.decode(
    balance_wire.balance_json(AccountScope(ACCOUNT, livemode=False), [Balance(currency="usd", available=125_000)]),
    type=balance_wire.BalanceObject,
)
_AN_ENDPOINT: Final = webhook_wire.WebhookEndpointObject(
    id=ENDPOINT,
    api_version=None,
    application=None,
    created=MADE,
    description=None,
    enabled_events=("topup.succeeded", "topup.failed", "topup.reversed"),
    livemode=False,
    metadata={},
    status="enabled",
    url="https://example.com/webhooks",
)
_AN_ATTEMPT: Final = webhook_wire.WebhookAttemptObject(
    id="wa_0mfgbT4N6vQkJz8XsC2hLr9p",
    cause="schedule",
    created=MADE,
    duration_ms=84,
    problem=None,
    event=EVENT,
    event_type="topup.succeeded",
    http_status=200,
    livemode=False,
    next_attempt=None,
    next_attempt_status=None,
    outcome="delivered",
    request_headers={"Content-Type": "application/json; charset=utf-8"},
    response_head="ok",
    webhook_endpoint=ENDPOINT,
)
_A_REQUEST: Final = RequestLogObject(
    api_key="mk_1OXv3b2eZvKYlo2CpF0cC4Xt",
    id="resp_0mfgbS3P8wTzVk5LnD7qXc4j",
    api_version=DEFAULT_API_VERSION,
    created=MADE,
    duration_ms=3.1,
    error=None,
    idempotency_key="order-6735",
    livemode=False,
    method="POST",
    parameters={"amount": "2000", "currency": "usd"},
    path="/v1/topups",
    related_object=TOPUP,
    request_id=REQUEST,
    status=200,
    user_agent="Stripe/v1 PythonBindings/16.1.0",
)
_OBJECTS: Final[dict[type[msgspec.Struct], msgspec.Struct]] = {
    type(example): example
    for example in (
        _A_TOPUP, _AN_EVENT, _A_METHOD, _A_SOURCE, _A_TOKEN, _AN_ACCOUNT, _AN_EXTERNAL_ACCOUNT,
        _A_CAPABILITY, _AN_ENDPOINT, _AN_ATTEMPT, _A_REQUEST,
        webhook_wire.WebhookDeliveryObject(
            attempts=1,
            created=MADE,
            event=EVENT,
            livemode=False,
            next_attempt=None,
            next_attempt_status=None,
            state="delivered",
            url="https://example.com/webhooks",
            webhook_endpoint=ENDPOINT,
        ),
        webhook_wire.WebhookHealthObject(
            attempts=412,
            delivered=409,
            duration_median_ms=84,
            duration_p95_ms=310,
            failed=0,
            livemode=False,
            next_attempt=None,
            overdue=False,
            pending=0,
            since=MADE,
            webhook_endpoint=ENDPOINT,
        ),
        webhook_wire.WebhookResendObject(
            has_more=False,
            last_attempt=MADE + 3,
            livemode=False,
            next=None,
            queued=120,
            since=MADE - 86_400,
            webhook_endpoint=ENDPOINT,
        ),
        topup_wire.AvailabilityPreviewObject(
            availability=_AN_AVAILABILITY, currency="usd", livemode=False, reason=None
        ),
        balance_wire.BalanceTransactionObject(
            id=TRANSACTION,
            amount=2000,
            available_on=_USABLE,
            created=_USABLE,
            currency="usd",
            description="Balance for week 48",
            fee=0,
            net=2000,
            reporting_category="topup",
            source=TOPUP,
            status="available",
            type="topup",
        ),
        _A_BALANCE,
        clock_wire.ClockObject(
            id=_CLOCK,
            created=MADE,
            deletes_after=MADE + 30 * 86_400,
            frozen_time=MADE,
            livemode=False,
            name="November",
            status="ready",
            status_details=clock_wire.ClockStatusDetails(),
        ),
        funding_wire.DefaultFundingObject(id="usd", currency="usd", funding_source=METHOD, livemode=False),
        AccountSummaryObject(
            id=ACCOUNT,
            balances=[AccountBalanceObject(available=204_000, currency="usd")],
            country="US",
            created=MADE,
            email="ada@example.com",
            last_activity=MADE,
            name="Acme",
            status="active",
        ),
        health_wire.HealthObject(
            checks=[health_wire.CheckObject(name="workers", fix=None, message="1 worker is running.", severity="ok")],
            created=MADE,
            database=health_wire.HealthDatabaseObject(
                archived=MADE,
                backup=MADE,
                connections=12,
                max_connections=100,
                replicas=[health_wire.ReplicaObject(name="standby", lag_bytes=0, state="streaming")],
                schema=61,
                size_bytes=48_316_579,
                version="18.1",
            ),
            failing_webhook_endpoints=[
                health_wire.FailingEndpointObject(
                    id=ENDPOINT,
                    account=ACCOUNT,
                    failing_since=MADE,
                    notice=None,
                    url="https://example.com/hooks",
                )
            ],
            livemode=False,
            queues=[health_wire.QueueObject(name="webhooks", oldest_seconds=0, waiting=3)],
            requests=health_wire.HealthRequestsObject(
                accounts=[
                    health_wire.RequestFailuresObject(
                        account=ACCOUNT, account_name="Acme", client_errors=7, server_errors=0
                    )
                ],
                client_errors=7,
                server_errors=0,
                succeeded=1204,
            ),
            since=MADE - 86_400,
            topups=health_wire.HealthTopupsObject(
                created=400,
                failed=2,
                failure_rate=0.005,
                failures=[
                    health_wire.TopupFailuresObject(
                        account=ACCOUNT, account_name="Acme", count=2, failure_code="insufficient_funds"
                    )
                ],
            ),
            version="1.0.0",
        ),
        WorkerObject(
            id="wrk_0mfgd5",
            created=MADE,
            host="worker-1",
            jobs=[WorkerJobObject(name="settle", error=None, failing_since=None, last_success=MADE + 3600)],
            last_heartbeat=MADE + 3600,
            pid=4711,
            status="running",
            version="1.0.0",
        ),
        StuckObject(
            account=ACCOUNT,
            attempts=3,
            error="OverflowError: date value out of range",
            first_failed=MADE,
            job="settle",
            last_failed=MADE + 3,
            livemode=False,
            next_try=MADE + 7,
            object_id=TOPUP,
        ),
        verification_wire.VerificationRunObject(
            id="vr_0mfgd5",
            asked_by=None,
            checked={"topups": 301, "entry_lines": 12, "events": 903, "idempotency_keys": 298},
            created=MADE,
            differences=[],
            duration_ms=412,
            heads=2,
            sealed=1204,
            status="agree",
            totals=[
                verification_wire.VerificationTotalObject(
                    accounts=3, available=125_000, currency="usd", livemode=True, reserved=0
                )
            ],
            transfers=1204,
            unsealed=0,
            warnings=[],
        ),
        verification_wire.ChainHeadObject(
            account=ACCOUNT,
            hash="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            livemode=True,
            position=1204,
        ),
    )
}  # fmt: skip
_CHANGES: Final[dict[str, dict[str, Any]]] = {
    "PostTopupsTopup": {"metadata": {"order_id": "6736"}},
    "PostTopupsTopupCancel": {"status": "canceled"},
    "PostTestHelpersTopupsTopupSucceed": {"status": "succeeded", "balance_transaction": TRANSACTION},
    "PostTestHelpersTopupsTopupFail": {
        "status": "failed",
        "failure_code": "insufficient_funds",
        "failure_message": "The bank account has insufficient funds for this top-up.",
    },
    "PostTestHelpersTopupsTopupReverse": {
        "status": "reversed",
        "balance_transaction": TRANSACTION,
        "failure_code": "debit_not_authorized",
        "failure_message": "The owner of the bank account has not authorized this debit.",
    },
    "PostWebhookEndpoints": {"secret": "whsec_8sYk2JvQ6tXw9LrN4mPc7ZbH"},
    "PostWebhookEndpointsWebhookEndpoint": {"description": "Credits the customers' wallets"},
    "PostWebhookEndpointsWebhookEndpointRollSecret": {"secret": "whsec_3nTf7KpW5xVz8QhD6rJc2MgL"},
    "PostPaymentMethodsPaymentMethod": {"metadata": {"ledger": "operations"}},
    "PostPaymentMethodsPaymentMethodAttach": {"customer": "cus_Tq2vXw8LmNbR4k"},
    "PostSourcesSource": {"metadata": {"ledger": "operations"}},
    "PostAccountsAccount": {"metadata": {"tier": "gold"}},
    "PostAccountsAccountReject": {
        "capabilities": {"transfers": "inactive"},
        "charges_enabled": False,
        "payouts_enabled": False,
        "requirements": account_wire.RequirementsObject(disabled_reason="rejected.fraud"),
    },
    "PostAccountsAccountExternalAccountsId": {"metadata": {"ledger": "operations"}},
    "PostTestHelpersTestClocksTestClockAdvance": {
        "status": "advancing",
        "status_details": clock_wire.ClockStatusDetails(advancing=clock_wire.AdvancingDetails(MADE + 8 * 86_400)),
    },
}
"""What is different in the answer of an operation."""


def values_of(operation: Operation) -> Mapping[str, Any]:
    """Return what the example of an operation sends: what was chosen for it, else what it requires."""
    chosen = _VALUES.get(operation.operation_id)
    if chosen is not None:
        return chosen
    required = tuple(parameter for parameter in operation.parameters if parameter.required)
    example: dict[str, Any] = example_of(object_schema(required)) if required else {}
    return example


def path_id_of(operation: Operation) -> str:
    """Return the id in the path of an operation's example; two with a slash between them, empty where it has none."""
    path_params = path_params_of(operation)
    if not path_params:
        return ""
    if len(path_params) > 1:
        return f"{ACCOUNT}/{_SAMPLE_IDS[collection_of(operation)]}"
    return _SAMPLE_IDS[operation.path.partition("/{")[0]]


def object_example(struct: type[msgspec.Struct]) -> bytes:
    """Return an example of an object, as replies are written."""
    example = _OBJECTS.get(struct)
    if example is None:
        return json_codec.pretty(json_codec.encode(example_of({"$ref": f"#/components/schemas/{NAMES[struct]}"})))
    return json_codec.pretty(json_codec.encode(example))


def answer_of(operation: Operation) -> bytes:
    """Return what the example of an operation is answered with."""
    if operation.returns is wire.DeletedObject:
        kind = {"/v1/brim/default_funding_sources": "brim.default_funding_source",
                "/v1/test_helpers/test_clocks": "test_helpers.test_clock",
                "/v1/accounts/{account}/external_accounts": "bank_account"}  # fmt: skip
        collection = collection_of(operation)
        noun = kind.get(collection, collection.rpartition("/")[2].removesuffix("s"))
        deleted = wire.DeletedObject(id=path_id_of(operation).rpartition("/")[2], object=noun)
        return json_codec.pretty(json_codec.encode(deleted))
    one = object_example(operation.returns)
    changes = _CHANGES.get(operation.operation_id)
    example = _OBJECTS.get(operation.returns)
    if changes and example is not None:
        one = json_codec.encode(msgspec.structs.replace(example, **changes))
    own_changes = CHANGES.get(operation.operation_id)
    if own_changes:
        one = json_codec.encode({**json_codec.decode(one), **own_changes})
    if operation.in_list and operation.is_v2:
        v2_page = V2ListObject(data=[msgspec.Raw(one)], next_page_url=None, previous_page_url=None)
        return json_codec.pretty(json_codec.encode(v2_page))
    if operation.in_list:
        page = wire.ListObject(data=[msgspec.Raw(one)], has_more=False, url=_list_url(operation))
        return json_codec.pretty(json_codec.encode(page))
    return json_codec.pretty(one)


def _list_url(operation: Operation) -> str:
    return with_ids(operation, path_id_of(operation))
