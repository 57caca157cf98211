"""Every form of the pages is told in the audit log by what it asks for, or is one of a short list that changes nothing.

What a page asks the API for is shown in tests/api/test_audit_with_the_act.py; what it asks a use case for, in
tests/db/test_audit.py.
"""

from typing import Any, Final, cast

from brim.api.resources.operations import OPERATIONS
from brim.core.changes.service import Watchers
from brim.platform.database import Database
from brim.web.assets import Assets
from brim.web.dashboard.parts import dashboard_routes
from brim.web.dashboard.signed import PageDependencies, SignedPages
from brim.web.operators.parts import operator_routes
from brim.web.pages import Pages
from brim.web.reference.explorer import Explorer
from brim.web.reference.pages import Reference
from brim.web.session import TEST_PREFIX
from tests.support.audit_cases import CASES
from tests.support.recorded_api import RecordedApi
from tests.support.signing import NO_KEYS, CookieSessions

BY_API: Final = {
    "/test-clocks": "PostTestHelpersTestClocks",
    "/test-clocks/{clock}/advance": "PostTestHelpersTestClocksTestClockAdvance",
    "/test-clocks/{clock}/delete": "DeleteTestHelpersTestClocksTestClock",
    "/topups/new": "PostTopups",
    "/negative-balances/{negative_balance}/top-up": "PostBrimNegativeBalancesNegativeBalanceTopUp",
    "/topups/{topup}": "PostTopupsTopup",
    "/topups/{topup}/cancel": "PostTopupsTopupCancel",
    "/topups/{topup}/succeed": "PostTestHelpersTopupsTopupSucceed",
    "/topups/{topup}/fail": "PostTestHelpersTopupsTopupFail",
    "/topups/{topup}/reverse": "PostTestHelpersTopupsTopupReverse",
    "/funding-sources/new": "PostPaymentMethods",
    "/funding-sources/defaults/{currency}/remove": "DeleteBrimDefaultFundingSourcesCurrency",
    "/funding-sources/{source}/verify": "PostSourcesSourceVerify",
    "/funding-sources/{source}/authorize": "PostBrimAuthorizations",
    "/funding-sources/{source}/authorizations/{authorization}/amend": "PostBrimAuthorizationsAuthorizationAmend",
    "/funding-sources/{source}/authorizations/{authorization}/confirm": "PostBrimAuthorizationsAuthorizationConfirm",
    "/funding-sources/{source}/authorizations/{authorization}/end": "PostBrimAuthorizationsAuthorizationEnd",
    "/funding-sources/{source}/state-verified": "PostBrimFundingSourcesFundingSourceVerify",
    "/funding-sources/{source}/prenote": "PostBrimPrenotes",
    "/funding-sources/{source}/microdeposits": "PostBrimMicrodeposits",
    "/funding-sources/{source}/detach": "PostSourcesSourceDetach",
    "/funding-sources/{source}/default": "PostBrimDefaultFundingSources",
    "/events/{event}/resend": "PostEventsIdRetry",
    "/verification": "PostBrimVerifications",
    "/webhooks/new": "PostWebhookEndpoints",
    "/webhooks/{endpoint}/edit": "PostWebhookEndpointsWebhookEndpoint",
    "/webhooks/{endpoint}/disable": "PostWebhookEndpointsWebhookEndpoint",
    "/webhooks/{endpoint}/enable": "PostWebhookEndpointsWebhookEndpoint",
    "/webhooks/{endpoint}/resend": "PostWebhookEndpointsWebhookEndpointResend",
    "/webhooks/{endpoint}/attempts/{attempt}/resend": "PostEventsIdRetry",
    "/webhooks/{endpoint}/test": "PostWebhookEndpointsWebhookEndpointTest",
    "/webhooks/{endpoint}/roll": "PostWebhookEndpointsWebhookEndpointRollSecret",
    "/webhooks/{endpoint}/delete": "DeleteWebhookEndpointsWebhookEndpoint",
    "/accounts/new": "PostAccounts",
    "/accounts/{account}": "PostAccountsAccount",
    "/live-money/stop": "PostBrimRailsRailStop",
    "/live-money/resume": "PostBrimRailsRailResume",
    "/ach/originators/new": "PostBrimAchOriginators",
    "/ach/originators/new-sepa": "PostBrimAchOriginators",
    "/ach/originators/{originator}/edit": "PostBrimAchOriginatorsOriginator",
    "/ach/originators/{originator}/activate": "PostBrimAchOriginatorsOriginatorActivate",
    "/ach/originators/{originator}/suspend": "PostBrimAchOriginatorsOriginatorSuspend",
    "/ach/files/{file}/approve": "PostBrimAchFilesFileApprove",
    "/ach/files/{file}/void": "PostBrimAchFilesFileVoid",
    "/ach/files/{file}/resubmit": "PostBrimAchFilesFileResubmit",
    "/ach/bank-files/import": "PostBrimAchBankFiles",
    "/ach/bank-files/{file}/approve": "PostBrimAchBankFilesBankFileApprove",
    "/ach/bank-files/{file}/reject": "PostBrimAchBankFilesBankFileReject",
    "/ach/return-rates/{subject}/override": "PostBrimAchReturnRatesSubjectOverride",
    "/ach/return-rates/{subject}/approve-override": "PostBrimAchReturnRatesSubjectApproveOverride",
    "/ach/return-rates/{subject}/end-override": "PostBrimAchReturnRatesSubjectEndOverride",
    "/ach/returns/{return}/dishonor": "PostBrimAchReturnsReturnDishonor",
    "/ach/reversals": "PostBrimAchReversals",
    "/reports": "PostReportingReportRuns",
    "/refunds": "PostBrimRefunds",
    "/refunds/{refund}/cancel": "PostBrimRefundsRefundCancel",
    "/ach/corrections/{correction}/refuse": "PostBrimCorrectionsCorrectionRefuse",
    "/breaks/{break}/resolve": "PostBrimBreaksBreakResolve",
    "/breaks/{break}/take-in": "PostBrimBreaksBreakTakeIn",
    "/breaks/{break}/reopen": "PostBrimBreaksBreakReopen",
    "/breaks/{break}/assign": "PostBrimBreaksBreak",
    "/statement-mappings/{bank_account}": "PostBrimStatementMappings",
    "/statement-lines/{line}/settle": "PostBrimLineSettlements",
    "/line-settlements/{settlement}/confirm": "PostBrimLineSettlementsLineSettlementConfirm",
    "/line-settlements/{settlement}/reject": "PostBrimLineSettlementsLineSettlementReject",
    "/line-settlements/{settlement}/undo": "PostBrimLineSettlementsLineSettlementUndo",
    "/funding-instructions": "PostBrimFundingInstructions",
    "/incoming-transfers/{incoming_transfer}": "PostBrimIncomingTransfersIncomingTransfer",
    "/incoming-transfers/{incoming_transfer}/assign": "PostBrimIncomingTransfersIncomingTransferAssign",
    "/incoming-transfers/{incoming_transfer}/send-back": "PostBrimIncomingTransfersIncomingTransferSendBack",
    "/incoming-transfers/{incoming_transfer}/approve": "PostBrimIncomingTransfersIncomingTransferApprove",
    "/incoming-transfers/{incoming_transfer}/decline": "PostBrimIncomingTransfersIncomingTransferDecline",
}
"""The operation that a form asks for; the other kinds of what it is about have one like it."""

BY_USE_CASE: Final = {
    "/settings/profile/notifications/reset": "/settings/profile/notifications",
    "/stripecli/confirm_auth": "brim login approve",
    "/settings/profile/codes/off": "/settings/operators/{operator}/reset-codes",
}
"""The case of tests/db/test_audit.py, where it has another name than the page."""

CHANGES_NOTHING: Final = {
    "/account": "which account this browser is shown",
    "/account/time-zone": "in which zone this browser is shown times",
    "/saved-views": "filters that this browser keeps",
    "/sign-in": "signing in, which writes its entry with the session",
    "/sign-in/code": "the same, with a code",
    "/sign-out": "signing out, which writes its entry with the end of the session",
    "/settings/profile/codes": "a secret that does not count yet",
    "/ach/files/{file}/download": "giving bytes, with its entry in the transaction that reads them",
    "/ach/bank-files/{file}/download": "the same, of a file from the bank",
    "/statement-mappings/{bank_account}/preview": "reading a file, which is not stored",
    "/docs/api/own-key": "the reference, which shows a key",
    "/docs/api/{chapter}/{section}/sample": "the reference, which writes a sample",
    "/docs/api/{chapter}/{section}/send": "the reference, which asks the API",
}


class _NoPeople:
    """Stands for the ways to operators where routes are listed and none is used."""

    openid = None

    def __getattr__(self, name: str) -> Any:
        return None


def _without_mode(pattern: str) -> str:
    return pattern.removeprefix(TEST_PREFIX) if pattern.startswith(f"{TEST_PREFIX}/") else pattern


def test_every_form_is_known_by_what_tells_of_it(database: Database) -> None:
    pages, api, sessions = Pages(Assets()), RecordedApi({}), CookieSessions()
    people = cast("Any", _NoPeople())
    parts = PageDependencies(pages, api, sessions, Watchers(database), NO_KEYS, people)
    signed = SignedPages(parts)
    routes = (
        *Reference(OPERATIONS, pages, Explorer(api, sessions)).routes(),
        *dashboard_routes(parts),
        *operator_routes(pages, people, sessions, signed, OPERATIONS),
    )
    forms = {_without_mode(route.pattern) for route in routes if route.method == "POST"}
    told = BY_API.keys() | BY_USE_CASE.keys() | (CASES.keys() & forms)
    assert forms == told | CHANGES_NOTHING.keys()
    assert set(BY_API.values()) <= {operation.operation_id for operation in OPERATIONS}
    assert set(BY_USE_CASE.values()) <= CASES.keys()
