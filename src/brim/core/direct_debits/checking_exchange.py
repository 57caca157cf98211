"""Checks what the exchange of an originator's files needs, before money depends on it. It changes nothing."""

import os
import posixpath
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import msgspec

from brim.core.direct_debits.bank_servers import BankServers, one_at_a_time
from brim.core.direct_debits.incoming import UNFINISHED_SUFFIXES
from brim.core.originators import Originator
from brim.core.rails.ach import SftpFolder, Upload, archive_of, is_sftp, parse_sftp_folder
from brim.platform.sftp import RemoteFolders, SftpError

_PROBE: Final = ".brim-probe.part"
_RENAMED: Final = ".brim-probe-renamed.part"
_CONTENT: Final = (
    b"Brim wrote this file to test whether it can write here. It is not a payment file and can be removed.\r\n"
)

_RIGHTS: Final = {"outgoing_folder": os.R_OK | os.W_OK | os.X_OK, "incoming_folder": os.R_OK | os.X_OK}
_ALL_RIGHTS: Final = os.R_OK | os.W_OK | os.X_OK


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A check: what was tried on which folder, its result, and whether that is good."""

    what: str
    folder: str
    result: str
    is_good: bool


async def check_exchange(servers: BankServers, originator: Originator) -> list[Finding]:
    """Return what works in the exchange of an originator's files, and what does not.

    Logs in to servers and lists folders. A small file, whose name no bank takes for a payment file, is written
    into the outgoing folder, renamed if payment files are, and removed.
    """
    profile = originator.profile
    found = [_check_local(use, folder) for use, folder in profile.local_folders.items()]
    for use in ("outgoing_folder", "incoming_folder"):
        folder = getattr(profile, use)
        if is_sftp(folder):
            found += [each async for each in _check_remote(servers, originator, use, parse_sftp_folder(folder))]
    return found


def _check_local(use: str, folder: str) -> Finding:
    path = Path(folder)
    if not path.is_dir():
        return Finding(what=use, folder=folder, result="it does not exist.", is_good=False)
    if not os.access(path, _RIGHTS.get(use, _ALL_RIGHTS)):
        return Finding(what=use, folder=folder, result="this user can't access it.", is_good=False)
    if use == "sftp_records_folder":
        try:
            with one_at_a_time(path, "outgoing"):
                pass
        except OSError as error:
            return Finding(what=use, folder=folder, result=f"it cannot be locked: {error}.", is_good=False)
    return Finding(what=use, folder=folder, result="it is accessible.", is_good=True)


async def _check_remote(
    servers: BankServers, originator: Originator, use: str, folder: SftpFolder
) -> AsyncIterator[Finding]:
    place = str(folder)
    try:
        async with servers.reach(originator, folder) as remote:
            yield Finding(what=f"{use}: log in", folder=place, result="the host key is pinned.", is_good=True)
            yield Finding(what=f"{use}: list", folder=place, result=await _count(remote, folder.path), is_good=True)
            if use == "outgoing_folder":
                direct = originator.profile.sftp_upload is Upload.DIRECT
                result = await _probe(remote, folder.path, renames=not direct)
                yield Finding(what=f"{use}: write", folder=place, result=result, is_good=True)
            elif (archive := archive_of(originator.profile)) is not None:
                result = await _count(remote, archive.path)
                yield Finding(what="sftp_archive_folder: list", folder=str(archive), result=result, is_good=True)
    except SftpError as error:
        yield Finding(what=use, folder=place, result=str(error), is_good=False)


async def _count(remote: RemoteFolders, path: str) -> str:
    files = [each for each in await remote.list_files(path) if each.is_regular and not each.name.startswith(".")]
    waiting = [each for each in files if not each.name.endswith(UNFINISHED_SUFFIXES)]
    return f"it has {len(waiting)} {'file' if len(waiting) == 1 else 'files'}."


async def _probe(remote: RemoteFolders, path: str, *, renames: bool) -> str:
    """Write a file, rename it and remove it; return what was done."""
    probe, renamed = posixpath.join(path, _PROBE), posixpath.join(path, _RENAMED)
    await remote.remove_file(renamed)
    await remote.write_file(probe, _CONTENT)
    there = await remote.find_file(probe)
    if not renames:
        await remote.remove_file(probe)
        done = "a file was written and removed"
    else:
        await remote.rename_file(probe, renamed)
        await remote.remove_file(renamed)
        done = "a file was written, renamed and removed"
    if there is None or there.size != len(_CONTENT):
        return f"{done}, but the server did not report its size, so truncated files cannot be detected."
    return f"{done}."
