"""Load over HTTP, from wrk."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from bench.processes import require_program, run_to_end
from bench.rounds import Measurement

_SCRIPT: Final = Path(__file__).with_name("load.lua")
_MARK: Final = "RESULT "


class _Result(msgspec.Struct):
    """What load.lua writes when it is done."""

    requests: int
    duration_us: int
    p50_us: int
    p99_us: int
    errors: int


@dataclass(frozen=True)
class HttpLoad:
    """One kind of request to one server.

    Attributes:
        url: the server's.
        key: the secret key sent along.
        path: asked for; with `ids`, the path above the ids.
        body: form-encoded; empty for a GET, or with `forms`.
        ids: a file with an id on each line.
        noted: a file that the id of each reply is written to; it costs wrk some time.
        forms: a file with a body on each line and, after a tab, perhaps the account that the key acts for.
    """

    url: str
    key: str
    path: str
    body: str = ""
    ids: Path | None = None
    forms: Path | None = None
    noted: Path | None = None

    def run(self, clients: int, seconds: int) -> Measurement:
        """Ask from so many connections for so long. wrk runs one thread, whatever the number of connections."""
        command = [
            *(find_wrk(), "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", "-s", str(_SCRIPT), self.url),
            *("--", self.key, self.path, self.body, str(self.ids or ""), str(self.forms or "")),
            str(self.noted or ""),
        ]
        written = run_to_end(command, timeout_s=seconds + 60.0)
        result = msgspec.json.decode(written.rpartition(_MARK)[2], type=_Result)
        return Measurement(
            per_second=result.requests / (result.duration_us / 1e6),
            requests=result.requests,
            p50_ms=result.p50_us / 1000,
            p99_ms=result.p99_us / 1000,
            errors=result.errors,
        )


def find_wrk() -> str:
    """Return the path of wrk.

    Raises:
        BenchError: it is not installed.
    """
    return require_program(
        "wrk", how_to_get_it="On Debian and Ubuntu: apt-get install wrk. Elsewhere: brew install wrk."
    )
