"""Backups of the embedded database: base backups, its WAL at all times, restores to a moment, and their checks.

`platform.sealing` encrypts, `stores` and `s3` keep objects, `archive` knows which there are; `wal_exchange` takes WAL
from PostgreSQL while Brim runs. `creating`, `restoring`, `verifying` and `comparing` are what `brim backup` does.
Databases of your own are backed up by their own tools (docs/backups.md). Start reading at `archive`.
"""

from pathlib import Path

from brim.base.errors import BrimError
from brim.host.backups.archive import Archive
from brim.host.backups.stores import S3_SCHEME, open_store
from brim.host.programs import major_of_programs, wheel_binaries
from brim.platform.sealing import keys_of_setting
from brim.platform.settings import Settings

__all__ = ["Archive", "archive_of", "configured_archive"]


class NoBackupStoreError(BrimError):
    """Nobody said where backups are."""

    def __init__(self) -> None:
        super().__init__("Set --backup-store (BRIM_BACKUP_STORE) to a folder, or s3://bucket/prefix.")


class NoBackupKeyError(BrimError):
    """Backups are to be made or read, and there is no key."""

    def __init__(self) -> None:
        super().__init__(
            "Backups are encrypted: --backup-store needs BRIM_BACKUP_KEY, 32 bytes in URL-safe base64. Keep "
            "it apart from the data folder and the backups: without it, they can't be read."
        )


class StoreInsideError(BrimError):
    """Backups would lie in the folder that they are of."""

    def __init__(self, store: Path, data_dir: Path) -> None:
        super().__init__(
            f"The backup folder {store} is inside the data folder {data_dir} and would be lost with it. "
            f"Choose a folder on another disk with --backup-store."
        )


class NotEmbeddedError(BrimError):
    """Backups are asked for of a database that Brim does not run."""

    def __init__(self) -> None:
        super().__init__(
            "--backup-store is for the database that brim serve brings; one that --database-url names is backed up by "
            "its own tools (docs/backups.md)."
        )


def configured_archive(settings: Settings) -> Archive | None:
    """Return the archive that the settings mean; None where they name no store.

    Raises:
        NoBackupKeyError: they name a store and no key.
        StoreInsideError: the store is in the data folder.
        NotEmbeddedError: the database is not ours.
        StoreError: the store needs a package that is not installed.
    """
    return None if settings.backup_store is None else archive_of(settings)


def archive_of(settings: Settings) -> Archive:
    """Return the archive that the settings mean.

    Raises:
        NoBackupStoreError: they name none.
        NoBackupKeyError, StoreInsideError, NotEmbeddedError, StoreError: as `configured_archive`.
    """
    if settings.backup_store is None:
        raise NoBackupStoreError
    if settings.backup_key is None:
        raise NoBackupKeyError
    if settings.database_url is not None:
        raise NotEmbeddedError
    if not settings.backup_store.startswith(S3_SCHEME):
        store, data_dir = Path(settings.backup_store).resolve(), settings.data_dir.resolve()
        if store.is_relative_to(data_dir):
            raise StoreInsideError(store, data_dir)
    return Archive(
        open_store(settings.backup_store),
        keys_of_setting(settings.backup_key),
        own_version=lambda: str(major_of_programs(wheel_binaries())),
    )
