"""Nobody who has shown no key can keep an API process from answering, nor fill its memory."""

import subprocess
import sys
import time
from collections.abc import Iterator
from select import select
from typing import Final
from urllib.parse import urlsplit

import pytest

from tests.support import flooding
from tests.support.brim_process import RunningBrim, brim_environment, start_serving
from tests.support.long_form import long_form
from tests.support.process_memory import resident_bytes
from tests.support.wire import Wire

ANSWERS: Final = long_form(300, short=100)
"""How many others are given once the flood is there, and before it."""
IN_A_ROW: Final = 20
MOST_TIMES: Final = 100
"""How much more than undisturbed the API process may do for one answer, at the best of several in a row."""
LONGEST_FLOOD_S: Final = 120.0
_PROCESSOR_TIME: Final = 2
"""With the complement of a process's id before it, the clock of its processor time. Source: Linux,
include/linux/posix-timers_types.h, CPUCLOCK_SCHED."""
MOST_MEMORY: Final = 96 * 1024 * 1024
"""What an address may have unfinished, 16 MB, several times over: the system's own buffers come on top."""


@pytest.fixture(scope="module")
def brim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBrim]:
    """A service of these tests' own with one API process."""
    folder = tmp_path_factory.mktemp("floods")
    brim = start_serving(folder / "data", folder / "brim.log", arguments=("--workers", "1"))
    try:
        brim.wait_until_ready()
        yield brim
        assert brim.stop() == 0
        assert "Traceback" not in (folder / "brim.log").read_text()
    finally:
        brim.close()


@pytest.fixture(scope="module")
def memory_before(brim: RunningBrim) -> int:
    """What the API process has before anybody floods it."""
    assert Wire(brim.url, None).get("/healthz").status == 200
    return resident_bytes(brim.child_pid("api"))


class Asker:
    """Asks for an answer on a new connection, and measures what the API process does until it is there.

    It is measured in the processor time of that process, not in time that passes: a busy machine lets everybody wait,
    and has the process do no more.
    """

    def __init__(self, brim: RunningBrim) -> None:
        self._wire = Wire(brim.url, None)
        self._clock = (~brim.child_pid("api") << 3) | _PROCESSOR_TIME

    def work_for_answer(self) -> float:
        """Return how many seconds the API process worked, on whatever it was, until an answer was there."""
        begun = time.clock_gettime(self._clock)
        assert self._wire.get("/healthz", headers={"Connection": "close"}).status == 200
        return time.clock_gettime(self._clock) - begun


@pytest.mark.slow
@pytest.mark.long_form
@pytest.mark.parametrize("kind", flooding.FLOODS)
def test_whatever_a_stranger_sends_others_are_answered(brim: RunningBrim, memory_before: int, kind: str) -> None:
    api, place, asker = brim.child_pid("api"), urlsplit(brim.url).netloc, Asker(brim)
    undisturbed = sum(asker.work_for_answer() for _ in range(ANSWERS)) / ANSWERS
    command = [sys.executable, str(flooding.__file__), place, kind, str(LONGEST_FLOOD_S), brim.test_key]
    work: list[float] = []
    most = 0
    with subprocess.Popen(command, env=brim_environment(), stdout=subprocess.PIPE, text=True) as flood:
        assert flood.stdout
        try:
            since_sent = 0
            while since_sent < ANSWERS:
                assert flood.poll() is None
                work.append(asker.work_for_answer())
                most = max(most, resident_bytes(api))
                since_sent += bool(since_sent or select([flood.stdout], [], [], 0)[0])
            assert flood.stdout.readline().strip() == flooding.SENT
        finally:
            flood.kill()
    # What comes at once may delay a few answers, and so does a machine that lets this test wait with one in its hands.
    # A process that is kept busy has no cheap one among many in a row.
    cheapest = [min(work[at : at + IN_A_ROW]) for at in range(len(work) - IN_A_ROW + 1)]
    more = most - memory_before
    dearest = max(cheapest) / undisturbed
    print(f"{kind}: {len(work)} answers, {max(work):.3f} s for one, {dearest:.0f} times; {more >> 20} MB more")
    assert dearest < MOST_TIMES
    assert more < MOST_MEMORY
