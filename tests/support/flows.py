"""Every write there is, as a table: what it is called, what must be there before it, and how it is done.

A new use case that writes is one more row of `FLOWS`; test_every_statement.py then stops it wherever it can be stopped.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

import msgspec
from argon2 import PasswordHasher

from brim.api.framework.errors import render_error, render_v2_error
from brim.api.resources.accounts.wire import account_json
from brim.api.resources.v2_core.destination_wire import destination_json, reveal_secret
from brim.api.wire_formats import WIRE_FORMATS
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.access import service as keys
from brim.core.account_closing.service import delete_account, reject_account
from brim.core.accounts.access import UnreachableAccountError
from brim.core.accounts.service import CreateAccount, create_platform_account
from brim.core.idempotency.rules import KEPT_MS
from brim.core.ledger.sealing import seal_entries
from brim.core.operators.password_links import make_password_link, use_password_link
from brim.core.operators.passwords import Passwords
from brim.core.operators.rules import Role
from brim.core.operators.service import NewOperator, add_operator
from brim.core.operators.sign_in_rules import PasswordLinkOverError
from brim.core.pairing import service as pairing
from brim.core.pairing.rules import PairingRedeemedError, UnknownPairingError, code_of
from brim.core.pruning.service import prune_idempotency_keys
from brim.core.rails.protocol import Fail, Outcome, Return, Succeed
from brim.core.test_clocks.service import delete_ended_clock
from brim.core.time.rules import KEPT_S
from brim.core.webhooks.destinations import create_destination, delete_destination, ping_destination
from brim.core.webhooks.endpoints import DESTINATION_PREFIX, EndpointRules, NewEndpoint
from brim.core.webhooks.rules import EventPayload
from brim.core.webhooks.service import EndpointParameters, RenderEndpoint
from brim.testing.terminal import typed
from tests.support.clockwork import VAULT, Clockwork
from tests.support.people import BY, EMAIL, PASSWORD

OWNER: Final = AccountScope("acct_crash", livemode=False)
NOW_MS: Final = 1_795_305_600_000  # 2026-11-22 00:00 UTC
_DAY_MS: Final = 24 * 60 * 60 * 1000
_FROZEN: Final = NOW_MS // 1000
_MONTHS_LATER: Final = _FROZEN + 100 * 86400
_NEIGHBOURS: Final = 8
KEY: Final = "once"
_DESTINATION: Final = NewEndpoint(
    url="http://127.0.0.1:9/",
    enabled_events=("*",),
    secret="whsec_crash",
    prefix=DESTINATION_PREFIX,
    event_payload=EventPayload.THIN,
    name="Till",
)

Prepare: TypeAlias = Callable[[Clockwork], Awaitable[str]]
"""Brings about what a write needs, and returns the id of what it is about. It may leave the clockwork in any time."""

Act: TypeAlias = Callable[[Clockwork, str], Awaitable[Any]]
"""Does the write as a client or a worker would, and returns what has to be the same however often that is."""


async def _nothing(_brim: Clockwork) -> str:
    return ""


@dataclass(frozen=True)
class Flow:
    """One write.

    Attributes:
        name: what is printed.
        act: does it.
        prepare: makes what it needs.
        is_repeatable: doing it again changes nothing and answers the same; else it does one more of its kind.
        is_atomic: it is one transaction, so that it happens wholly or not at all.
    """

    name: str
    act: Act
    prepare: Prepare = _nothing
    is_repeatable: bool = True
    is_atomic: bool = True

    def __str__(self) -> str:
        return self.name


async def create_one(brim: Clockwork) -> str:
    """Leave a pending top-up and return its id."""
    topup_id: str = (await brim.create(OWNER))["id"]
    return topup_id


async def _create_and_succeed(brim: Clockwork) -> str:
    topup_id = await create_one(brim)
    await brim.force(OWNER, topup_id, Succeed())
    return topup_id


async def _create_together(brim: Clockwork, _: str) -> list[Any]:
    """Create one with its neighbours in a batch: all are answered, or none is."""
    missing = [brim.create(OWNER, amount=100 + number, key=f"{KEY}-{number}") for number in range(1 + _NEIGHBOURS)]
    replies = await asyncio.gather(*missing, return_exceptions=True)
    failures = {type(reply): reply for reply in replies if isinstance(reply, BaseException)}
    if not failures:
        return replies
    (failure,) = failures.values()
    assert all(isinstance(reply, BaseException) for reply in replies)
    raise failure


async def _update(brim: Clockwork, topup_id: str) -> Any:
    return await brim.update(OWNER, topup_id, description="as it is now", key=KEY)


async def _cancel(brim: Clockwork, topup_id: str) -> Any:
    return await brim.cancel(OWNER, topup_id, key=KEY)


def _force(outcome: Outcome) -> Act:
    async def act(brim: Clockwork, topup_id: str) -> Any:
        return await brim.force(OWNER, topup_id, outcome, key=KEY)

    return act


async def _have_all_kinds_due(brim: Clockwork) -> str:
    """Leave a success, two refusals, money that will go back, and money that goes back now; all due at `NOW_MS`."""
    brim.now_ms = NOW_MS - _DAY_MS
    await brim.create(OWNER, amount=700, source="btok_us_verified_reversed")
    brim.now_ms += 5_000
    assert await brim.settle() == 1
    for currency, source in [
        ("usd", None),
        ("eur", None),
        ("usd", "btok_us_verified_noAccount"),
        ("usd", "btok_us_verified_accountClosed"),
        ("usd", "btok_us_verified_reversed"),
    ]:
        await brim.create(OWNER, currency=currency, source=source)
    return ""


async def _settle(brim: Clockwork, _: str) -> None:
    await brim.settle()


async def _settle_all_kinds(brim: Clockwork) -> str:
    """Leave entries that wait for their seals."""
    await _have_all_kinds_due(brim)
    await brim.settle()
    return ""


async def _seal(brim: Clockwork, _: str) -> None:
    await seal_entries(brim.database)


async def _make_account(brim: Clockwork, platform: str) -> Any:
    answer = await create_platform_account(
        brim.database,
        brim.context(AccountScope(platform, livemode=False), key=KEY),
        CreateAccount(email="a@example.com", settlement_days=2),
        render=account_json,
        render_error=render_error,
    )
    return brim.id_in(answer)


async def _have_an_account_under(brim: Clockwork) -> str:
    """Leave an account under a platform, and return both."""
    platform = await _create_account(brim)
    return f"{platform} {await _make_account(brim, platform)}"


async def _reject_account(brim: Clockwork, both: str) -> Any:
    platform, account = both.split()
    answer = await reject_account(
        brim.database,
        brim.context(AccountScope(platform, livemode=False), key="reject"),
        account,
        "fraud",
        asking=platform,
        render=account_json,
        render_error=render_error,
    )
    return brim.id_in(answer)


async def _delete_account(brim: Clockwork, both: str) -> None:
    platform, account = both.split()
    with suppress(UnreachableAccountError):  # what a platform is told that deletes it again
        attempt = brim.context(AccountScope(platform, livemode=False))
        await delete_account(brim.database, attempt, account, asking=platform)


async def _add_destination(brim: Clockwork, _: str) -> Any:
    """Add a destination under a key; its secret is told again to whoever asks again."""
    wanted = _destination_parameters(brim, lambda endpoint, secret: destination_json(endpoint, secret=secret))
    answer = await create_destination(brim.database, brim.context(OWNER, key=KEY), wanted)
    return msgspec.json.decode(answer.body)["webhook_endpoint"]


async def _have_destination(brim: Clockwork) -> str:
    wanted = _destination_parameters(brim, lambda endpoint, _: destination_json(endpoint))
    return brim.id_in(await create_destination(brim.database, brim.context(OWNER), wanted))


def _destination_parameters(brim: Clockwork, render: RenderEndpoint) -> EndpointParameters:
    return EndpointParameters(
        new=_DESTINATION,
        rules=EndpointRules(),
        ids=brim.ids,
        vault=VAULT,
        render=render,
        reveal=reveal_secret,
        render_error=render_v2_error,
    )


async def _ping_destination(brim: Clockwork, endpoint_id: str) -> Any:
    answer = await ping_destination(
        brim.database,
        brim.context(OWNER, key=KEY),
        endpoint_id,
        ids=brim.ids,
        renderers=WIRE_FORMATS,
        render_error=render_v2_error,
    )
    return brim.id_in(answer)


async def _delete_destination(brim: Clockwork, endpoint_id: str) -> Any:
    answer = await delete_destination(
        brim.database, brim.context(OWNER, key=KEY), endpoint_id, body=b'{"id":"gone"}', render_error=render_v2_error
    )
    return brim.id_in(answer)


async def _freeze(brim: Clockwork) -> str:
    return await brim.freeze(OWNER, _FROZEN)


async def _freeze_with_all_kinds(brim: Clockwork) -> str:
    clock_id = await _freeze(brim)
    for currency, source in [
        ("usd", None),
        ("jpy", None),
        ("usd", "btok_us_verified_noAccount"),
        ("usd", "btok_us_verified_reversed"),
        ("eur", "btok_us_verified_reversedLate"),
        ("usd", "btok_us_verified_pending"),
    ]:
        await brim.create(OWNER, currency=currency, source=source)
    return clock_id


async def _send(brim: Clockwork) -> str:
    clock_id = await _freeze_with_all_kinds(brim)
    await brim.send(OWNER, clock_id, _MONTHS_LATER)
    return clock_id


async def _send_past_a_return(brim: Clockwork) -> str:
    clock_id = await _freeze(brim)
    await brim.create(OWNER, source="btok_us_verified_reversed")
    await brim.send(OWNER, clock_id, _MONTHS_LATER)
    return clock_id


async def _send_an_idle_clock(brim: Clockwork) -> str:
    clock_id = await _freeze(brim)
    await brim.send(OWNER, clock_id, _MONTHS_LATER)
    return clock_id


async def _step(brim: Clockwork, _: str) -> None:
    await brim.step(limit=2)


async def _advance_to_the_end(brim: Clockwork, _: str) -> None:
    while await brim.step():
        pass


async def _thaw(brim: Clockwork, clock_id: str) -> None:
    with suppress(ResourceMissingError):  # what a client whose first answer was lost is told
        await brim.thaw(OWNER, clock_id)


async def _remove_ended(brim: Clockwork, _: str) -> None:
    await delete_ended_clock(
        brim.database, queues=brim.queues, now_ms=NOW_MS + KEPT_S * 1000, ids=brim.ids, renderers=WIRE_FORMATS
    )


async def _create_under_old_keys(brim: Clockwork) -> str:
    brim.now_ms = NOW_MS - KEPT_MS - 1
    for number in range(5):
        await brim.create(OWNER, key=f"old-{number}")
    return ""


async def _prune(brim: Clockwork, _: str) -> None:
    await prune_idempotency_keys(brim.database, now_ms=NOW_MS, limit=100)


async def _create_account(brim: Clockwork) -> str:
    return (await keys.create_account(brim.database, platform=None, **typed(NOW_MS))).account


async def _create_key(brim: Clockwork) -> str:
    account = await _create_account(brim)
    new_key = partial(keys.create_key, brim.database, livemode=False, permissions=None, name=None, **typed(NOW_MS))
    return (await new_key(account=account)).key.id


async def _add_account(brim: Clockwork, platform: str) -> None:
    await keys.create_account(brim.database, platform=platform or None, **typed(NOW_MS))


async def _add_key(brim: Clockwork, account: str) -> None:
    permissions = {"topups": "write"}
    await keys.create_key(
        brim.database, account=account, livemode=True, permissions=permissions, name="till", **typed(NOW_MS)
    )


async def _roll_key(brim: Clockwork, key_id: str) -> None:
    await keys.roll_key(brim.database, key_id=key_id, grace_ms=_DAY_MS, **typed(NOW_MS))


async def _revoke_key(brim: Clockwork, key_id: str) -> Any:
    return await keys.revoke_key(brim.database, key_id=key_id, **typed(NOW_MS))


async def _begin(brim: Clockwork, _: str) -> str:
    return await keys.ensure_first_account(brim.database, "sk_test_" + "a" * 43, NOW_MS, ids=IdFactory())


async def _ask_for_a_login(brim: Clockwork, _: str) -> None:
    await pairing.begin_pairing(brim.database, device="devbox", client_version="1.52.0", now_ms=NOW_MS)


async def _have_a_login_wait(brim: Clockwork) -> str:
    """Leave an account and a login, and return the words that approve it."""
    await _create_account(brim)
    new = await pairing.begin_pairing(brim.database, device="devbox", client_version="1.52.0", now_ms=NOW_MS)
    return code_of(new.token)


async def _approve_login(brim: Clockwork, code: str) -> None:
    with suppress(UnknownPairingError):  # what an operator is told who approves it again
        await pairing.approve_pairing(brim.database, code, account=None, by=BY, now_ms=NOW_MS, ids=brim.ids)


async def _have_a_login_approved(brim: Clockwork) -> str:
    """Leave an approved login, and return its id and the secret that asks for its key."""
    await _create_account(brim)
    new = await pairing.begin_pairing(brim.database, device="devbox", client_version="1.52.0", now_ms=NOW_MS)
    await pairing.approve_pairing(brim.database, code_of(new.token), account=None, by=BY, now_ms=NOW_MS, ids=brim.ids)
    return f"{new.id} {new.poll_secret}"


async def _hand_out_key(brim: Clockwork, login: str) -> None:
    with suppress(PairingRedeemedError):  # whose reply was lost logs in again: no second key is made
        await pairing.redeem_pairing(brim.database, *login.split(), now_ms=NOW_MS, ids=IdFactory())


class _SaltedAlike(PasswordHasher):
    """Hashes equal passwords alike, so that what two runs leave can be compared."""

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        return super().hash(password, salt=salt or bytes(16))


_PASSWORDS: Final = Passwords(_SaltedAlike(time_cost=1, memory_cost=8, parallelism=1))


async def _have_a_password_link(brim: Clockwork) -> str:
    """Leave an operator without a password, and return the token of the link by which they choose one."""
    wanted = NewOperator(email=EMAIL, name="Ada", role=Role.ADMIN, password=None)
    ada = await add_operator(brim.database, _PASSWORDS, wanted, by=BY, now_ms=NOW_MS, ids=brim.ids)
    return await make_password_link(brim.database, ada.id, by=BY, now_ms=NOW_MS, ids=brim.ids)


async def _use_password_link(brim: Clockwork, token: str) -> None:
    with suppress(PasswordLinkOverError):  # what somebody is told who sends the form again
        await use_password_link(brim.database, _PASSWORDS, token, PASSWORD, address=None, now_ms=NOW_MS, ids=brim.ids)


_NO_ACCOUNT: Final = Fail("no_account", "No.")
_RETURNED: Final = Return("debit_not_authorized", "No.")

CREATE_WITHOUT_A_KEY: Final = Flow("create without a key", lambda brim, _: brim.create(OWNER), is_repeatable=False)

FLOWS: Final = [
    Flow("create under a key", lambda brim, _: brim.create(OWNER, key=KEY)),
    CREATE_WITHOUT_A_KEY,
    Flow("create in a batch", _create_together),
    Flow("create in a clock's time", lambda brim, _: brim.create(OWNER, key=KEY), _freeze),
    Flow("update", _update, create_one),
    Flow("cancel", _cancel, create_one),
    Flow("refused cancel", _cancel, _create_and_succeed),
    Flow("forced success", _force(Succeed()), create_one),
    Flow("forced failure", _force(_NO_ACCOUNT), create_one),
    Flow("forced return", _force(_RETURNED), _create_and_succeed),
    Flow("new event destination", _add_destination),
    Flow("ping", _ping_destination, _have_destination),
    Flow("end of an event destination", _delete_destination, _have_destination),
    Flow("settlement", _settle, _have_all_kinds_due),
    Flow("start of a clock", lambda brim, _: brim.freeze(OWNER, _FROZEN, key=KEY), create_one),
    Flow(
        "sending of a clock",
        lambda brim, clock_id: brim.send(OWNER, clock_id, _MONTHS_LATER, key=KEY),
        _freeze_with_all_kinds,
    ),
    Flow("step of a clock", _step, _send, is_repeatable=False),
    Flow("arrival of a clock", _step, _send_an_idle_clock),
    Flow("way of a clock", _advance_to_the_end, _send_past_a_return, is_atomic=False),
    Flow("removal of a clock", _thaw, _freeze_with_all_kinds),
    Flow("removal of an ended clock", _remove_ended, _freeze_with_all_kinds),
    Flow("sealing", _seal, _settle_all_kinds),
    Flow("account under a platform, by its key", _make_account, _create_account),
    Flow("rejection of an account", _reject_account, _have_an_account_under, is_atomic=False),
    Flow("deletion of an account", _delete_account, _have_an_account_under, is_atomic=False),
    Flow("pruning of keys", _prune, _create_under_old_keys),
    Flow("first account", _begin),
    Flow("account", _add_account, is_repeatable=False),
    Flow("account of a platform", _add_account, _create_account, is_repeatable=False),
    Flow("API key", _add_key, _create_account, is_repeatable=False),
    Flow("rolling of an API key", _roll_key, _create_key, is_repeatable=False),
    Flow("revocation of an API key", _revoke_key, _create_key),
    Flow("login", _ask_for_a_login, is_repeatable=False),
    Flow("approval of a login", _approve_login, _have_a_login_wait),
    Flow("handing out of a login's key", _hand_out_key, _have_a_login_approved),
    Flow("password by a link", _use_password_link, _have_a_password_link),
]
