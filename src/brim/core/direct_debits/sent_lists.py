"""What has left a folder, or may have: lists beside the files, outside of the database.

After a restore of an older database they tell what the bank may have. `SENT_LIST` has a line for each file, written
before the file is placed. Lines of two other kinds hold together what one originator has sent: `=` names whose the
files after it are, and `>` the folder in which an originator went on when it left this one. Whoever reads a list
follows those, so a database from before the change learns of what was sent after it.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

from brim.base.folders import sync_folder
from brim.base.scope import AccountScope
from brim.core.direct_debits import file_store
from brim.core.originators import Originator, list_active_originators
from brim.platform.database import Conn

SENT_LIST: Final = ".brim-sent"
SENT_COPIES: Final = ".brim-sent.d"
"""The folder beside the list that has the bytes of each file, sealed as the database has them."""

_LIST_FIELDS: Final = 3
_OWNER, _WENT_ON = "=", ">"
"""How lines begin that name no file. They have two fields, and earlier versions pass over them."""
_WHOLE: Final = ";"
"""How a folder ends in the list: one that was torn is no other folder. `quote` leaves none in it."""


class ListedFile(NamedTuple):
    """A file that has left, or may have: the hash of its bytes in hexadecimal, its name, from where, and whose it is.

    Without a hash it stands for a list that ought to be in `folder`, and is not. `originator` is None where an earlier
    version wrote the line.
    """

    sha256: str
    name: str
    folder: Path
    originator: str | None


class _List(NamedTuple):
    """What a list says: files by their ids, whose the last one is, and in which folders its writers went on."""

    files: dict[str, ListedFile]
    owner: str | None
    went_on: list[Path]


async def unknown_sent_files(conn: Conn, originator: Originator) -> Mapping[str, ListedFile]:
    """Return what has left by the lists of an originator's folders, and the database does not know, in order.

    What another originator of this database has sent is that one's business.
    """
    listed = read_sent_lists(Path(originator.profile.list_folder))
    if not listed:
        return {}
    owners = {file.originator for file in listed.values()} - {None, originator.id}
    others = {each.id for each in await list_active_originators(conn)} & owners if owners else set()
    known = await file_store.known_files(conn, originator.scope, list(listed))
    return {file_id: file for file_id, file in listed.items() if file_id not in known and file.originator not in others}


async def list_unknown_files(conn: Conn) -> list[tuple[AccountScope, str, ListedFile]]:
    """Return what has left by the lists of all originators' folders, and the database does not know."""
    return [
        (originator.scope, file_id, file)
        for originator in await list_active_originators(conn)
        for file_id, file in (await unknown_sent_files(conn, originator)).items()
    ]


def read_sent_lists(folder: Path) -> dict[str, ListedFile]:
    """Return what has left, or may have, a folder and those in which its originator went on, by the files' ids."""
    found: dict[str, ListedFile] = {}
    waiting, seen = [folder], {folder}
    while waiting:
        place = waiting.pop(0)
        listing = _read(place)
        if listing is None:
            if place != folder:  # another list names it, so it was there
                found.setdefault(f"the list of {place}", ListedFile("", SENT_LIST, place, None))
            continue
        for file_id, file in listing.files.items():
            found.setdefault(file_id, file)
        waiting += [each for each in listing.went_on if each not in seen]
        seen.update(listing.went_on)
    return found


def last_folder(folder: Path) -> Path:
    """Return the folder in which who sends from this one went on at last; this one if they did not, or came back."""
    seen = [folder]
    while (listing := _read(seen[-1])) and listing.went_on:
        if listing.went_on[-1] in seen:
            return folder
        seen.append(listing.went_on[-1])
    return seen[-1]


def has_list(folder: Path) -> bool:
    """Tell whether there is a list of what has left a folder."""
    return _read(folder) is not None


def _read(folder: Path) -> _List | None:
    """Return what the list of a folder says; None where there is none."""
    try:
        lines = (folder / SENT_LIST).read_text(encoding="ascii", errors="replace").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    listing = _List({}, None, [])
    for fields in (line.split("\t") for line in lines):
        if len(fields) == _LIST_FIELDS:
            listing.files[fields[0]] = ListedFile(fields[1], fields[2], folder, listing.owner)
        elif fields[0] == _OWNER and len(fields) > 1:
            listing = listing._replace(owner=fields[1])
        elif fields[0] == _WENT_ON and fields[-1].endswith(_WHOLE):
            listing.went_on.append(Path(unquote(fields[1].removesuffix(_WHOLE))))
    return listing


def read_sent_copy(file_id: str, listed: ListedFile) -> bytes:
    """Return the bytes of a file that has left, as they are sealed.

    Raises:
        FileNotFoundError: no copy of it was kept.
    """
    return (listed.folder / SENT_COPIES / file_id).read_bytes()


def begin_list(folder: Path) -> None:
    """Create a folder's list of what has left, if it has none.

    Raises:
        OSError: the folder is not there, or cannot be written to.
    """
    if not has_list(folder):
        _append(folder / SENT_LIST, "")


def go_on_in(folder: Path, new: Path) -> None:
    """Write into the list of a folder that its originator goes on in a new one, durably; the new list is there before.

    Raises:
        OSError: one of the lists cannot be written here.
    """
    new.mkdir(parents=True, exist_ok=True)
    _append(new / SENT_LIST, "")
    listing = _read(folder)
    if listing is None or listing.went_on[-1:] != [new]:
        folder.mkdir(parents=True, exist_ok=True)
        _append(folder / SENT_LIST, f"{_WENT_ON}\t{quote(str(new))}{_WHOLE}\n")


def hand_over(folder: Path, name: str, content: bytes, *, file_id: str, sealed: bytes, originator: str) -> None:
    """Put a file into a folder whole or not at all, durably, after its line is in the folder's list.

    The sealed copy comes first, then the line, then the file: what may have left is never missing in the list, and what
    the list names can be read.
    """
    (folder / SENT_COPIES).mkdir(parents=True, exist_ok=True)
    list_sent(folder, name, content, file_id=file_id, sealed=sealed, originator=originator)
    put_durably(folder / name, content)


def list_sent(folder: Path, name: str, content: bytes, *, file_id: str, sealed: bytes, originator: str) -> None:
    """Keep a sealed copy of a file and then write its line into a folder's list, durably: from now on it may have left.

    Done again, it changes nothing.

    Raises:
        OSError: the folder is not there, or cannot be written to.
    """
    (folder / SENT_COPIES).mkdir(exist_ok=True)
    sha256 = hashlib.sha256(content).hexdigest()
    listing = _read(folder) or _List({}, None, [])
    before = listing.files.get(file_id)
    if before is None or (before.sha256, before.name) != (sha256, name):
        put_durably(folder / SENT_COPIES / file_id, sealed)
        whose = "" if listing.owner == originator else f"{_OWNER}\t{originator}\n"
        _append(folder / SENT_LIST, f"{whose}{file_id}\t{sha256}\t{name}\n")


def put_durably(path: Path, content: bytes) -> None:
    """Put a file into a folder whole or not at all, durably."""
    waiting = path.with_name(f".{path.name}.part")
    with waiting.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    waiting.rename(path)
    sync_folder(path.parent)


def _append(path: Path, line: str) -> None:
    """Add lines durably, or none to a list that there is then; what a crash has left of one does not swallow them."""
    with path.open("a+b") as file:
        end = file.seek(0, os.SEEK_END)
        if end and line:
            file.seek(end - 1)
            line = line if file.read(1) == b"\n" else f"\n{line}"
        file.write(line.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
