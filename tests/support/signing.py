"""Somebody who is signed in, for tests: sessions whose cookie says as whom, with which keys.

The cookie `signed_in` is JSON in base64; only tests serve pages with these sessions.
"""

import base64
from collections.abc import Mapping
from typing import Final

import msgspec

from brim.base.clock import system_clock_ms
from brim.base.ids import IdFactory
from brim.core.access.owner_keys import OwnerKeys
from brim.core.operators.rules import Role
from brim.platform.database import Database
from brim.web.key_management import KeyManagement
from brim.web.session import ACCOUNT_COOKIE, AccountChoice, Session
from brim.web.visit import Visit

COOKIE: Final = "signed_in"
FORM_TOKEN: Final = "token-of-this-session"


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """What the cookie says. `keys` has the secret by account and mode, such as `acct_1/test`; None where none is."""

    keys: Mapping[str, str]
    name: str = "Ada Lovelace"
    role: str = "admin"
    key_account: str | None = None
    operator: str = "op_test"
    is_platform: bool = True


class CookieSessions:
    """Believes the cookie."""

    async def find(self, visit: Visit, *, livemode: bool) -> Session | None:
        cookie = visit.cookies.get(COOKIE)
        if cookie is None:
            return None
        told = msgspec.json.decode(base64.urlsafe_b64decode(cookie), type=SignedIn)
        mode = "live" if livemode else "test"
        accounts = list(dict.fromkeys(name.partition("/")[0] for name in told.keys))
        wanted = visit.cookies.get(ACCOUNT_COOKIE, "")
        account = wanted if f"{wanted}/{mode}" in told.keys else accounts[0]
        return Session(
            operator=told.operator,
            name=told.name,
            role=Role(told.role),
            form_token=FORM_TOKEN,
            account=account,
            livemode=livemode,
            key=told.keys[f"{account}/{mode}"],
            key_account=told.key_account,
            accounts=tuple(AccountChoice(each, each) for each in accounts),
            is_platform=told.is_platform,
        )


class _NoDatabase(Database):
    """One that has no connection and needs no event loop."""

    def __init__(self) -> None: ...


UNUSED: Final = _NoDatabase()
"""For sites that are asked for nothing that needs a database."""

NO_KEYS: Final = KeyManagement(OwnerKeys(UNUSED, ids=IdFactory()), system_clock_ms)


def cookie_of(signed_in: SignedIn) -> str:
    """Return the header `Cookie` of somebody who is signed in."""
    return f"{COOKIE}={base64.urlsafe_b64encode(msgspec.json.encode(signed_in)).decode()}"
