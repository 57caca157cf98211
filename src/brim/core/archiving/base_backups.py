"""What the data folder notes of the last base backup of the embedded database, for whoever watches."""

import os
from pathlib import Path
from typing import Final

import msgspec

from brim.base import json_codec

_NOTE: Final = "base_backup.json"
_PLACE: Final = "archiving"


class BaseBackup(msgspec.Struct, frozen=True, kw_only=True):
    """The last base backup that was made of a data folder: where it went and until when it took, in Unix ms."""

    id: str
    place: str
    ended_ms: int


def keep_base_backup(data_dir: Path, backup: BaseBackup) -> None:
    """Note a base backup that is whole. A crash leaves this note or the one before."""
    unfinished = data_dir / f"{_NOTE}.new"
    with unfinished.open("wb") as stream:
        stream.write(json_codec.encode(backup))
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(data_dir / _NOTE)


def forget_base_backup(data_dir: Path) -> None:
    """Forget it: what it is of is not what the folder has now."""
    (data_dir / _NOTE).unlink(missing_ok=True)


def last_base_backup_ms(data_dir: Path) -> int | None:
    """Return when the last base backup ended, 0 for never; None where no backups are made of this folder."""
    place = data_dir / _PLACE
    if not place.is_file():
        return None
    try:
        backup = json_codec.decode((data_dir / _NOTE).read_bytes(), type=BaseBackup)
    except FileNotFoundError:
        return 0
    return backup.ended_ms if backup.place == place.read_text(encoding="utf-8").strip() else 0
