"""What a page knows of who looks at it: somebody who is signed in, and as whom they look.

Who that is, `Sessions` finds out; signing in and out are not this module's business.
"""

import hmac
from collections.abc import Mapping
from typing import Final, Protocol
from urllib.parse import quote

import msgspec

from brim.base.errors import BrimError
from brim.core.audit import Actor, ActorKind
from brim.core.operators import Role, may_make_keys, may_see_bytes, permissions_of
from brim.http.message import Reply
from brim.web.api_client import Told
from brim.web.pages import redirect
from brim.web.visit import Visit

TOKEN_FIELD: Final = "form_token"  # noqa: S105  a field's name, no secret
TOKEN_HEADER: Final = b"x-csrf-token"
TEST_PREFIX: Final = "/test"
ACCOUNT_COOKIE: Final = "brim_account"
"""Which account a browser was shown last. It decides nothing: whoever finds sessions checks who may see what."""


class AccountChoice(msgspec.Struct, frozen=True):
    """An account that can be looked at, and its name, which may be its id."""

    account: str
    name: str


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is signed in, looking at one account in one mode.

    Attributes:
        operator: their id, such as `op_...`.
        name: theirs, for people.
        email: theirs, by which the audit log names them.
        address: from where they look, None where there is no network between.
        permissions: what the key may do; None for what a role may where nobody else has one.
        role: what they may do.
        form_token: what every form of theirs carries, so that no other site can send one.
        account: whose data is shown.
        livemode: in which mode.
        key: the secret of the API key that their pages use.
        key_account: whose key that is; None for the shown account's own.
        accounts: those that can be looked at, for switching; empty where there is no choice.
        told: is told of what their pages do by the API; None tells nobody.
        is_platform: whether the account is connected to no other one; files and banks belong to such an account.
    """

    operator: str
    name: str
    role: Role
    form_token: str
    account: str
    livemode: bool
    key: str
    key_account: str | None = None
    accounts: tuple[AccountChoice, ...] = ()
    told: Told | None = None
    is_platform: bool = True
    email: str | None = None
    address: str | None = None
    permissions: Mapping[str, str] | None = None

    @property
    def actor(self) -> Actor:
        """The operator as the audit log tells of them."""
        return Actor(kind=ActorKind.OPERATOR, id=self.operator, name=self.email or self.name, address=self.address)

    @property
    def prefix(self) -> str:
        """What the paths of this mode's pages begin with: `/test`, or nothing in live mode."""
        return "" if self.livemode else TEST_PREFIX

    @property
    def acting_for(self) -> str | None:
        """The account that requests name, where the key is another's; None where it is the account's own."""
        return self.account if self.key_account not in {None, self.account} else None

    def may(self, resource: str) -> bool:
        """Tell whether pages offer what changes something of a resource: the API lets their key do it."""
        return self._rights.get(resource) == "write"

    @property
    def may_make_keys(self) -> bool:
        """Whether pages offer to change API keys."""
        return may_make_keys(self.role, livemode=self.livemode)

    @property
    def may_see_bytes(self) -> bool:
        """Whether pages give the bytes of files, which are of live mode alone."""
        return self.livemode and may_see_bytes(self._rights)

    @property
    def _rights(self) -> Mapping[str, str]:
        if self.permissions is not None:
            return self.permissions
        return permissions_of(self.role, livemode=self.livemode, held=frozenset())

    @property
    def initials(self) -> str:
        """Theirs, for where there is little room."""
        return initials(self.name)

    @property
    def account_name(self) -> str:
        """The shown account's name, or its id."""
        return next((choice.name for choice in self.accounts if choice.account == self.account), self.account)


def initials(name: str) -> str:
    """Return the first letters of a name's first and last word."""
    words = name.split()
    return "".join(word[0] for word in dict.fromkeys([*words[:1], *words[-1:]])).upper()


class Sessions(Protocol):
    """Recognises who looks."""

    async def find(self, visit: Visit, *, livemode: bool) -> Session | None:
        """Return the session of a visit, None when nobody is signed in.

        The account shown is the one in the cookie `ACCOUNT_COOKIE`, where there is such an account, else the oldest.
        """


async def find_test_session(sessions: Sessions, visit: Visit) -> Session | None:
    """Return the session of a visit to a page that all may see, in test mode.

    None for somebody who is not signed in, or who has no key to be shown, as before there is an account.
    """
    try:
        return await sessions.find(visit, livemode=False)
    except BrimError:
        return None


def to_sign_in(visit: Visit) -> Reply:
    """Return what sends a visitor to sign in, and from there back; a form that was sent is not sent again."""
    target = visit.address if visit.request.method == "GET" else "/"
    return redirect(f"/sign-in?next={quote(target, safe='/')}")


def carries_token(visit: Visit, session: Session) -> bool:
    """Tell whether a form came from one of the session's own pages."""
    given = visit.request.header(TOKEN_HEADER) or visit.form.get(TOKEN_FIELD, "")
    return hmac.compare_digest(given.encode("utf-8", "replace"), session.form_token.encode())
