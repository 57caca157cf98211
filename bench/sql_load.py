"""Load on PostgreSQL itself, from pgbench, and what the benchmark asks of a database by psql."""

import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.processes import BenchError, run_to_end
from bench.rounds import Measurement
from brim.host.programs import wheel_binaries

_SCRIPTS: Final = Path(__file__).with_name("pgbench")
_LAST_WORDS_S: Final = 0.2
"""How long the server's processes for pgbench's connections get to end, so that their time is counted."""

_BALANCE: Final = """
INSERT INTO balances (account, livemode, currency, available) VALUES ('acct_1032D82eZvKYlo2C', false, 'usd', 0)
"""


def query(url: str, sql: str) -> list[str]:
    """Run one statement by psql and return the lines of its result."""
    psql = str(wheel_binaries() / "psql")
    return run_to_end([psql, "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", sql, url]).splitlines()


def prepare_balance(url: str) -> None:
    """Write the balance that the naive transaction updates."""
    query(url, _BALANCE)


@dataclass(frozen=True)
class SqlLoad:
    """One of the scripts in `pgbench/`, run on one migrated database.

    Attributes:
        url: the database's.
        script: its name without the ending.
        payload: what an event holds, as Brim writes it.
    """

    url: str
    script: str
    payload: str

    def run(self, clients: int, seconds: int) -> Measurement:
        """Run the script from so many connections for so long, its statements prepared."""
        with tempfile.TemporaryDirectory() as folder:
            command = [
                *(str(wheel_binaries() / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--time={seconds}"),
                *(f"--client={clients}", f"--jobs={min(clients, 2)}", f"--file={_SCRIPTS / self.script}.sql"),
                *("--log", f"--log-prefix={folder}/log"),
                *(f"--define={name}={value}" for name, value in self._variables().items()),
                self.url,
            ]
            written = run_to_end(command, timeout_s=seconds + 60.0)
            latencies_us = sorted(_read_latencies(Path(folder)))
        if not latencies_us:
            raise BenchError(f"pgbench finished no transaction of {self.script} within {seconds} s.")
        time.sleep(_LAST_WORDS_S)
        return Measurement(
            per_second=float(re.findall(r"tps = ([\d.]+)", written)[0]),
            requests=len(latencies_us),
            p50_ms=latencies_us[len(latencies_us) // 2] / 1000,
            p99_ms=latencies_us[len(latencies_us) * 99 // 100] / 1000,
            errors=int(re.findall(r"failed transactions: (\d+)", written)[0]),
            least_ms=latencies_us[0] / 1000,
        )

    def _variables(self) -> dict[str, str]:
        """Return what the script reads. Ids begin with the time, as ours do, and no two runs share one."""
        return {
            "n": "0",
            "base": str(time.time_ns() // 1000 * 1000),
            "now_s": str(int(time.time())),
            "now_ms": str(time.time_ns() // 1_000_000),
            "fingerprint": "\\x" + "5a" * 32,
            "payload": self.payload,
        }


def _read_latencies(folder: Path) -> list[int]:
    """Return the microseconds of each transaction, the third column of pgbench's logs."""
    return [int(line.split()[2]) for log in folder.iterdir() for line in log.read_text().splitlines()]
