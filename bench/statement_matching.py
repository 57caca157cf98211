"""Measures how statements are matched: `python -m bench.statement_matching` prints two tables.

A statement of transfers from customers is applied as the worker does it, in one transaction, beside open items:
funding instructions that each expect an amount. Of a hundred lines, ninety name the reference of one and its amount,
five its amount alone, and five are charges that nothing explains. The limit beside each is storing the same lines
alone, a round trip each. The first table has one statement beside more and more open items, the second longer and
longer statements; each is a database of its own.
"""

import argparse
import asyncio
import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

import structlog
import uvloop

from bench.report import markdown_table
from bench.statements import peak_kib
from brim.api.wire_formats import WIRE_FORMATS
from brim.base.actor import Actor, ActorKind
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import direct_debits, originators
from brim.core.funding import BankSecrets
from brim.core.push.references import reference_of
from brim.core.rails.ach import OriginatorProfile, Transfers
from brim.host.embedded import EmbeddedPostgres
from brim.host.preparation import prepare_embedded
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault, new_encryption_key

NUMBER: Final = "9876543210"
PLATFORM: Final = AccountScope("acct_platform", livemode=True)
ACCOUNTS: Final = 100
STRIDE: Final = 10_000
NOW_MS: Final = 1_796_137_200_000
"""1 December 2026, 10:00 in New York."""
_BY: Final = Actor(kind=ActorKind.CLI, id="bench", name="bench")
_LINE: Final = """
    INSERT INTO lines_alone (account, livemode, bank_account, line_key, amount, currency, description)
    VALUES ($1, true, 'operating', $2, $3, 'usd', $4)
"""


class Took(NamedTuple):
    """What a statement took: seconds, processor time beside that of storing its lines alone, and MiB.

    Processor time and memory are of this process and of PostgreSQL.
    """

    seconds: float
    cpu_s: float
    server_cpu_s: float
    alone_s: float
    mib: float
    server_mib: float


def amount_of(item: int) -> int:
    """Return what an item expects, in cents: no other item of a statement does."""
    return 100 + item


def statement(lines: int, items: int) -> bytes:
    """Return a statement in BAI2 whose lines name items from all over."""
    records, plus, minus = list[str](), 0, 0
    for line in range(lines):
        item = line * max(items // lines, 1) % items
        amount = amount_of(item)
        if line % 20 == 10:
            records.append(f"16,699,{amount},Z,L{line},,CHARGE {line}")
            minus += amount
            continue
        text = f"RENT {line}" if line % 20 == 0 else f"RENT {reference_of(f'{item:012}')}"
        records.append(f"16,195,{amount},Z,L{line},,{text}")
        plus += amount
    closing = 1_000_000_000 + plus - minus
    total, count = 1_000_000_000 + closing + plus + minus, len(records)
    head = ["01,BANK,CUSTOMER,261201,0600,1,,,2/", "02,CUSTOMER,BANK,1,261130,2400,USD,2/"]
    head.append(f"03,{NUMBER},,010,1000000000,,,015,{closing},,/")
    tail = [f"49,{total},{count + 2}/", f"98,{total},1,{count + 4}/", f"99,{total},1,{count + 6}/"]
    return "\n".join([*head, *records, *tail, ""]).encode()


async def _prepare(conn: Conn, vault: Vault, folder: Path, items: int, ids: IdFactory) -> originators.Originator:
    for name in ("to-bank", "from-bank"):
        (folder / name).mkdir()
    await conn.execute("INSERT INTO accounts (account, created) VALUES ($1, 1)", PLATFORM.account)
    await conn.execute(
        "INSERT INTO accounts (account, platform, created) SELECT 'acct_' || n, $1, 1 FROM generate_series(0, $2) AS n",
        PLATFORM.account,
        ACCOUNTS - 1,
    )
    profile = OriginatorProfile(
        odfi_routing_number="121042882",
        odfi_name="BANK",
        immediate_origin="1234567890",
        origin_name="BRIM",
        company_name="BRIM",
        company_id="1234567890",
        outgoing_folder=str(folder / "to-bank"),
        incoming_folder=str(folder / "from-bank"),
        transfers=Transfers.ON,
    )
    told: Any = {"by": _BY, "now_ms": NOW_MS, "ids": ids}
    change = originators.ProfileChange(profile, account_number=NUMBER)
    made = await originators.save_originator(conn, vault, PLATFORM, change, **told)
    active = await originators.activate_originator(conn, PLATFORM, made.id, approvers=1, **told)
    for start in range(0, items, STRIDE):
        rows = [
            (
                *(PLATFORM.account, True, f"fi_{item:024}", f"acct_{item % ACCOUNTS}", made.id, "operating", "usd"),
                *(reference_of(f"{item:012}"), amount_of(item), NOW_MS),
            )
            for item in range(start, min(start + STRIDE, items))
        ]
        await conn.copy_records_to_table(
            "funding_instructions",
            records=rows,
            columns=[
                *("account", "livemode", "id", "owner", "originator", "bank_account", "currency"),
                *("reference", "amount", "created_ms"),
            ],
        )
    await conn.execute("VACUUM ANALYZE funding_instructions")
    return active


async def _alone(conn: Conn, lines: int) -> None:
    """Store lines alone, in one transaction, a round trip each."""
    await conn.execute("CREATE UNLOGGED TABLE lines_alone AS SELECT * FROM statement_lines")
    await conn.execute("CREATE UNIQUE INDEX lines_alone_key ON lines_alone (account, livemode, bank_account, line_key)")
    await conn.execute("ALTER TABLE lines_alone SET LOGGED")
    async with conn.transaction():
        for line in range(lines):
            await conn.execute(_LINE, PLATFORM.account, f"L{line}", line, f"RENT {line}")


class _Servers:
    """The processes of a PostgreSQL server: their processor time, and the most memory that one has had by itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._cpu: dict[str, float] = {}
        self.mib = 0.0

    def cpu_s(self) -> float:
        """Return the processor time of all that were seen, those that have ended too."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self._folder not in (process / "cwd").resolve().parents:
                    continue
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
            except OSError:
                continue
            self._cpu[process.name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            self.mib = max(self.mib, int(status.get("RssAnon", "0").split()[0]) / 1024)
        return sum(self._cpu.values())


async def _measure(folder: Path, postgres: EmbeddedPostgres, lines: int, items: int) -> Took:
    ids, vault = IdFactory(), Vault([new_encryption_key()])
    await prepare_embedded(postgres.urls, now_ms=0)
    database = await Database.connect(postgres.urls.service)
    owner = await Database.connect(postgres.urls.owner, timeout_s=600)
    try:
        async with owner.connection() as conn:
            originator = await _prepare(conn, vault, folder, items, ids)
            servers = _Servers(folder / "postgres")
            alone_s = -time.process_time() - servers.cpu_s()
            await _alone(conn, lines)
            alone_s += time.process_time() + servers.cpu_s()
        incoming = direct_debits.Incoming(BankSecrets(database, vault), vault, WIRE_FORMATS)
        content = statement(lines, items)
        taken = await incoming.receive(database, originator, "statement.bai", content, now_ms=NOW_MS, ids=ids)
        before, done = peak_kib(), asyncio.Event()

        async def watch() -> None:
            while not done.is_set():
                servers.cpu_s()
                await asyncio.sleep(1)

        server_s, cpu_s, began = -servers.cpu_s(), -time.process_time(), time.perf_counter()
        servers.mib, watching = 0.0, asyncio.ensure_future(watch())
        await incoming.apply_all(database, clock=lambda: NOW_MS, ids=ids)
        cpu_s, server_s = cpu_s + time.process_time(), server_s + servers.cpu_s()
        took = Took(time.perf_counter() - began, cpu_s, server_s, alone_s, (peak_kib() - before) / 1024, servers.mib)
        done.set()
        await watching
        async with owner.connection() as conn:
            await _check(conn, taken.file.id, lines)
        return took
    finally:
        await database.close()
        await owner.close()


async def _check(conn: Conn, file: str, lines: int) -> None:
    """Stop where the statement was not matched as it is meant to be."""
    status = await conn.fetchval("SELECT status FROM bank_files WHERE id = $1", file)
    found = await conn.fetchrow(
        "SELECT (SELECT count(*) FROM statement_lines) AS lines, (SELECT count(*) FROM topups) AS topups,"
        " (SELECT count(*) FROM incoming_transfers WHERE status = 'suspended') AS suspended,"
        " (SELECT count(*) FROM breaks WHERE resolved_ms IS NULL) AS breaks"
    )
    assert found is not None
    expected = (lines, lines - 2 * (lines // 20), lines // 20, lines // 20)
    assert (status, tuple(found)) == ("applied", expected), (status, tuple(found), expected)


async def _run(folder: Path, lines: int, items: int) -> Took:
    postgres = EmbeddedPostgres(folder / "postgres")
    await postgres.start()
    try:
        return await _measure(folder, postgres, lines, items)
    finally:
        await postgres.stop()


def _row(lines: int, items: int) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="brim-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # root's PostgreSQL runs as another user, who has to get through
        took = uvloop.run(_run(folder, lines, items))
    both = took.cpu_s + took.server_cpu_s
    return [
        f"{lines:,}",
        f"{items:,}",
        f"{took.seconds:.0f} s",
        f"{lines / both:,.0f}",
        f"{1000 * took.cpu_s / lines:.2f} ms",
        f"{1000 * took.server_cpu_s / lines:.2f} ms",
        f"{both / took.alone_s:.0f}x",
        f"{took.mib:.0f} MiB",
        f"{took.server_mib:.0f} MiB",
    ]


def _show(headings: tuple[str, ...], rows: list[tuple[int, int]]) -> None:
    """Measure and print rows; each also as soon as it is there."""
    measured = list[list[str]]()
    for each in rows:
        measured.append(_row(*each))
        print(", ".join(measured[-1]), flush=True)
    print(f"\n{markdown_table(headings, measured)}\n", flush=True)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000, help="lines of the statement beside more and more items")
    parser.add_argument("--items", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--longest", type=int, nargs="*", default=[1_000, 10_000, 100_000], help="lines of statements")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    headings = (
        *("lines", "open items", "time", "lines a second of processor time", "a line: Brim", "PostgreSQL"),
        *("beside storing them", "memory: Brim", "PostgreSQL"),
    )
    for rows in (
        [(options.lines, items) for items in options.items],
        [(lines, 100_000) for lines in options.longest],
    ):
        if rows:
            _show(headings, rows)


if __name__ == "__main__":
    main()
