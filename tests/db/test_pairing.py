"""`stripe login`: asked for, approved or denied, and its key fetched once; no secret of it is ever in the database."""

import asyncio

import pytest

from brim.base.ids import IdFactory
from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.core.access.recognition import recognise_key
from brim.core.access.rules import hash_secret
from brim.core.access.service import NoAccountError, UnknownAccountError, create_account
from brim.core.account_closing import delete_account
from brim.core.audit.rules import Action
from brim.core.audit.service import list_audit_log
from brim.core.pairing.rules import (
    KEY_LIVES_MS,
    LIVES_MS,
    MAX_A_MINUTE,
    PERMISSIONS,
    PairingDeniedError,
    PairingRedeemedError,
    TooManyPairingsError,
    UnknownPairingError,
    code_of,
)
from brim.core.pairing.service import (
    NewPairing,
    Redeemed,
    approve_pairing,
    begin_pairing,
    deny_pairing,
    find_pairing,
    list_pairings,
    redeem_pairing,
)
from brim.platform.database import Database
from brim.testing.terminal import typed
from tests.support.accounts import context_of
from tests.support.books import execute, rows
from tests.support.people import BY, IDS

NOW_MS = 1_795_305_600_000


async def ask(database: Database, *, device: str = "devbox", now_ms: int = NOW_MS) -> NewPairing:
    return await begin_pairing(database, device=device, client_version="1.52.0", now_ms=now_ms)


async def approve(database: Database, new: NewPairing, *, account: str | None = None, now_ms: int = NOW_MS) -> None:
    await approve_pairing(database, code_of(new.token), account=account, by=BY, now_ms=now_ms, ids=IDS)


async def fetch(database: Database, new: NewPairing, *, now_ms: int = NOW_MS) -> Redeemed | None:
    return await redeem_pairing(database, new.id, new.poll_secret, now_ms=now_ms, ids=IdFactory())


async def delete_below(database: Database, platform: str, account: str) -> None:
    await delete_account(database, context_of(platform, now_ms=NOW_MS), account, asking=platform)


@pytest.fixture
async def account(database: Database) -> str:
    """The only account there is."""
    return (await create_account(database, platform=None, **typed(NOW_MS))).account


async def test_an_approved_login_gets_a_restricted_key_that_ends(database: Database, account: str) -> None:
    new = await ask(database)
    assert await fetch(database, new) is None
    await approve(database, new)
    redeemed = await fetch(database, new, now_ms=NOW_MS + 5_000)
    assert redeemed is not None
    found = await recognise_key(database, hash_secret(redeemed.key.secret))
    assert found == redeemed.key.key
    assert redeemed.key.secret.startswith("rk_test_")
    assert (found.account, found.livemode, found.name) == (account, False, "devbox")
    assert (found.permissions, found.expires_ms) == (PERMISSIONS, NOW_MS + 5_000 + KEY_LIVES_MS)
    assert redeemed.account_name == account


async def test_the_account_is_shown_by_its_business_name(database: Database, account: str) -> None:
    await execute(database, f"UPDATE accounts SET business_name = 'Till' WHERE account = '{account}'")
    new = await ask(database)
    await approve(database, new)
    redeemed = await fetch(database, new)
    assert redeemed is not None
    assert redeemed.account_name == "Till"


@pytest.mark.usefixtures("account")
async def test_the_key_is_for_the_account_that_was_named(database: Database) -> None:
    other = (await create_account(database, platform=None, **typed(NOW_MS + 1))).account
    new = await ask(database)
    await approve(database, new, account=other)
    redeemed = await fetch(database, new)
    assert redeemed is not None
    assert redeemed.key.key.account == other


@pytest.mark.usefixtures("account")
async def test_of_many_who_fetch_at_once_one_gets_the_key(each_database: Database) -> None:
    await create_account(each_database, platform=None, **typed(NOW_MS))
    new = await ask(each_database)
    await approve(each_database, new)
    answers = await asyncio.gather(*(fetch(each_database, new) for _ in range(6)), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == 5 * ["PairingRedeemedError"] + ["Redeemed"]
    assert len(await rows(each_database, "SELECT FROM api_keys")) == 1
    with pytest.raises(PairingRedeemedError):
        await fetch(each_database, new)


@pytest.mark.usefixtures("account")
async def test_a_denied_login_gets_nothing(database: Database) -> None:
    new = await ask(database)
    assert (await deny_pairing(database, code_of(new.token), by=BY, now_ms=NOW_MS, ids=IDS)).id == new.id
    with pytest.raises(PairingDeniedError):
        await fetch(database, new)
    with pytest.raises(UnknownPairingError):
        await approve(database, new)
    assert not await rows(database, "SELECT FROM api_keys")


@pytest.mark.usefixtures("account")
async def test_a_login_is_decided_once(database: Database) -> None:
    new = await ask(database)
    await approve(database, new)
    with pytest.raises(UnknownPairingError):
        await approve(database, new)
    with pytest.raises(UnknownPairingError):
        await deny_pairing(database, code_of(new.token), by=BY, now_ms=NOW_MS, ids=IDS)
    assert await fetch(database, new)


async def test_each_decision_is_told_once_with_who_made_it(database: Database, account: str) -> None:
    allowed, denied = await ask(database, device="laptop"), await ask(database)
    await approve(database, allowed)
    await deny_pairing(database, code_of(denied.token), by=BY, now_ms=NOW_MS + 1, ids=IDS)
    with pytest.raises(UnknownPairingError):
        await approve(database, allowed)
    told = [line for line in (await list_audit_log(database, PageRequest())).items if line.actor == BY]
    assert [(line.action, line.object, line.detail, line.scope) for line in told] == [
        (Action.LOGIN_DENIED, denied.id, "devbox", None),
        (Action.LOGIN_APPROVED, allowed.id, "laptop", AccountScope(account, livemode=False)),
    ]


@pytest.mark.usefixtures("account")
async def test_after_ten_minutes_there_is_no_login_any_more(database: Database) -> None:
    waiting, approved = await ask(database), await ask(database)
    await approve(database, approved)
    late_ms = NOW_MS + LIVES_MS
    for new in (waiting, approved):
        with pytest.raises(UnknownPairingError):
            await fetch(database, new, now_ms=late_ms)
        with pytest.raises(UnknownPairingError):
            await find_pairing(database, new.token, now_ms=late_ms)
    with pytest.raises(UnknownPairingError):
        await approve(database, waiting, now_ms=late_ms)
    assert await list_pairings(database, now_ms=late_ms) == []
    await ask(database, now_ms=late_ms)
    assert len(await rows(database, "SELECT FROM cli_pairings")) == 1


@pytest.mark.usefixtures("account")
async def test_another_secret_or_id_finds_nothing(database: Database) -> None:
    mine, other = await ask(database), await ask(database)
    await approve(database, mine)
    for pairing_id, secret in ((mine.id, other.poll_secret), (mine.id, ""), ("cliauth_none", mine.poll_secret)):
        with pytest.raises(UnknownPairingError):
            await redeem_pairing(database, pairing_id, secret, now_ms=NOW_MS, ids=IdFactory())
    assert await fetch(database, mine)


async def test_those_who_wait_are_listed_oldest_first(database: Database, account: str) -> None:
    first, second, denied = await ask(database), await ask(database, device="laptop"), await ask(database)
    await approve(database, second, account=account)
    await deny_pairing(database, code_of(denied.token), by=BY, now_ms=NOW_MS, ids=IDS)
    later = await ask(database, now_ms=NOW_MS + 1)
    waiting = await list_pairings(database, now_ms=NOW_MS + 1)
    assert [each.id for each in waiting] == [first.id, later.id]
    assert (await find_pairing(database, second.token, now_ms=NOW_MS)).device == "laptop"


async def test_no_two_that_wait_have_the_same_words(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    words = iter(["same", "same", "same", "other"])
    monkeypatch.setattr("brim.core.pairing.service.code_of", lambda _token: next(words))
    first, second = await ask(database), await ask(database)
    assert first.id != second.id
    assert next(words, None) is None


async def test_no_more_are_begun_than_anybody_could_answer(database: Database) -> None:
    for _ in range(MAX_A_MINUTE):
        await ask(database)
    with pytest.raises(TooManyPairingsError):
        await ask(database, now_ms=NOW_MS + 59_999)
    assert await ask(database, now_ms=NOW_MS + 60_000)


async def test_a_login_is_approved_only_for_an_account_that_there_is(database: Database) -> None:
    new = await ask(database)
    with pytest.raises(NoAccountError):
        await approve(database, new)
    with pytest.raises(UnknownAccountError):
        await approve(database, new, account="acct_nowhere")
    assert await fetch(database, new) is None


@pytest.mark.usefixtures("account")
async def test_no_secret_of_a_login_is_in_the_database(database: Database) -> None:
    new = await ask(database)
    await approve(database, new)
    kept = str(await rows(database, "SELECT cli_pairings::text FROM cli_pairings"))
    redeemed = await fetch(database, new)
    assert redeemed is not None
    kept += str(await rows(database, "SELECT p::text, k::text FROM cli_pairings AS p, api_keys AS k"))
    for secret in (new.poll_secret, new.token, code_of(new.token), redeemed.key.secret):
        assert secret not in kept
    assert new.id in kept


async def test_a_login_approved_before_its_account_was_deleted_gets_no_key(database: Database, account: str) -> None:
    """It handed out a working key of an account that nobody could reach any more."""
    below = (await create_account(database, platform=account, **typed(NOW_MS))).account
    new = await ask(database)
    await approve(database, new, account=below)
    await delete_below(database, account, below)
    with pytest.raises(PairingDeniedError):
        await fetch(database, new)
    assert await rows(database, "SELECT FROM api_keys WHERE account = $1", below) == []
