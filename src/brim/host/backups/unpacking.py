"""Unpacks the tar file of a base backup."""

import tarfile
from pathlib import Path
from typing import BinaryIO

from brim.base.errors import BrimError
from brim.host.backups.stores import Pieces


class UnpackedWrongError(BrimError):
    """What was unpacked is not what PostgreSQL's list of files says."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"The base backup was not unpacked as it was made: {file} {reason}.")


def unpack_tar(stream: BinaryIO | Pieces, folder: Path) -> None:
    """Unpack files and folders into a folder, for their owner alone.

    `tarfile` has filters for this, but not yet in Python 3.11.2, which Debian 12 has.

    Raises:
        UnpackedWrongError: one lies elsewhere, or is neither a file nor a folder.
    """
    place = folder.resolve()
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            if not (member.isfile() or member.isdir()):
                raise UnpackedWrongError(member.name, "is neither a file nor a folder")
            if not (place / member.name).resolve().is_relative_to(place):
                raise UnpackedWrongError(member.name, "lies outside of the folder")
            member.mode &= 0o700
            tar.extract(member, place)
