"""The matrix of restricted keys: every operation, every permission of every resource, own and foreign objects.

It is made from the table of operations, so a new operation is in it as soon as it is served. Where no request here
makes objects of its resource yet, it is asked for an id that nobody has.
"""

from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from brim.api.framework.operation import Operation
from brim.api.resources.operations import OPERATIONS
from brim.core.access.rules import OPERATORS_ONLY, PERMISSION_LEVELS, RESOURCES
from brim.core.access.service import create_key
from brim.core.accounts import NotOperatorError, NotPlatformError
from brim.platform.database import Database
from brim.testing.terminal import typed
from tests.support.long_form import IS_LONG
from tests.support.permissions import BANK_ACCOUNT, BANK_SOURCE, BANK_TOKEN, assert_right_wanted
from tests.support.polling import until
from tests.support.service import Server
from tests.support.wire import Form, Wire, WireReply, assert_error

if TYPE_CHECKING:
    from collections.abc import Callable

NOBODYS: Final = "xx_000000000000000000000000"
REQUIRED: Final = {
    "amount": "100",
    "covers": "account",
    "currency": "usd",
    "frozen_time": "1900000001",
    "reason": "other",
    "since": "1",
}
"""A value for each parameter that an operation cannot do without."""

CLOCKS: Final = "/v1/test_helpers/test_clocks"
ENDPOINTS: Final = "/v1/webhook_endpoints"
ON_ACCOUNTS: Final = next(each for each in OPERATIONS if each.resource == "accounts")
SHOWING_EVENTS: Final = {
    "GetEvents",
    "GetEventsId",
    "PostEventsIdRetry",
    "PostWebhookEndpointsWebhookEndpointResend",
    "PostWebhookEndpointsWebhookEndpointRollSecret",
    "PostWebhookEndpointsWebhookEndpointTest",
}
"""Operations that show the object of an event, which needs a permission of its own: see test_rights.py."""

CURSORS: Final = {"starting_after", "ending_before"}
EACH: Final = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.operation_id)


class Permission(NamedTuple):
    """All that a restricted key may do: something with one resource."""

    resource: str
    level: str

    def allows(self, operation: Operation) -> bool:
        """Tell whether such a key is let in, in words of the test's own: write includes read."""
        letting_in = {"none": (), "read": ("read",), "write": ("read", "write")}
        return self.resource == operation.resource and operation.level in letting_in[self.level]


PERMISSIONS: Final = [Permission(resource, level) for resource, level in product(RESOURCES, PERMISSION_LEVELS)]


class Party:
    """An account with a secret key, a key for each permission, and objects to try them on."""

    def __init__(self, server: Server) -> None:
        self.account = server.make_account().id
        self.wire = Wire(server.url, server.make_key(self.account))
        self.keys = server.run(self._make_keys)
        self._settled = cache(self._settle)
        self._makers: dict[str, Callable[[], str]] = {
            "topups": lambda: str(self.wire.create()["id"]),
            "balance_transactions": lambda: str(self._settled()["data"]["object"]["balance_transaction"]),
            "events": lambda: str(self._settled()["id"]),
            "test_clocks": self._make_clock,
            "accounts": lambda: str(self.wire.post("/v1/accounts").json["id"]),
            "payment_methods": lambda: str(self.wire.post("/v1/payment_methods", BANK_ACCOUNT).json["id"]),
            "sources": lambda: str(self.wire.post("/v1/sources", BANK_SOURCE).json["id"]),
            "webhook_endpoints": self._make_endpoint,
            "tokens": lambda: str(self.wire.post("/v1/tokens", BANK_TOKEN).json["id"]),
        }

    async def _make_keys(self, database: Database) -> dict[Permission, str]:
        made = {
            permission: await create_key(
                database,
                account=self.account,
                livemode=False,
                permissions={permission.resource: permission.level},
                name=None,
                **typed(),
            )
            for permission in PERMISSIONS
        }
        return {permission: new.secret for permission, new in made.items()}

    def object_for(self, operation: Operation) -> str:
        """Return the id of an object of this account's that the operation works on; two with a slash between them."""
        if operation.path.endswith("/capabilities/{capability}"):
            return f"{self._makers['accounts']()}/transfers"
        if operation.path.endswith("/external_accounts/{id}"):
            return self._make_external_account()
        if operation.path.endswith("/attempts/{attempt}"):
            return self._make_attempt()
        if "{funding_instructions}" in operation.path:
            wanted = {"amount": 100, "currency": "usd"}
            return str(self.wire.post("/v1/brim/funding_instructions", wanted).json["id"])
        make = self._makers.get(operation.resource)
        is_of_another_kind = "{currency}" in operation.path or "{negative_balance}" in operation.path
        return make() if make and not is_of_another_kind else NOBODYS

    def _make_external_account(self) -> str:
        """Return the ids of a new account and its second bank account, which can be deleted."""
        account = self._makers["accounts"]()
        path, form = f"/v1/accounts/{account}/external_accounts", {"external_account": "btok_us_verified"}
        self.wire.post(path, form)
        return f"{account}/{self.wire.post(path, form).json['id']}"

    def give_time_back(self) -> None:
        """Delete the account's clock, so that what comes next lives in real time."""
        for clock in self.wire.get(CLOCKS).json["data"]:
            assert self.wire.send("DELETE", f"{CLOCKS}/{clock['id']}").status == 200

    def _make_clock(self) -> str:
        self.give_time_back()
        return str(self.wire.post(CLOCKS, {"frozen_time": 1_900_000_000}).json["id"])

    def _make_endpoint(self) -> str:
        """Return the id of a new endpoint, the only one: an account may have so many and no more."""
        for endpoint in self.wire.get(ENDPOINTS).json["data"]:
            assert self.wire.send("DELETE", f"{ENDPOINTS}/{endpoint['id']}").status == 200
        form = {"url": "http://127.0.0.1:9/hooks", "enabled_events[]": "balance.available"}
        return str(self.wire.post(ENDPOINTS, form).json["id"])

    def _make_attempt(self) -> str:
        """Return the ids of a new endpoint and of an attempt to reach it."""
        self._settled()
        endpoint = self._make_endpoint()
        self.wire.post(f"{ENDPOINTS}/{endpoint}/test", {"type": "topup.succeeded"})
        path = f"{ENDPOINTS}/{endpoint}/attempts"
        attempt = until(lambda: self.wire.get(path).json["data"], what="an attempt")[0]
        return f"{endpoint}/{attempt['id']}"

    def _settle(self) -> Any:
        """Return the event of a top-up that has succeeded."""
        self.wire.create(source="btok_us_verified")
        return until(lambda: self.wire.get("/v1/events?type=topup.succeeded").json["data"], what="topup.succeeded")[0]


@pytest.fixture(scope="module")
def mine(server: Server) -> Party:
    """The account whose keys are tried."""
    return Party(server)


@pytest.fixture(scope="module")
def foreign(server: Server) -> Party:
    """An account that has nothing to do with it."""
    return Party(server)


def ask(wire: Wire, operation: Operation, path_id: str, *, account: str | None = None, query: str = "") -> WireReply:
    """Send what an operation cannot do without."""
    first, _, last = path_id.partition("/")
    ids = iter((first, last or first))
    path = "/".join(next(ids) if part.startswith("{") else part for part in operation.path.split("/"))
    form: Form = {p.name: REQUIRED[p.name] for p in operation.parameters if p.required and p.name in REQUIRED}
    headers = {"Stripe-Account": account} if account else {}
    if operation.is_v2:
        return wire.send_json(operation.method, path + query, dict(form), headers=headers)
    return wire.send(operation.method, path + query, form=form if operation.method == "POST" else None, headers=headers)


def assert_let_in(reply: WireReply) -> None:
    """Expect an operation to be tried, whatever it then finds wrong with what was sent."""
    assert reply.status < 500, reply.body
    assert reply.status != 401
    if reply.status == 403:  # somebody else's account, not a missing permission
        assert NOBODYS in reply.error["message"], reply.body


def assert_permission_named(reply: WireReply, operation: Operation) -> None:
    if operation.resource in OPERATORS_ONLY:
        sentence = "API keys can't approve. An operator has to, in the dashboard."
        assert_error(reply, 403, sentence, code="second_person_required")
        return
    assert_right_wanted(reply, operation.resource, operation.level)


def is_tried(permission: Permission, operation: Operation, *, is_own: bool) -> bool:
    """Tell whether a key is tried: of those for another resource the one that may do most, on an own object."""
    return IS_LONG or permission.resource == operation.resource or (is_own and permission.level == "write")


def is_for_the_operator(operation: Operation) -> bool:
    """Tell whether an operation is about the service itself, whatever a key's permissions."""
    return NotOperatorError in operation.errors


def assert_operator_wanted(reply: WireReply) -> None:
    assert reply.status == 403
    assert reply.error["message"].startswith("Only available to the platform account")


def assert_missing(reply: WireReply) -> None:
    """Expect an object not to be found, unless the operation has a parameter that this test knows no value for.

    An account that is not found is one that the key does not reach.
    """
    refusals = {
        (404, "resource_missing"),
        (404, "not_found"),
        (403, "account_invalid"),
        (400, "parameter_missing"),
    }
    assert (reply.status, reply.error["code"]) in refusals
    if reply.status == 400:
        assert reply.error["param"] not in REQUIRED


def test_every_operation_names_a_resource_and_a_level_that_keys_can_have() -> None:
    assert {operation.resource for operation in OPERATIONS} == {*RESOURCES, *OPERATORS_ONLY}
    assert {operation.level for operation in OPERATIONS} == {"read", "write"}
    assert all((operation.method == "GET") == (operation.level == "read") for operation in OPERATIONS)


@pytest.mark.long_form
@EACH
def test_a_restricted_key_is_let_in_exactly_where_its_permission_says(
    mine: Party, foreign: Party, operation: Operation
) -> None:
    ids = {mine: mine.object_for(operation), foreign: foreign.object_for(operation)}
    names_object = "{" in operation.path
    let_in = []
    for permission, key in mine.keys.items():
        wire = Wire(mine.wire.url, key)
        tried = {scope: ids[scope] for scope in ids if is_tried(permission, operation, is_own=scope is mine)}
        for scope, path_id in tried.items():
            reply = ask(wire, operation, path_id)
            if not permission.allows(operation):
                assert_permission_named(reply, operation)
            elif is_for_the_operator(operation):
                assert_operator_wanted(reply)
            elif operation.operation_id in SHOWING_EVENTS and (scope is mine or not names_object):
                assert reply.status == 403 or reply.error["message"].startswith("There is no event yet"), reply.body
            elif names_object and (scope is foreign or path_id == NOBODYS):
                assert_missing(reply)
            else:
                assert_let_in(reply)
                assert reply.status != 404
                let_in.append((scope, permission.level))
    for party in ids:
        party.give_time_back()
    levels = ["read", "write"] if operation.level == "read" else ["write"]
    if operation.resource in OPERATORS_ONLY:
        assert let_in == []
        return
    if ids[mine] != NOBODYS and not is_for_the_operator(operation) and operation.operation_id not in SHOWING_EVENTS:
        assert [level for scope, level in let_in if scope is mine] == levels


@EACH
def test_nobody_is_let_into_an_account_that_is_not_theirs(mine: Party, foreign: Party, operation: Operation) -> None:
    reply = ask(mine.wire, operation, NOBODYS, account=foreign.account)
    sentence = (
        f"The provided key 'sk_test_***' does not have access to account '{foreign.account}' "
        "(or that account does not exist). Application access may have been revoked."
    )
    assert_error(reply, 403, sentence, code="account_invalid")


@pytest.mark.parametrize(
    ("operation", "cursor"),
    [
        pytest.param(operation, parameter.name, id=f"{operation.operation_id}-{parameter.name}")
        for operation in OPERATIONS
        for parameter in operation.parameters
        if parameter.name in CURSORS
        and NotOperatorError not in operation.errors  # a list of the whole installation
        and operation.operation_id != "GetBrimAchFilesFileEntries"  # tests/api/test_ach_files.py: it is of a file
    ],
)
def test_a_list_knows_no_foreign_cursor(mine: Party, foreign: Party, operation: Operation, cursor: str) -> None:
    own = mine.object_for(operation) if "{" in operation.path else NOBODYS
    whose = f"&account={mine.account}" if any(p.required and p.name == "account" for p in operation.parameters) else ""
    reply = ask(mine.wire, operation, own, query=f"?{cursor}={foreign.object_for(operation)}{whose}")
    assert (reply.status, reply.error["code"], reply.error["param"]) == (400, "resource_missing", cursor)
    foreign.give_time_back()


@EACH
def test_a_platforms_restricted_key_may_do_no_more_for_its_accounts_than_for_itself(
    mine: Party, operation: Operation
) -> None:
    under = mine.object_for(ON_ACCOUNTS)
    for permission, key in mine.keys.items():
        reply = ask(Wire(mine.wire.url, key), operation, NOBODYS, account=under)
        if not permission.allows(operation):
            assert_permission_named(reply, operation)
        elif is_for_the_operator(operation):
            assert_operator_wanted(reply)
        elif operation.resource == "ach" and reply.status == 403:
            assert NotPlatformError in operation.errors
            assert reply.error["message"].startswith("Only available to a platform.")
        elif operation.operation_id == "GetEvents":
            assert_right_wanted(reply, "topups")
        else:
            assert_let_in(reply)
