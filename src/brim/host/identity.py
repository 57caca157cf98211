"""Decides which user the embedded PostgreSQL runs as; PostgreSQL refuses to be root.

An ordinary user runs it as himself. Root drops to an existing unprivileged user, or, where that user could not
reach the files (they lie under a folder such as /root), runs it in a user namespace in which root's files
belong to somebody else than root. Nothing outside the data folder ever changes its owner or mode.
"""

import os
import pwd
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from brim.base.errors import BrimError

_CONFINE: Final = Path(__file__).with_name("confine.py")


class ForeignClusterError(BrimError):
    """The database files belong to somebody else."""

    def __init__(self, cluster: Path, owner: int) -> None:
        super().__init__(
            f"The database in {cluster} belongs to user {_user_name(owner)}, and you are {_user_name(os.geteuid())}. "
            "Start Brim as that user, or choose another folder with --data-dir."
        )


class UnreachableClusterError(BrimError):
    """Root started Brim, but the user whom the database belongs to cannot reach it."""

    def __init__(self, cluster: Path, owner: int) -> None:
        super().__init__(
            f"The database in {cluster} belongs to user {_user_name(owner)}, who may not enter a folder above it or "
            "above PostgreSQL's programs. Move the data folder to where that user can reach it, or start Brim "
            "as that user."
        )


class CannotDropRootError(BrimError):
    """PostgreSQL refuses to run as root, and no way to run it as somebody else was found."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"PostgreSQL refuses to run as root, and here it cannot be run as anybody else: {reason}. "
            f"Start Brim as an ordinary user, or put its data folder ({folder}) and its installation where user "
            "nobody may enter, or bring your own PostgreSQL with --database-url."
        )


class NamelessUserError(BrimError):
    """PostgreSQL's programs look their user up, the system knows no name for ours, and no way around was found."""

    def __init__(self, reason: str) -> None:
        uid, gid = os.geteuid(), os.getegid()
        super().__init__(
            f"Brim runs as user {uid}, who has no entry in /etc/passwd, and PostgreSQL cannot create its data folder "
            f"for a user without a name ({reason}). Add this line to /etc/passwd in the container's image or at its "
            f"start: brim:x:{uid}:{gid}::/tmp:/sbin/nologin. Or start Brim as a user with a name, or bring your own "
            "PostgreSQL with --database-url."
        )


@dataclass(frozen=True)
class Identity:
    """Who the database's programs run as.

    `mode` is one of `confine`'s: keep (as we are), drop (to `uid` and `gid`), namespace (they are called `uid`
    and `gid` in there and are ours outside). `owner` and `group` are who its files belong to, seen from here.
    """

    mode: str
    uid: int
    gid: int
    owner: int
    group: int

    def command(self, program: Path, *arguments: str) -> list[str]:
        """Return the command line that runs a program as this identity, as a child that dies with us."""
        confined = [
            sys.executable,
            "-I",
            "-S",
            str(_CONFINE),
            str(os.getpid()),
            self.mode,
            str(self.uid),
            str(self.gid),
        ]
        return [*confined, str(program), *arguments]


def choose_identity(folder: Path, cluster: Path, binaries: Path) -> Identity:
    """Return who shall run the database.

    Args:
        folder: the database's own folder, which is given to the identity chosen.
        cluster: PostgreSQL's data directory in it; where it exists, its owner decides.
        binaries: the folder with PostgreSQL's programs.

    Raises:
        ForeignClusterError: an ordinary user, and the files are not his.
        UnreachableClusterError: root, and the files' owner cannot reach them.
        CannotDropRootError: root, and the system knows no other user.
    """
    uid, gid = os.geteuid(), os.getegid()
    owner = cluster.stat() if cluster.exists() else None
    if owner is not None and uid not in (0, owner.st_uid):
        raise ForeignClusterError(cluster, owner.st_uid)
    if uid != 0:
        return Identity("keep", uid, gid, uid, gid)
    if owner is not None and owner.st_uid != 0:
        if not _both_reachable(owner.st_uid, owner.st_gid, folder, binaries):
            raise UnreachableClusterError(cluster, owner.st_uid)
        return Identity("drop", owner.st_uid, owner.st_gid, owner.st_uid, owner.st_gid)
    somebody = _unprivileged_user(folder)
    if owner is None and _both_reachable(somebody.pw_uid, somebody.pw_gid, folder, binaries):
        return Identity("drop", somebody.pw_uid, somebody.pw_gid, somebody.pw_uid, somebody.pw_gid)
    return Identity("namespace", somebody.pw_uid, somebody.pw_gid, uid, gid)


def named_identity(identity: Identity, folder: Path) -> Identity:
    """Return who runs programs that look up their user's name, as `initdb` does and the server does not.

    A user with a name stays as he is. One without (platforms start containers as arbitrary ids) runs them in a user
    namespace that maps him to a user with a name.

    Raises:
        NamelessUserError: the system knows nobody but root.
    """
    if identity.mode != "keep" or _has_name(identity.uid):
        return identity
    try:
        somebody = _unprivileged_user(folder)
    except CannotDropRootError:
        raise NamelessUserError("there is no user but root") from None
    return Identity("namespace", somebody.pw_uid, somebody.pw_gid, identity.owner, identity.group)


def _has_name(uid: int) -> bool:
    return _user_name(uid) != str(uid)


def _unprivileged_user(folder: Path) -> pwd.struct_passwd:
    """Return an existing user who owns nothing; initdb wants one that has a name."""
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        ordinary = [user for user in pwd.getpwall() if user.pw_uid != 0]
    if not ordinary:
        raise CannotDropRootError(folder, "there is no user but root")
    return ordinary[-1]


def _both_reachable(uid: int, gid: int, folder: Path, binaries: Path) -> bool:
    return _may_pass(uid, gid, folder.parent) and _may_pass(uid, gid, binaries)


def _may_pass(uid: int, gid: int, folder: Path) -> bool:
    """Tell whether a user may enter a folder and all those above it, by their plain modes."""
    resolved = folder.resolve()
    return all(_may_enter(uid, gid, step.stat()) for step in (resolved, *resolved.parents))


def _may_enter(uid: int, gid: int, status: os.stat_result) -> bool:
    if status.st_uid == uid:
        return bool(status.st_mode & stat.S_IXUSR)
    return bool(status.st_mode & (stat.S_IXGRP if status.st_gid == gid else stat.S_IXOTH))


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
