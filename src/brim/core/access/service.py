"""Accounts and API keys: made, listed, rolled and revoked at the command line, with lines in the audit log.

A secret is returned once, by the function that makes it. What changes something is told `by` whom, at `now_ms` (Unix
milliseconds), and what makes the `ids` of the log's lines; `random_text(length)` is where chance comes from.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.base.ids import BODY_CHARS, IdFactory, random_base62
from brim.base.scope import AccountScope
from brim.core import accounts
from brim.core.access import store as keys
from brim.core.access.rules import SECRET_CHARS, ApiKey, EndedKey, hash_secret, redact_secret, secret_prefix
from brim.core.accounts import Account, RandomText, check_platform, new_account_id
from brim.core.audit import Action, Actor, ActorKind, ObjectType, record
from brim.platform.database import Conn, Database

KEY_PREFIX: Final = "mk_"
"""The vendor's prefix for the id of a key."""

_SERVE: Final = Actor(kind=ActorKind.JOB, name="brim serve")
"""Who makes the first account: nobody asks for it."""


class UnknownAccountError(BrimError):
    """No account has this id."""

    def __init__(self, account: str) -> None:
        super().__init__(f"There is no account {account}. Run brim accounts list to see all accounts.")


class NoAccountError(BrimError):
    """There is no account at all yet."""

    def __init__(self) -> None:
        super().__init__("There is no account yet. Run brim accounts create to create one.")


class UnknownKeyError(BrimError):
    """No key has this id."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"There is no key {key_id}. Run brim keys list to see all keys.")


class EndedKeyError(BrimError):
    """The key has stopped working already, so there is nothing to roll."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"The key {key_id} is already revoked or expired. Create a new one.")


class NewKey(msgspec.Struct, frozen=True):
    """A key just made, and its secret, which nobody can ask for again."""

    key: ApiKey
    secret: str


async def create_account(
    database: Database,
    *,
    platform: str | None,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> Account:
    """Add an account, on its own or under a platform, and return it.

    Raises:
        UnknownAccountError: there is no such platform.
        NestedPlatformError: the platform is under one itself.
    """
    account = Account(account=new_account_id(now_ms, random_base62), platform=platform, created=now_ms // 1000)
    async with database.transaction() as conn:
        if platform is not None:
            check_platform(await _require_account(conn, platform))
        await accounts.insert_account(conn, account)
        await _record_account(conn, by, account, now_ms=now_ms, ids=ids)
    return account


async def list_accounts(database: Database) -> list[Account]:
    """Return all accounts, oldest first."""
    async with database.connection() as conn:
        return await accounts.list_accounts(conn)


async def accounts_to_show(database: Database, wanted: str, *, most: int) -> tuple[str, list[Account]]:
    """Return the account that a person is shown, and those among which they choose.

    Args:
        database: where.
        wanted: the account that they chose; where there is none of this id, they are shown the oldest.
        most: how many there are to choose among; an account that was chosen is always one of them.

    Raises:
        NoAccountError: there is none at all.
    """
    async with database.connection() as conn:
        chosen = await accounts.find_account(conn, wanted) if wanted.isprintable() else None
        shown = chosen.account if chosen else await choose_account(conn, None)
        choices = await accounts.list_first_accounts(conn, most)
    if chosen and all(each.account != shown for each in choices):
        choices.append(chosen)
    return shown, choices


async def create_key(
    database: Database,
    *,
    account: str | None,
    livemode: bool,
    permissions: dict[str, str] | None,
    name: str | None,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> NewKey:
    """Make a key.

    Args:
        database: where to.
        account: whose; None means the oldest account.
        livemode: a live key, or a test key.
        permissions: of a restricted key; None makes a secret key, which may do everything.
        name: what a person calls it.
        by: who makes it.
        now_ms: the time.
        ids: makes the audit log's line.

    Raises:
        UnknownAccountError: there is no such account.
        NoAccountError: there is none at all.
    """
    async with database.transaction() as conn:
        new = await issue_key(
            conn,
            account=await choose_account(conn, account),
            livemode=livemode,
            permissions=permissions,
            name=name,
            now_ms=now_ms,
        )
        await record_change(conn, by, Action.KEY_MADE, None, new.key, now_ms=now_ms, ids=ids, detail=new.key.redacted)
    return new


async def issue_key(
    conn: Conn,
    *,
    account: str,
    livemode: bool,
    permissions: dict[str, str] | None,
    name: str | None,
    now_ms: int,
    expires_ms: int | None = None,
    random_text: RandomText = random_base62,
) -> NewKey:
    """Make a key as `create_key` does, in the caller's transaction; `expires_ms` is when it ends, None for never."""
    secret = secret_prefix(livemode=livemode, restricted=permissions is not None) + random_text(SECRET_CHARS)
    described = describe_key(secret, account, permissions, name, now_ms, random_text)
    key = msgspec.structs.replace(described, expires_ms=expires_ms)
    await add_key(conn, key)
    return NewKey(key, secret)


async def add_key(conn: Conn, key: ApiKey) -> bool:
    """Add a key of an account that is there, and tell whether it was: not where the account has one of the same id.

    The account cannot be deleted until the transaction ends, so its deletion sees every key there is, and ends it.

    Raises:
        UnknownAccountError: there is no such account, or it was deleted.
    """
    if not await accounts.hold_account(conn, key.account):
        raise UnknownAccountError(key.account)
    return await keys.insert_key(conn, key)


async def list_keys(database: Database, *, account: str | None) -> list[ApiKey]:
    """Return one account's keys, or with None those of all accounts, oldest first."""
    async with database.connection() as conn:
        return await keys.list_keys(conn, account)


async def roll_key(
    database: Database,
    *,
    key_id: str,
    grace_ms: int,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> NewKey:
    """Make a key with the same rights as another, which works on for `grace_ms` and then ends.

    Raises:
        UnknownKeyError: there is no such key.
        EndedKeyError: it has ended already.
    """
    async with database.transaction() as conn:
        old = await _require_key(conn, key_id)
        if old.has_ended(now_ms):
            raise EndedKeyError(key_id)
        new = await issue_key(
            conn,
            account=old.account,
            livemode=old.livemode,
            permissions=old.permissions,
            name=old.name,
            now_ms=now_ms,
        )
        ending = await keys.expire_key(conn, old, now_ms + grace_ms)
        detail = f"now {new.key.redacted}"
        await record_change(conn, by, Action.KEY_ROLLED, old, ending, now_ms=now_ms, ids=ids, detail=detail)
        await record_change(conn, by, Action.KEY_MADE, None, new.key, now_ms=now_ms, ids=ids, detail=f"for {old.id}")
    return new


async def revoke_key(database: Database, *, key_id: str, by: Actor, now_ms: int, ids: IdFactory) -> ApiKey:
    """End a key now and return it; one that has ended before stays as it is.

    Raises:
        UnknownKeyError: there is no such key.
    """
    async with database.transaction() as conn:
        key = await _require_key(conn, key_id)
        if key.has_ended(now_ms):
            return key
        ended = await keys.expire_key(conn, key, now_ms)
        await record_change(conn, by, Action.KEY_REVOKED, key, ended, now_ms=now_ms, ids=ids, detail=key.redacted)
        return ended


async def ensure_first_account(
    database: Database, test_secret_key: str, now_ms: int, *, ids: IdFactory, random_text: RandomText = random_base62
) -> str:
    """See to it that an account exists and that this test key works for the oldest one; return that account.

    Safe to call again, and by several processes at once.
    """
    async with database.transaction() as conn:
        await accounts.lock_accounts(conn)
        known = await keys.find_by_hash(conn, hash_secret(test_secret_key))
        if known is not None:
            return known.account
        account = await accounts.find_first_account(conn)
        if account is None:
            account = new_account_id(now_ms, random_text)
            first = Account(account=account, platform=None, created=now_ms // 1000)
            await accounts.insert_account(conn, first)
            await _record_account(conn, _SERVE, first, now_ms=now_ms, ids=ids)
        key = describe_key(test_secret_key, account, None, "first test key", now_ms, random_text)
        await add_key(conn, key)
        await record_change(
            conn, _SERVE, Action.KEY_MADE, None, key, now_ms=now_ms, ids=ids, detail="the test key of the data folder"
        )
        return account


def describe_key(
    secret: str,
    account: str,
    permissions: dict[str, str] | None,
    name: str | None,
    now_ms: int,
    random_text: RandomText,
) -> ApiKey:
    """Return what the database keeps of a new key, whose secret is given and says in which mode it works."""
    return ApiKey(
        hash=hash_secret(secret),
        account=account,
        livemode=secret.split("_", 2)[1] == "live",
        id=KEY_PREFIX + random_text(BODY_CHARS),
        kind="secret" if permissions is None else "restricted",
        name=name,
        redacted=redact_secret(secret),
        permissions=permissions,
        created=now_ms // 1000,
        expires_ms=None,
    )


async def record_change(
    conn: Conn,
    by: Actor,
    action: Action,
    before: ApiKey | None,
    after: ApiKey,
    *,
    now_ms: int,
    ids: IdFactory,
    detail: str | None,
) -> None:
    """Add a line to the audit log about what is done to a key, in the caller's transaction; see `audit.record`."""
    await record(
        conn,
        by,
        action,
        object_type=ObjectType.API_KEY,
        object_id=after.id,
        before=before,
        after=after,
        scope=AccountScope(after.account, after.livemode),
        detail=detail,
        now_ms=now_ms,
        ids=ids,
    )


async def record_ends(conn: Conn, by: Actor, ended: Iterable[EndedKey], *, now_ms: int, ids: IdFactory) -> None:
    """Add a line to the audit log about each key that ended, in the caller's transaction."""
    for before, after in ended:
        await record_change(conn, by, Action.KEY_REVOKED, before, after, now_ms=now_ms, ids=ids, detail=after.redacted)


async def _record_account(conn: Conn, by: Actor, account: Account, *, now_ms: int, ids: IdFactory) -> None:
    kind, account_id = ObjectType.ACCOUNT, account.account
    await record(
        conn, by, Action.ACCOUNT_MADE, object_type=kind, object_id=account_id, after=account, now_ms=now_ms, ids=ids
    )


async def choose_account(conn: Conn, account: str | None) -> str:
    """Return an account that there is: the one named, or with None the oldest.

    Raises:
        UnknownAccountError: there is no such account.
        NoAccountError: there is none at all.
    """
    if account is not None:
        await _require_account(conn, account)
        return account
    first = await accounts.find_first_account(conn)
    if first is None:
        raise NoAccountError
    return first


async def _require_account(conn: Conn, account: str) -> Account:
    found = await accounts.find_account(conn, account)
    if found is None:
        raise UnknownAccountError(account)
    return found


async def _require_key(conn: Conn, key_id: str) -> ApiKey:
    key = await keys.lock_by_id(conn, key_id)
    if key is None:
        raise UnknownKeyError(key_id)
    return key
