"""Samples what forked processes spend processor time on; Python loads it at its start where this folder is on its path.

A timer of the process's own processor time interrupts it, so neither idling nor waiting for a core is counted. Each
sample is a line of the file `SAMPLES` and the process id: the time, then the stack, outermost first. What uvloop spends
outside of Python is interrupted at the first function that it calls, as that begins: then its caller is who spent it.
"""

import os
import signal
import sys
import time
from dis import opmap
from types import FrameType
from typing import Final

_EVERY_S: Final = 0.004
_LOOP: Final = "asyncio/runners.py"
_SAMPLES: Final = os.environ.get("SAMPLES")


def _begin() -> None:
    signal.signal(signal.SIGPROF, _note)
    signal.setitimer(signal.ITIMER_PROF, _EVERY_S, _EVERY_S)


def _note(_number: int, frame: FrameType | None) -> None:
    if frame and frame.f_back and _just_begun(frame) and frame.f_back.f_code.co_filename.endswith(_LOOP):
        frame = frame.f_back
    stack = []
    while frame:
        code = frame.f_code
        path = code.co_filename
        root = max((root for root in sys.path if root and path.startswith(root + "/")), key=len, default=None)
        path = path[len(root) + 1 :] if root else path
        stack.append(f"{code.co_qualname} ({path}:{frame.f_lineno})")
        frame = frame.f_back
    # Opened each time: a fork server closes what it did not ask for, and then a descriptor is somebody else's.
    with open(f"{_SAMPLES}-{os.getpid()}", "a", encoding="utf-8") as file:  # noqa: PTH123  nothing more than needed
        file.write(f"{time.monotonic():.3f} {';'.join(reversed(stack))}\n")


def _just_begun(frame: FrameType) -> bool:
    return frame.f_code.co_code[frame.f_lasti] == opmap["RESUME"]


if _SAMPLES:
    os.register_at_fork(after_in_child=_begin)
