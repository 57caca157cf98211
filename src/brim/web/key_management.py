"""What pages do with API keys, in the name of whoever is signed in; there is no operation of the API for it.

Pages reach past the API here and for the bytes of files: a key that could make keys would outlive its own end.
"""

from brim.base.clock import Clock
from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core.access import KeyParameters, NewKey, OwnedKey, OwnerKeys
from brim.web.session import Session


class KeysForbiddenError(BrimError):
    """Somebody's role lets them see no keys, or change none."""

    def __init__(self, *, livemode: bool) -> None:
        who = "an admin" if livemode else "a developer or an admin"
        super().__init__(f"Your role can't change API keys here. Ask {who}.")


class KeyManagement:
    """The keys of whatever account somebody looks at.

    Args:
        keys: the use cases.
        clock: the time.
    """

    def __init__(self, keys: OwnerKeys, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    def now_ms(self) -> int:
        """Return the time, by which a key works or has ended."""
        return self._clock()

    async def list_keys(self, session: Session) -> list[OwnedKey]:
        """Return the keys of the shown account and mode, newest first; no secret is in them."""
        return await self._keys.list_keys(_owner(session), now_ms=self._clock())

    async def find_key(self, session: Session, key_id: str) -> OwnedKey:
        """Return one of the account's keys.

        Raises:
            UnknownKeyError: it has none of that id.
        """
        return await self._keys.find_key(_owner(session), key_id)

    async def create_key(self, session: Session, wanted: KeyParameters) -> NewKey:
        """Make a key, as `OwnerKeys.create_key`.

        Raises:
            KeysForbiddenError: the role does not suffice.
        """
        _check_role(session)
        return await self._keys.create_key(_owner(session), wanted, by=session.actor, now_ms=self._clock())

    async def roll_key(self, session: Session, key_id: str, *, new_id: str, grace_ms: int) -> NewKey:
        """Roll a key, as `OwnerKeys.roll_key`.

        Raises:
            KeysForbiddenError: the role does not suffice.
        """
        _check_role(session)
        return await self._keys.roll_key(
            _owner(session), key_id, new_id=new_id, grace_ms=grace_ms, by=session.actor, now_ms=self._clock()
        )

    async def revoke_key(self, session: Session, key_id: str) -> None:
        """End a key now, as `OwnerKeys.revoke_key`.

        Raises:
            KeysForbiddenError: the role does not suffice.
        """
        _check_role(session)
        await self._keys.revoke_key(_owner(session), key_id, by=session.actor, now_ms=self._clock())


def _owner(session: Session) -> AccountScope:
    return AccountScope(session.account, session.livemode)


def _check_role(session: Session) -> None:
    if not session.may_make_keys:
        raise KeysForbiddenError(livemode=session.livemode)
