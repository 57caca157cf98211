"""The keys of one process: those of the setting, and data keys that the key management system unwraps.

Data keys are unwrapped when the process starts and when another one turns up in the database, and then kept in memory:
nothing that is sealed or opened asks the key management system, and when it fails later nobody notices.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog

from brim.base.clock import Clock
from brim.base.errors import BrimError, DatabaseUnavailableError
from brim.core.encryption.data_key_store import DataKey, list_data_keys
from brim.platform.database import Database
from brim.platform.kms import Kms, KmsError, KmsPinError
from brim.platform.vault import Vault, find_key_id, split_keys

LOOK_EVERY_S: Final = 2.0
"""How late a process may learn of a data key: much less than what passes before a new one seals."""

SETTLES_IN_S: Final = 2 * LOOK_EVERY_S
"""How long after a change of data keys every process works by it."""

_LOOK_AGAIN_S: Final = 0.5
"""The least time between two looks, however many secrets name a key that is not here."""

_log = structlog.get_logger()


class NoDataKeyError(BrimError):
    """The key management system is there to unwrap data keys, and there are none."""

    def __init__(self) -> None:
        super().__init__(
            "There is no data key that the key management system can unwrap, and no --encryption-key, so "
            "nothing can be encrypted. Run brim keys create-data-key."
        )


class Keyring:
    """A process's vault and where its keys come from.

    Args:
        setting: keys as the setting has them; the first seals while no data key does, all open.
        kms: unwraps data keys; without it there are none.
        clock: tells which of them has begun to seal.
    """

    def __init__(self, setting: str | None, kms: Kms | None, clock: Clock) -> None:
        self._plain = split_keys(setting)
        self._kms = kms
        self._clock = clock
        self._unwrapped: dict[str, str] = {}
        self._is_pin_wrong = False
        self._look = asyncio.Event()
        self.data_keys: Sequence[DataKey] = ()
        self.vault = Vault(self._plain, on_missing=self._look.set)

    async def load(self, database: Database) -> None:
        """Have every key in the vault that there is now.

        Raises:
            KmsError: the key management system does not unwrap the data keys.
            NoDataKeyError: it is to do so, and there is no key of any kind.
            DatabaseUnavailableError: it cannot answer now.
        """
        if self._kms is None:
            return
        async with database.connection() as conn:
            data_keys = await list_data_keys(conn)
        unknown = [key for key in data_keys if key.id not in self._unwrapped]
        if unknown:
            self._unwrapped |= await asyncio.to_thread(_unwrap, self._kms, unknown)
        self.data_keys = data_keys
        self._use()
        if not self.vault.key_ids:
            raise NoDataKeyError

    async def keep(self, database: Database) -> None:
        """Learn of every change of data keys, for as long as the process lives; without any system return at once."""
        while self._kms:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), LOOK_EVERY_S - _LOOK_AGAIN_S)
            await asyncio.sleep(_LOOK_AGAIN_S)
            self._look.clear()
            try:
                if not self._is_pin_wrong:
                    await self.load(database)
            except DatabaseUnavailableError:
                continue
            except KmsPinError as error:  # a token locks itself after a few tries
                self._is_pin_wrong = True
                _log.error("a new data key cannot be used before a restart", reason=str(error))
            except BrimError as error:
                _log.error("data keys cannot be used", reason=str(error))

    @property
    def settles_in_s(self) -> float:
        """How long it may take until every process seals as this vault would then."""
        changes_ms = [key.retired_ms or key.seals_from_ms for key in self.data_keys]
        return max(0.0, SETTLES_IN_S + (max(changes_ms, default=0) - self._clock()) / 1000)

    def _use(self) -> None:
        """Give the vault its keys: a data key seals if one is to, else the setting's first."""
        data = [self._unwrapped[key.id] for key in self.data_keys]
        sealing = find_sealing(self.data_keys, now_ms=self._clock(), has_plain=bool(self._plain))
        if sealing:
            first = self._unwrapped[sealing.id]
            self.vault.use([first, *(key for key in [*self._plain, *data] if key != first)])
        else:
            self.vault.use([*self._plain, *data], can_seal=bool(self._plain))


def find_sealing(keys: Sequence[DataKey], *, now_ms: int, has_plain: bool) -> DataKey | None:
    """Return the data key that seals now, None where the setting's does.

    With no key by the setting the first one seals before its time: a clock that is behind is no reason to seal nothing.
    """
    usable = [key for key in keys if key.retired_ms is None]
    begun = [key for key in usable if key.seals_from_ms <= now_ms]
    return begun[0] if begun else None if has_plain else usable[-1] if usable else None


def _unwrap(kms: Kms, keys: Sequence[DataKey]) -> dict[str, str]:
    """Return data keys by their ids, as the vault takes them."""
    with kms.open() as session:
        found = {
            key.id: session.unwrap(key.wrapped, kms_key=key.kms_key, key_id=key.id).decode("ascii", "replace")
            for key in keys
        }
    for key_id, key in found.items():
        if find_key_id(key) != key_id:
            raise KmsError(f"what it unwrapped is not the data key {key_id}.")
    return found
