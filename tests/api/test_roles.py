"""The matrix of roles: every operation, every role, in test mode and in live mode, whoever else has a role.

It is made from the table of operations. What each of them changes is listed here in words of the test's own, so an
operation that is new, or whose resource changes, fails until somebody has said which roles it is for.
"""

from collections.abc import Iterable
from itertools import chain, combinations
from typing import Any, Final, cast

import msgspec
import pytest

from brim.api.app import Api
from brim.api.framework.call import Call, Service
from brim.api.framework.operation import Operation
from brim.api.resources.operations import OPERATIONS
from brim.base import json_codec
from brim.base.actor import Actor, ActorKind
from brim.base.scope import AccountScope
from brim.core.access.service import create_account, create_key
from brim.core.idempotency import Result
from brim.core.operators.dashboard_keys import OperatorKeys
from brim.core.operators.rules import MONEY_ROLES, Role
from brim.http.intake import Limits
from brim.http.message import Request
from brim.http.origin import Proxies
from brim.platform.database import Database
from brim.testing.terminal import typed
from tests.support.people import IDS, NOW_MS, VAULT, add

APPROVALS: Final = {
    "PostBrimAchBankFilesBankFileApprove",
    "PostBrimAchFilesFileApprove",
    "PostBrimAchOriginatorsOriginatorActivate",
    "PostBrimAchReturnRatesSubjectApproveOverride",
    "PostBrimLineSettlementsLineSettlementConfirm",
    "PostBrimIncomingTransfersIncomingTransferApprove",
}
MONEY: Final = {
    "DeleteBrimDefaultFundingSourcesCurrency",
    "PostBrimAchBankFiles",
    "PostBrimAchBankFilesBankFileReject",
    "PostBrimAchFilesFileResubmit",
    "PostBrimAchFilesFileVoid",
    "PostBrimAchOriginators",
    "PostBrimAchOriginatorsOriginator",
    "PostBrimAchOriginatorsOriginatorSuspend",
    "PostBrimAchReturnRatesSubjectEndOverride",
    "PostBrimAchReturnRatesSubjectOverride",
    "PostBrimAuthorizations",
    "PostBrimBalanceReserves",
    "PostBrimNegativeBalancesNegativeBalanceTopUp",
    "PostTestHelpersBalanceHold",
    "PostBrimAuthorizationsAuthorizationAmend",
    "PostBrimAuthorizationsAuthorizationConfirm",
    "PostBrimAuthorizationsAuthorizationEnd",
    "PostBrimAchReturnsReturnDishonor",
    "PostBrimAchReversals",
    "PostBrimRefunds",
    "PostBrimRefundsRefundCancel",
    "PostBrimBreaksBreak",
    "PostBrimFundingInstructions",
    "PostBrimIncomingTransfersIncomingTransfer",
    "PostBrimIncomingTransfersIncomingTransferAssign",
    "PostBrimIncomingTransfersIncomingTransferDecline",
    "PostBrimIncomingTransfersIncomingTransferSendBack",
    "PostBrimKnownPayersKnownPayerForget",
    "PostTestHelpersFundingInstructionsFundingInstructionsFund",
    "PostBrimBreaksBreakResolve",
    "PostBrimBreaksBreakTakeIn",
    "PostBrimBreaksBreakReopen",
    "PostBrimCorrectionsCorrectionRefuse",
    "PostBrimDefaultFundingSources",
    "PostBrimFundingSourcesFundingSourceVerify",
    "PostBrimLineSettlements",
    "PostBrimStatementMappings",
    "PostBrimStatementMappingsPreview",
    "PostBrimStatementMappingsStatementMapping",
    "PostBrimLineSettlementsLineSettlementReject",
    "PostBrimLineSettlementsLineSettlementUndo",
    "PostBrimMicrodeposits",
    "PostBrimPrenotes",
    "PostBrimRailsRailResume",
    "PostBrimRailsRailStop",
    "PostPaymentMethods",
    "PostPaymentMethodsPaymentMethod",
    "PostPaymentMethodsPaymentMethodAttach",
    "PostPaymentMethodsPaymentMethodDetach",
    "PostPaymentMethodsPaymentMethodVerifyMicrodeposits",
    "PostSources",
    "PostSourcesSource",
    "PostSourcesSourceDetach",
    "PostSourcesSourceVerify",
    "PostTestHelpersTopupsTopupFail",
    "PostTestHelpersTopupsTopupReverse",
    "PostTestHelpersTopupsTopupSucceed",
    "PostTokens",
    "PostTopups",
    "PostTopupsTopup",
    "PostTopupsTopupCancel",
}
LEGAL_HOLDS: Final = {"PostBrimLegalHolds", "PostBrimLegalHoldsLegalHoldLift"}
"""They hold live mode too, whichever mode they are asked in."""

SETTINGS: Final = {
    *LEGAL_HOLDS,
    "DeleteAccountsAccount",
    "DeleteAccountsAccountExternalAccountsId",
    "DeleteTestHelpersTestClocksTestClock",
    "DeleteV2CoreEventDestinationsId",
    "DeleteWebhookEndpointsWebhookEndpoint",
    "PostAccounts",
    "PostAccountsAccount",
    "PostAccountsAccountCapabilitiesCapability",
    "PostAccountsAccountExternalAccounts",
    "PostAccountsAccountExternalAccountsId",
    "PostAccountsAccountLoginLinks",
    "PostBrimVerifications",
    "PostAccountsAccountReject",
    "PostEventsIdRetry",
    "PostStripecliSessions",
    "PostTestHelpersTestClocks",
    "PostTestHelpersTestClocksTestClockAdvance",
    "PostV2CoreEventDestinations",
    "PostV2CoreEventDestinationsId",
    "PostV2CoreEventDestinationsIdDisable",
    "PostV2CoreEventDestinationsIdEnable",
    "PostV2CoreEventDestinationsIdPing",
    "PostWebhookEndpoints",
    "PostWebhookEndpointsWebhookEndpoint",
    "PostWebhookEndpointsWebhookEndpointResend",
    "PostWebhookEndpointsWebhookEndpointRollSecret",
    "PostWebhookEndpointsWebhookEndpointTest",
}
REPORTS: Final = {"PostReportingReportRuns"}
"""They change nothing."""

LET_IN: Final = "let in"
NO_RIGHT: Final = "no right"
NO_PERSON: Final = "no person"

HELD: Final = [set(each) for size in range(3) for each in combinations(sorted(MONEY_ROLES), size)]
"""Each set of roles about live money that somebody may have."""


def roles_for(operation: Operation, *, livemode: bool, held: set[Role]) -> set[Role]:
    """Return who may do it, in words of the test's own."""
    if operation.method == "GET":
        return set(Role)
    if not livemode:
        if operation.operation_id in REPORTS:
            return {Role.ADMIN, Role.DEVELOPER, Role.FINANCE, Role.APPROVER}
        return {Role.ADMIN} if operation.operation_id in LEGAL_HOLDS else {Role.ADMIN, Role.DEVELOPER}
    if operation.operation_id in REPORTS:
        return {Role.ADMIN, Role.FINANCE, Role.APPROVER}
    if operation.operation_id in SETTINGS:
        return {Role.ADMIN}
    [role] = [
        role for role, theirs in ((Role.FINANCE, MONEY), (Role.APPROVER, APPROVALS)) if operation.operation_id in theirs
    ]
    return {role} if role in held else {role, Role.ADMIN}


async def _answer(_call: Call) -> Result:
    return Result(body=b"{}")


def api_of(database: Database) -> Api:
    """Return the API with handlers that do nothing: what comes as far as there is let in."""
    operations = [msgspec.structs.replace(each, handler=_answer, parameters=()) for each in OPERATIONS]
    service = Service(**{**dict.fromkeys(Service.__struct_fields__, cast("Any", None)), **_used(database)})
    limits = Limits(
        max_body=1,
        max_header=1,
        max_connections=1,
        max_connections_per_address=1,
        max_unfinished=1,
        max_unfinished_per_address=1,
        idle_timeout_s=1.0,
        read_timeout_s=1.0,
    )
    return Api(operations, service, limits=limits, request_log=None, system={})


def _used(database: Database) -> dict[str, Any]:
    return {"database": database, "clock": lambda: NOW_MS, "proxies": Proxies(), "own_url": ""}


async def ask(api: Api, operation: Operation, key: str, *, operator: str | None, account: str = "") -> str:
    """Return what becomes of a request with a key: of an operator's page, or of a program."""
    headers = {b"authorization": f"Bearer {key}".encode()}
    if account:
        headers[b"stripe-account"] = account.encode()
    path = "/".join("x" if part.startswith("{") else part for part in operation.path.split("/"))
    request = Request(operation.method, path, b"", headers, b"")
    request.operator = operator and Actor(kind=ActorKind.OPERATOR, id=operator, name="x")  # type: ignore[assignment]
    reply = await api.handle(request)
    if reply.status == 200:
        return LET_IN
    error = json_codec.decode(reply.body)["error"]
    if error.get("code") == "second_person_required":
        return NO_PERSON
    assert (reply.status, "permission would allow this" in error["message"]) == (403, True), reply.body
    return NO_RIGHT


def test_what_changes_something_is_listed_with_whose_it_is() -> None:
    changing = {each.operation_id for each in OPERATIONS if each.method != "GET"}
    assert changing == MONEY | SETTINGS | APPROVALS | REPORTS
    assert len(changing) == len(MONEY) + len(SETTINGS) + len(APPROVALS) + len(REPORTS)


@pytest.mark.parametrize("held", HELD, ids=lambda held: "-".join(sorted(held)) or "nobody")
@pytest.mark.parametrize("livemode", [False, True], ids=["test", "live"])
async def test_every_role_is_let_in_exactly_where_it_should_be(
    database: Database, livemode: bool, held: set[Role]
) -> None:
    account = (await create_account(database, platform=None, **typed(NOW_MS))).account
    present = [role for role in Role if role not in MONEY_ROLES or role in held]
    people = {role: await add(database, f"{role}@example.com", role) for role in present}
    keys = OperatorKeys(database, VAULT, ids=IDS)
    scope = AccountScope(account, livemode)
    secrets = {role: await keys.key_of(each, scope, now_ms=NOW_MS) for role, each in people.items()}
    api = api_of(database)
    wrong = []
    for operation, (role, operator) in _pairs(people.items()):
        expected = LET_IN if role in roles_for(operation, livemode=livemode, held=held) else NO_RIGHT
        found = await ask(api, operation, secrets[role], operator=operator.id)
        if found != expected:
            wrong.append((operation.operation_id, role.value, found))
        copied = await ask(api, operation, secrets[role], operator=None)
        if copied != (NO_PERSON if operation.operation_id in APPROVALS else expected):
            wrong.append((operation.operation_id, f"{role.value}, by a copied key", copied))
    assert wrong == []


def _pairs(people: Iterable[Any]) -> Iterable[tuple[Operation, Any]]:
    held = list(people)
    return ((operation, each) for operation in OPERATIONS for each in held)


@pytest.mark.parametrize("livemode", [False, True], ids=["test", "live"])
async def test_no_key_of_a_program_approves_whatever_it_may(database: Database, livemode: bool) -> None:
    """Neither a secret key, nor one with every right, nor a platform's for an account under it."""
    platform = (await create_account(database, platform=None, **typed(NOW_MS))).account
    under = (await create_account(database, platform=platform, **typed(NOW_MS))).account
    approving = [each for each in OPERATIONS if each.resource == "ach_approvals"]
    assert {each.operation_id for each in approving} == APPROVALS
    everything = {each.resource: "write" for each in OPERATIONS}
    api = api_of(database)
    for owner, permissions in chain(((platform, None), (platform, everything), (under, None), (under, everything))):
        new = await create_key(
            database, account=owner, livemode=livemode, permissions=permissions, name=None, **typed(NOW_MS)
        )
        for operation in approving:
            assert await ask(api, operation, new.secret, operator=None) == NO_PERSON
            if owner == platform:
                assert await ask(api, operation, new.secret, operator=None, account=under) == NO_PERSON
