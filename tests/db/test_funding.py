"""Bank accounts in the database: sealed, counted, used once, and in force as defaults under one terms or the other."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import msgspec
import pytest

from brim.api.framework.errors import render_error
from brim.api.resources.funding.wire import default_json, payment_method_json, source_json, token_json
from brim.api.wire_formats import WIRE_FORMATS
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.core.bank_accounts.rules import BankNumbers, Verification
from brim.core.direct_debits import find_retry
from brim.core.encryption.rotation import rotate_encryption
from brim.core.events.rules import DEFAULT_API_VERSION
from brim.core.funding import store as funding
from brim.core.funding.bank_secrets import BankSecrets
from brim.core.funding.defaults import delete_default, set_default
from brim.core.funding.reference import IMPLICIT
from brim.core.funding.resolution import find_funding
from brim.core.funding.rules import FundingKind, FundingSource, TokenAlreadyUsedError
from brim.core.funding.service import (
    EditFundingSource,
    MicrodepositGuess,
    NewPaymentMethod,
    create_payment_method,
    detach_funding_source,
    list_funding_sources,
    retrieve_funding_source,
    update_funding_source,
    verify_funding_source,
)
from brim.core.funding.tokens import NewBankToken, NewSource, create_source, create_token
from brim.core.idempotency.rules import KeyClaim
from brim.core.idempotency.service import RequestContext, Result
from brim.core.integrity.books import verify_books
from brim.core.originators import LiveModeNotReadyError
from brim.core.rails import RAILS as REGISTRY
from brim.core.rails import Rails
from brim.core.topups import CreateTopup, create_topup
from brim.core.topups.batches import Batches
from brim.core.topups.config_cache import ConfigCache
from brim.core.topups.config_store import read_config
from brim.platform.database import Database
from brim.platform.vault import (
    MisplacedSecretError,
    NoEncryptionKeyError,
    SecretUnreadableError,
    Vault,
    new_encryption_key,
)
from brim.testing.terminal import typed
from tests.support.audits import TESTER
from tests.support.books import NOW_MS, OWNER, RAIL, RAILS, execute, rows

CANARY: Final = "00098712365478901"
NUMBERS: Final = BankNumbers("110000000", CANARY)
PAYING: Final = BankNumbers("110000000", "000123456789")
OLD, NEW = new_encryption_key(), new_encryption_key()
TABLES: Final = ("funding_sources", "bank_tokens", "service_secrets", "idempotency_keys", "events", "topups")
_count = itertools.count()


class Desk:
    """The use cases with everything they need, for one owner."""

    def __init__(
        self, database: Database, *, key: str = OLD, scope: AccountScope = OWNER, rails: Rails = RAILS
    ) -> None:
        self.database = database
        self.rails = rails
        self.ids = IdFactory()
        self.secrets = BankSecrets(database, Vault([key]))
        self.scope = scope
        self.configs = ConfigCache(database)
        self.batches = Batches(database, lambda: NOW_MS)

    def context(self, key: str | None = None) -> RequestContext:
        claim = KeyClaim(key, bytes(32)) if key else None
        return RequestContext(
            scope=self.scope,
            claim=claim,
            request_id=f"req_{next(_count)}",
            api_version=DEFAULT_API_VERSION,
            now_ms=NOW_MS,
            by=TESTER,
            ids=self.ids,
        )

    async def method(self, numbers: BankNumbers = PAYING, *, key: str | None = None) -> FundingSource:
        answer = await create_payment_method(
            self.database,
            self.secrets,
            self.context(key),
            NewPaymentMethod(numbers=numbers),
            ids=self.ids,
            render=lambda method: b'"%s"' % method.id.encode(),
            render_error=render_error,
        )
        return await self.find(answer.body.decode().strip('"'))

    async def find(self, funding_id: str) -> FundingSource:
        kind = FundingKind.SOURCE if funding_id.startswith("src_") else FundingKind.PAYMENT_METHOD
        return await retrieve_funding_source(self.database, self.scope, kind, funding_id)

    async def token(self, numbers: BankNumbers = PAYING) -> str:
        answer = await create_token(
            self.database,
            self.secrets,
            self.context(),
            NewBankToken(numbers=numbers),
            ids=self.ids,
            render=token_json,
            render_error=render_error,
        )
        return answer.body.decode().split('"')[3]

    async def source(self, token: str = "btok_us_verified", *, key: str | None = None) -> str:
        answer = await create_source(
            self.database,
            self.secrets,
            self.context(key),
            NewSource(token=token),
            ids=self.ids,
            render=source_json,
            render_error=render_error,
        )
        return answer.body.decode().split('"')[3]

    async def guess(self, funding_id: str, amounts: tuple[int, int], *, key: str | None = None) -> Result:
        return await verify_funding_source(
            self.database,
            self.context(key),
            FundingKind.PAYMENT_METHOD,
            funding_id,
            MicrodepositGuess(amounts=amounts, param="amounts"),
            render=payment_method_json,
            render_error=render_error,
        )

    async def set_default(self, funding_id: str, currency: str = "usd") -> None:
        await set_default(
            self.database,
            self.context(),
            currency=currency,
            funding_source=funding_id,
            render=default_json,
            render_error=render_error,
        )

    async def detach(self, found: FundingSource) -> None:
        await detach_funding_source(
            self.database,
            self.context(),
            found.kind,
            found.id,
            render=payment_method_json,
            render_error=render_error,
        )

    async def topup(self, *, key: str | None = None, **wanted: Any) -> dict[str, Any]:
        """Create a top-up and return its row."""

        async def find(context: RequestContext, wanted: CreateTopup) -> Any:
            return await find_funding(
                self.database,
                self.secrets,
                context,
                source=wanted.source,
                payment_method=wanted.payment_method,
                ids=self.ids,
                find_source=self.batches.find_source,
            )

        answer = await create_topup(
            self.batches,
            self.configs,
            self.context(key),
            CreateTopup(amount=500, currency="usd", **wanted),
            ids=self.ids,
            rails=self.rails,
            renderers=WIRE_FORMATS,
            find_funding=find,
            find_collection=self.batches.find_collection,
            find_retry=partial(find_retry, self.database),
        )
        (row,) = await rows(self.database, "SELECT * FROM topups WHERE id = $1", answer.body.decode().split('"')[3])
        return row


# Secrets.


async def test_no_account_number_is_in_any_table_and_what_is_sealed_opens(each_database: Database) -> None:
    desk = Desk(each_database)
    method = await desk.method(NUMBERS, key="made")
    token = await desk.token(NUMBERS)
    source = await desk.source(token)
    dump = str([await rows(each_database, f"SELECT t::text FROM {table} AS t") for table in TABLES])
    assert method.id in dump
    assert CANARY not in dump
    assert CANARY.encode().hex() not in dump
    found = await rows(
        each_database, "SELECT id, sealed FROM funding_sources UNION ALL SELECT id, sealed FROM bank_tokens"
    )
    assert {record["id"] for record in found} == {method.id, token, source}
    for record in found:
        assert desk.secrets.reveal(record["sealed"], scope=OWNER, object_id=record["id"]) == CANARY


async def test_a_sealed_number_moved_to_another_row_is_not_read_there(database: Database) -> None:
    desk = Desk(database)
    mine, theirs = await desk.method(), await desk.method(NUMBERS)
    await execute(
        database,
        "UPDATE funding_sources AS f SET sealed = o.sealed FROM funding_sources AS o"
        f" WHERE f.id = '{mine.id}' AND o.id = '{theirs.id}'",
    )
    (record,) = await rows(database, "SELECT sealed FROM funding_sources WHERE id = $1", mine.id)
    with pytest.raises(MisplacedSecretError):
        desk.secrets.reveal(record["sealed"], scope=OWNER, object_id=mine.id)


async def test_fingerprints_are_equal_for_equal_numbers_whoever_asks_first(database: Database) -> None:
    desks = [Desk(database, scope=AccountScope(f"acct_{number}", livemode=False)) for number in range(6)]
    methods = await asyncio.gather(*(desk.method(NUMBERS) for desk in desks))
    assert len({method.bank_account.fingerprint for method in methods}) == 1
    other = await desks[0].method(BankNumbers("021000021", CANARY))
    assert other.bank_account.fingerprint != methods[0].bank_account.fingerprint


async def test_after_a_rotation_the_old_key_opens_nothing_and_fingerprints_stay(each_database: Database) -> None:
    old = Desk(each_database)
    before = [await old.method(NUMBERS) for _ in range(5)]
    tokens = [await old.token(NUMBERS) for _ in range(3)]
    assert await rotate_encryption(each_database, Vault([NEW, OLD]), **typed(), step=2) == (9, 9, {})
    new = Desk(each_database, key=NEW)
    query = "SELECT id, sealed FROM funding_sources UNION ALL SELECT id, sealed FROM bank_tokens"
    found = await rows(each_database, query)
    assert {record["id"] for record in found} == {*(method.id for method in before), *tokens}
    for record in found:
        assert new.secrets.reveal(record["sealed"], scope=OWNER, object_id=record["id"]) == CANARY
        with pytest.raises(SecretUnreadableError):
            old.secrets.reveal(record["sealed"], scope=OWNER, object_id=record["id"])
    assert (await new.method(NUMBERS)).bank_account.fingerprint == before[0].bank_account.fingerprint
    with pytest.raises(SecretUnreadableError):
        await Desk(each_database).method(NUMBERS)


async def test_a_process_without_a_key_serves_all_but_what_needs_it(database: Database) -> None:
    method, source = await Desk(database).method(), await Desk(database).source()
    keyless = Desk(database)
    keyless.secrets = BankSecrets(database, Vault(()))
    assert (await keyless.topup(payment_method=method.id))["payment_method"] == method.id
    assert (await keyless.topup(source=source))["source"] == source
    assert (await keyless.topup())["source"] is None
    await keyless.set_default(method.id)
    for need in (keyless.method, keyless.token, keyless.source):
        with pytest.raises(NoEncryptionKeyError):
            await need()


# Verification.


async def test_many_guesses_at_once_cost_three_attempts_and_no_more(each_database: Database) -> None:
    desk = Desk(each_database)
    method = await desk.method(NUMBERS)
    guesses = [(first, 99) for first in range(1, 13)]
    answers = await asyncio.gather(*(desk.guess(method.id, guess) for guess in guesses), return_exceptions=True)
    refusals = [answer.body.decode() for answer in answers if isinstance(answer, Result)]
    assert sum("amounts_mismatch" in body for body in refusals) == 2
    assert sum("attempts_exceeded" in body for body in refusals) == 10
    after = await desk.find(method.id)
    assert (after.verification, after.attempts_left) == (Verification.FAILED, 0)


async def test_a_guess_made_again_under_its_key_costs_one_attempt(database: Database) -> None:
    desk = Desk(database)
    method = await desk.method(NUMBERS)
    answers = await asyncio.gather(*(desk.guess(method.id, (1, 2), key="guess") for _ in range(6)))
    assert len({answer.body for answer in answers}) == 1
    assert {answer.status for answer in answers} == {400}
    assert (await desk.find(method.id)).attempts_left == 2


# Tokens.


async def test_a_token_becomes_one_source_whoever_races(each_database: Database) -> None:
    desk = Desk(each_database)
    token = await desk.token()
    made = await asyncio.gather(*(desk.source(token) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(each, str) for each in made) == 1
    assert sum(isinstance(each, TokenAlreadyUsedError) for each in made) == 7
    assert len(await rows(each_database, "SELECT id FROM funding_sources")) == 1


async def test_equal_topups_with_one_token_become_one_source_and_one_topup(each_database: Database) -> None:
    desk = Desk(each_database)
    token = await desk.token()
    made = await asyncio.gather(*(desk.topup(source=token, key="k") for _ in range(8)))
    assert len({row["id"] for row in made}) == 1
    (source,) = await rows(each_database, "SELECT id FROM funding_sources")
    assert made[0]["source"] == source["id"]
    with pytest.raises(TokenAlreadyUsedError):
        await desk.topup(source=token, key="another")


async def test_a_topup_that_failed_after_its_token_was_used_converges_when_tried_again(database: Database) -> None:
    desk = Desk(database)
    token = await desk.token()
    found = await find_funding(
        database,
        desk.secrets,
        desk.context("k"),
        source=token,
        payment_method=None,
        ids=desk.ids,
        find_source=desk.batches.find_source,
    )
    row = await desk.topup(source=token, key="k")
    assert row["source"] == getattr(found, "source", None)


# Defaults.


async def test_terms_know_the_defaults_and_every_change_counts(each_database: Database) -> None:
    desk = Desk(each_database)
    method, source = await desk.method(), await desk.source("btok_us_verified_accountClosed")

    async def terms() -> Any:
        async with each_database.connection() as conn:
            return await read_config(conn, OWNER)

    assert (await terms()).defaults == {}
    await desk.set_default(method.id)
    await desk.set_default(source, "eur")
    known = await terms()
    assert (known.version, set(known.defaults)) == (2, {"usd", "eur"})
    assert known.defaults["usd"].payment_method == method.id
    assert known.defaults["eur"].source_on_file == await desk.find(source)
    assert known.defaults["eur"].scenario == "account_closed"
    await update_funding_source(
        each_database,
        desk.context(),
        FundingKind.SOURCE,
        source,
        EditFundingSource(allow_redisplay="always"),
        render=source_json,
        render_error=render_error,
    )
    assert (await terms()).defaults["eur"].source_on_file == await desk.find(source)
    await desk.detach(await desk.find(method.id))
    assert set((await terms()).defaults) == {"eur"}
    await delete_default(each_database, desk.context(), "eur")
    assert ((await terms()).version, (await terms()).defaults) == (5, {})
    with pytest.raises(ResourceMissingError):
        await delete_default(each_database, desk.context(), "eur")
    async with each_database.connection() as conn:
        assert (await read_config(conn, AccountScope(OWNER.account, livemode=True))).defaults == {}


async def test_a_create_under_a_default_that_is_gone_is_made_under_the_new_one(database: Database) -> None:
    desk, stale = Desk(database), Desk(database)
    first, second = await desk.method(), await desk.method()
    await desk.set_default(first.id)
    assert (await stale.topup())["payment_method"] == first.id
    await desk.set_default(second.id)
    assert (await stale.topup())["payment_method"] == second.id
    await delete_default(database, desk.context(), "usd")
    assert (await stale.topup())["payment_method"] is IMPLICIT.payment_method


async def test_creates_that_race_a_change_of_default_are_made_under_one_or_the_other(each_database: Database) -> None:
    desk = Desk(each_database)
    methods = [await desk.method() for _ in range(2)]
    await desk.set_default(methods[0].id)
    others = [Desk(each_database) for _ in range(3)]

    async def create(other: Desk) -> list[dict[str, Any]]:
        return [await other.topup() for _ in range(15)]

    async def change() -> None:
        for number in range(12):
            await desk.set_default(methods[number % 2].id)

    made, *_ = await asyncio.gather(asyncio.gather(*(create(other) for other in others)), change())
    used = [row["payment_method"] for rows_of_one in made for row in rows_of_one]
    assert set(used) <= {method.id for method in methods}
    assert len(used) == 45
    assert (await Desk(each_database).topup())["payment_method"] == methods[1].id
    assert (await verify_books(each_database)).differences == []


async def test_a_live_default_is_found_by_a_process_that_has_not_heard_of_it(database: Database) -> None:
    live = AccountScope(OWNER.account, livemode=True)
    desk = Desk(database, scope=live)
    method = await desk.method()
    await execute(database, "UPDATE funding_sources SET verification = 'verified'")
    await desk.set_default(method.id)
    serving_live = msgspec.structs.replace(REGISTRY[0], livemode=True)
    served = await Desk(database, scope=live, rails=Rails([RAIL], table=[serving_live])).topup()
    assert served["payment_method"] == method.id


async def test_live_money_that_no_rail_collects_is_refused(database: Database) -> None:
    live = AccountScope(OWNER.account, livemode=True)
    desk = Desk(database, scope=live)
    method = await desk.method()
    await execute(database, "UPDATE funding_sources SET verification = 'verified'")
    with pytest.raises(LiveModeNotReadyError):
        await desk.topup(payment_method=method.id)
    assert await rows(database, "TABLE topups") == []


# Lists.


async def test_pages_hold_one_kind_in_order_without_what_is_detached(each_database: Database) -> None:
    desk = Desk(each_database)
    methods = [await desk.method() for _ in range(6)]
    await desk.source()
    await desk.detach(methods[3])
    kept = [method.id for method in methods if method is not methods[3]][::-1]

    async def page(**request: Any) -> list[str]:
        found = await list_funding_sources(each_database, OWNER, FundingKind.PAYMENT_METHOD, PageRequest(**request))
        return [method.id for method in found.items]

    assert await page() == kept
    assert await page(limit=2, starting_after=kept[1]) == kept[2:4]
    assert await page(limit=2, ending_before=kept[4]) == kept[2:4]
    assert await page(starting_after=methods[3].id) == kept[2:]


async def test_one_query_fetches_many_bank_accounts_by_the_primary_key(database: Database) -> None:
    desk = Desk(database)
    ids = [(await desk.method()).id for _ in range(3)]
    async with database.connection() as conn:
        assert set(await funding.fetch_funding_sources(conn, OWNER, [*ids, "pm_x"])) == set(ids)


_READS: Final[dict[str, Callable[[Any], Awaitable[Any]]]] = {
    "terms": lambda conn: read_config(conn, OWNER),
    "fetch": lambda conn: funding.fetch_funding_sources(conn, OWNER, ["pm_x"]),
    "lock": lambda conn: funding.lock_funding_source(conn, OWNER, "pm_x"),
    "defaults": lambda conn: funding.read_defaults(conn, OWNER),
    "token": lambda conn: funding.fetch_bank_tokens(conn, OWNER, ["btok_x"]),
    "token with its secret": lambda conn: funding.read_bank_token(conn, OWNER, "btok_x"),
}


@pytest.mark.parametrize("name", _READS)
async def test_a_read_scans_no_table(database: Database, name: str) -> None:
    scans = "SELECT sum(seq_scan) AS n FROM pg_stat_xact_user_tables WHERE relname = ANY ($1)"
    tables = ["funding_sources", "bank_tokens", "default_funding_sources", "owner_terms", "test_clocks"]
    async with database.transaction() as conn:
        before = await conn.fetchval(scans, tables)
        await _READS[name](conn)
        assert await conn.fetchval(scans, tables) == before
