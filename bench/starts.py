"""How long `brim serve` takes from its start to the first top-up, in an empty folder and once more in the same."""

import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final, NamedTuple

from bench.processes import BenchError, running
from bench.service import CREATE_BODY, TEST_KEY, Start

_POLL_S: Final = 0.002
_ANSWERS_WITHIN_S: Final = 10.0


class Starts(NamedTuple):
    """Seconds to the first top-up."""

    first: float
    warm: float


def measure_starts(folder: Path, source: Path | None) -> Starts:
    """Start a service in a new data folder, stop it, and start it again."""
    folder.mkdir(mode=0o711)
    return Starts(_start(folder, source), _start(folder, source))


def _start(folder: Path, source: Path | None) -> float:
    start, data_dir = Start(source=source), folder / "data"
    status_file = data_dir / "brim.json"
    status_file.unlink(missing_ok=True)
    command, environment = start.command(data_dir, 1), start.environment()
    began = time.monotonic()
    with running("start", command, folder=folder, env=environment) as program:
        program.wait_until(status_file.exists, poll_s=_POLL_S)
        _create(json.loads(status_file.read_text())["url"])
        return time.monotonic() - began


def _create(url: str) -> None:
    headers = {"Authorization": f"Bearer {TEST_KEY}"}
    request = urllib.request.Request(f"{url}/v1/topups", CREATE_BODY.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=_ANSWERS_WITHIN_S):
            pass
    except urllib.error.URLError as error:
        raise BenchError(f"The first top-up failed: {error}") from None
