"""Becomes another program: not as root, and not longer than its parent lives.

Run as a file, not imported: `python -I -S confine.py PARENT MODE UID GID PROGRAM ARGUMENT...`. Exec keeps the
process id, so the program is a direct child of whoever started this file. A file of its own, because doing the
same between fork and exec inside the service is unsafe once that has threads.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Final

CANNOT_CONFINE: Final = 77
"""The exit status when the rights could not be given up; PostgreSQL's programs use 0, 1, 2 and 3."""

_CLONE_NEWUSER: Final = 0x10000000
_PR_SET_PDEATHSIG: Final = 1


def _keep(_uid: int, _gid: int) -> None:
    """Stay who we are."""


def _drop(uid: int, gid: int) -> None:
    """Become that user for good."""
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _enter_namespace(uid: int, gid: int) -> None:
    """Move into a user namespace in which our files belong to `uid`, who is not root there."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are not available")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")  # the kernel demands it before gid_map
    Path("/proc/self/uid_map").write_text(f"{uid} {outer_uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{gid} {outer_gid} 1", encoding="ascii")


def _die_with(parent: int) -> None:
    """Ask for a fast shutdown (SIGINT) when the parent dies; elsewhere than on Linux `orphans` has to see to it.

    Comes after the change of user, which would undo it.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(CANNOT_CONFINE)


_MODES: Final = {"keep": _keep, "drop": _drop, "namespace": _enter_namespace}


def main() -> None:
    """Confine this process and turn it into the program named on the command line."""
    parent, mode, uid, gid, *program = sys.argv[1:]
    try:
        _MODES[mode](int(uid), int(gid))
    except OSError as error:
        print(f"cannot give up root's rights ({mode}): {error}", file=sys.stderr)  # noqa: T201  the launcher reads it
        sys.exit(CANNOT_CONFINE)
    _die_with(int(parent))
    os.execv(program[0], program)  # noqa: S606  no shell is the point


if __name__ == "__main__":
    main()
