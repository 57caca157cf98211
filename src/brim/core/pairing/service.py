"""`stripe login`: a pairing is asked for, a person approves or denies it, and its key is fetched, once.

The key is made in the very transaction that hands it out, so that nothing but its hash was ever stored. A reply that is
lost takes the key with it; whoever waited for it logs in again.
"""

import hmac
from typing import Final, NamedTuple

from brim.base.ids import BODY_CHARS, IdFactory, random_base62
from brim.base.scope import AccountScope
from brim.core import accounts
from brim.core.access import NewKey, choose_account, issue_key, record_change
from brim.core.accounts import RandomText
from brim.core.audit import Action, Actor, ActorKind, ObjectType, record
from brim.core.pairing import store as pairings
from brim.core.pairing.rules import (
    KEY_LIVES_MS,
    LIVES_MS,
    MAX_A_MINUTE,
    PAIRING_PREFIX,
    PERMISSIONS,
    TOKEN_CHARS,
    Pairing,
    PairingDeniedError,
    PairingRedeemedError,
    PairingState,
    TooManyPairingsError,
    UnknownPairingError,
    clean_code,
    clean_text,
    code_of,
    hash_token,
)
from brim.platform.database import Conn, Database

_MINUTE_MS: Final = 60_000


class NewPairing(NamedTuple):
    """What is told to whoever asked: the pairing's id, the secret to ask with, and the token of the browser's link."""

    id: str
    poll_secret: str
    token: str


class Redeemed(NamedTuple):
    """A key as it is handed out, and the name that its account is shown under."""

    key: NewKey
    account_name: str


async def begin_pairing(
    database: Database,
    *,
    device: str | None,
    client_version: str | None,
    now_ms: int,
    random_text: RandomText = random_base62,
) -> NewPairing:
    """Ask for a pairing; it waits for ten minutes.

    Args:
        database: where.
        device: what the asking computer calls itself; it is shown to whoever decides.
        client_version: what it says it runs.
        now_ms: the time.
        random_text: where chance comes from.

    Raises:
        TooManyPairingsError: more were asked for within a minute than anybody could answer.
    """
    while True:
        new = NewPairing(PAIRING_PREFIX + random_text(BODY_CHARS), random_text(TOKEN_CHARS), random_text(TOKEN_CHARS))
        is_added = await _insert(database, new, device=device, client_version=client_version, now_ms=now_ms)
        if is_added is None:
            raise TooManyPairingsError
        if is_added:
            return new


async def _insert(
    database: Database, new: NewPairing, *, device: str | None, client_version: str | None, now_ms: int
) -> bool | None:
    """Add a pairing; None if there are too many, False if another one has its words."""
    pairing = Pairing(
        id=new.id,
        device=clean_text(device),
        client_version=clean_text(client_version),
        state=PairingState.PENDING,
        account=None,
        created_ms=now_ms,
        expires_ms=now_ms + LIVES_MS,
    )

    async def work(conn: Conn) -> bool | None:
        await pairings.forget_pairings(conn, before_ms=now_ms - LIVES_MS)
        return await pairings.insert_pairing(
            conn,
            pairing,
            poll_hash=hash_token(new.poll_secret),
            token_hash=hash_token(new.token),
            code_hash=hash_token(code_of(new.token)),
            since_ms=now_ms - _MINUTE_MS,
            limit=MAX_A_MINUTE,
        )

    return await database.transact(work)


async def list_pairings(database: Database, *, now_ms: int) -> list[Pairing]:
    """Return the pairings that wait, oldest first. Their words are told by the device alone, which shows them."""
    async with database.connection() as conn:
        return await pairings.list_pairings(conn, since_ms=now_ms - LIVES_MS)


async def find_pairing(database: Database, token: str, *, now_ms: int) -> Pairing:
    """Return the pairing of a browser's link, however it stands; `code_of(token)` are its words.

    Raises:
        UnknownPairingError: there is none, or it has expired.
    """
    async with database.connection() as conn:
        found = await pairings.find_by_token(conn, hash_token(token), now_ms=now_ms)
    if found is None:
        raise UnknownPairingError
    return found


async def approve_pairing(
    database: Database, code: str, *, account: str | None, by: Actor, now_ms: int, ids: IdFactory
) -> Pairing:
    """Let whoever shows these words have a test key of an account, and return the pairing.

    Args:
        database: where.
        code: the words, as a person typed them.
        account: whose key it will be; None means the oldest account.
        by: who approves it.
        now_ms: the time.
        ids: makes the id of the audit log's line.

    Raises:
        UnknownPairingError: no pairing of these words waits.
        UnknownAccountError: there is no such account.
        NoAccountError: there is none at all.
    """

    async def work(conn: Conn) -> Pairing | None:
        chosen = await choose_account(conn, account)
        pairing = await _decide(conn, code, PairingState.APPROVED, account=chosen, now_ms=now_ms)
        if pairing is not None:
            scope = AccountScope(chosen, livemode=False)
            await _tell(conn, by, Action.LOGIN_APPROVED, pairing, scope, now_ms=now_ms, ids=ids)
        return pairing

    return _decided(await database.transact(work))


async def deny_pairing(database: Database, code: str, *, by: Actor, now_ms: int, ids: IdFactory) -> Pairing:
    """Refuse whoever shows these words, and return the pairing.

    Raises:
        UnknownPairingError: no pairing of these words waits.
    """

    async def work(conn: Conn) -> Pairing | None:
        pairing = await _decide(conn, code, PairingState.DENIED, account=None, now_ms=now_ms)
        if pairing is not None:
            await _tell(conn, by, Action.LOGIN_DENIED, pairing, None, now_ms=now_ms, ids=ids)
        return pairing

    return _decided(await database.transact(work))


async def redeem_pairing(
    database: Database,
    pairing_id: str,
    poll_secret: str,
    *,
    now_ms: int,
    ids: IdFactory,
    random_text: RandomText = random_base62,
) -> Redeemed | None:
    """Return the key of an approved pairing, which is made now and ends after 90 days; None while nobody has decided.

    Of several who ask at once, one gets it.

    Raises:
        UnknownPairingError: there is no such pairing, it has expired, or the secret is another's.
        PairingDeniedError: somebody has said no, or the account was deleted since.
        PairingRedeemedError: it was handed out already.
    """
    async with database.connection() as conn:
        found = await pairings.find_by_id(conn, pairing_id, now_ms=now_ms)
    if found is None or not hmac.compare_digest(found[1], hash_token(poll_secret)):
        raise UnknownPairingError
    pairing = found[0]
    if pairing.state is PairingState.PENDING:
        return None
    if pairing.state is PairingState.DENIED:
        raise PairingDeniedError
    return await database.transact(
        lambda conn: _hand_out(conn, pairing, now_ms=now_ms, ids=ids, random_text=random_text)
    )


async def _hand_out(conn: Conn, pairing: Pairing, *, now_ms: int, ids: IdFactory, random_text: RandomText) -> Redeemed:
    if pairing.account and not await accounts.hold_account(conn, pairing.account):
        raise PairingDeniedError
    if not pairing.account or not await pairings.redeem_pairing(conn, pairing.id, now_ms=now_ms):
        raise PairingRedeemedError
    key = await issue_key(
        conn,
        account=pairing.account,
        livemode=False,
        permissions=PERMISSIONS,
        name=pairing.device,
        now_ms=now_ms,
        expires_ms=now_ms + KEY_LIVES_MS,
        random_text=random_text,
    )
    by, detail = Actor(kind=ActorKind.NOBODY, name=pairing.device), f"by the login {pairing.id}"
    await record_change(conn, by, Action.KEY_MADE, None, key.key, now_ms=now_ms, ids=ids, detail=detail)
    account = await accounts.find_account(conn, pairing.account)
    return Redeemed(key, (account and account.business_name) or pairing.account)


async def _decide(conn: Conn, code: str, state: PairingState, *, account: str | None, now_ms: int) -> Pairing | None:
    digest = hash_token(clean_code(code))
    return await pairings.decide_pairing(conn, digest, state, account=account, now_ms=now_ms)


async def _tell(
    conn: Conn, by: Actor, action: Action, pairing: Pairing, scope: AccountScope | None, *, now_ms: int, ids: IdFactory
) -> None:
    await record(
        conn,
        by,
        action,
        object_type=ObjectType.CLI_LOGIN,
        object_id=pairing.id,
        after=pairing,
        scope=scope,
        detail=pairing.device,
        now_ms=now_ms,
        ids=ids,
    )


def _decided(pairing: Pairing | None) -> Pairing:
    if pairing is None:
        raise UnknownPairingError
    return pairing
