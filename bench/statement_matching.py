"""Measures how statements are matched: `python -m bench.statement_matching` prints tables.

A statement is applied as the worker does it, beside open items. Of transfers from customers the
items are funding instructions that each expect an amount: of a hundred lines, ninety name the reference of one and its
amount, five its amount alone, and five are charges that nothing explains. Of returns they are debits that were
returned: ninety-five lines name the trace of one, and five are charges. The limit beside each is storing the same lines
alone, a round trip each.

The first tables have one statement applied line by line and in sets, then one beside more and more open items, then
longer and longer ones, the longest in pieces and in one transaction; each row is a database of its own. Meanwhile
somebody else tries every quarter of a second to hold what a create (an account's configuration, shared) and what a
settlement (its balance) would have to hold.
"""

import argparse
import asyncio
import logging
import os
import time
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
import structlog
import uvloop

from bench.command import database_folder
from bench.report import markdown_table
from bench.statements import peak_kib
from brim.api.wire_formats import WIRE_FORMATS
from brim.base.actor import Actor, ActorKind
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import direct_debits, originators
from brim.core.direct_debits.file_pieces import MOST_IN_PIECE
from brim.core.direct_debits.file_reading import MOST_TOGETHER
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


class Plan(NamedTuple):
    """What is measured: lines of a kind (`transfers` or `returns`), open items, and lines of a set and of a piece."""

    kind: str
    lines: int
    items: int
    together: int
    piece: int = MOST_IN_PIECE


class Took(NamedTuple):
    """What a statement took: seconds, processor time beside that of storing its lines alone, and MiB.

    Processor time and memory are of this process and of PostgreSQL. `creates_held_s` and `balance_held_s` are for how
    long others could not create, and not settle, top-ups of an account. `begun_cpu_s` and `longest_cpu_s` are the
    processor time of the first transaction, in which the file is read, and of the longest of the others.
    """

    seconds: float
    cpu_s: float
    server_cpu_s: float
    alone_s: float
    mib: float
    server_mib: float
    creates_held_s: float
    balance_held_s: float
    begun_cpu_s: float
    longest_cpu_s: float


def amount_of(item: int) -> int:
    """Return what an item expects, in cents: no other item of a statement does."""
    return 100 + item


def item_of(line: int, lines: int, items: int) -> int:
    """Return what a line of a statement names: items from all over."""
    return line * max(items // lines, 1) % items


def trace_of(item: int) -> str:
    """Return the trace of a debit that was returned."""
    return f"12104288{item:07}"


def statement(kind: str, lines: int, items: int) -> bytes:
    """Return a statement in BAI2 whose lines name items from all over."""
    records, plus, minus = list[str](), 0, 0
    for line in range(lines):
        item = item_of(line, lines, items)
        amount = amount_of(item)
        if kind == "returns" and line % 20 != 10:
            records.append(f"16,455,{amount},Z,L{line},,RETURN {trace_of(item)}")
            minus += amount
            continue
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


async def _prepare(conn: Conn, vault: Vault, folder: Path, plan: Plan, ids: IdFactory) -> originators.Originator:
    """Make a platform with its accounts and its originator, and the open items."""
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
    await conn.execute(
        "INSERT INTO owner_terms (account, livemode, version) SELECT 'acct_' || n, true, 1"
        " FROM generate_series(0, $1) AS n ON CONFLICT DO NOTHING",
        ACCOUNTS - 1,
    )
    await (_add_returned if plan.kind == "returns" else _add_instructions)(conn, made.id, plan.items)
    return active


async def _add_returned(conn: Conn, originator: str, items: int) -> None:
    """Store debits that were returned before the statement shows it."""
    await conn.execute(
        """
        INSERT INTO topups (account, livemode, id, amount, created, currency, status, failure_code, rail)
        SELECT
            'acct_' || n % $1, true, 'tu_' || lpad(n::text, 24, '0'), 100 + n, 1, 'usd', 'failed', 'no_account', 'ach'
        FROM generate_series(0, $2) AS n
        """,
        ACCOUNTS,
        items - 1,
    )
    await conn.execute(
        """
        INSERT INTO ach_entries (
            account, livemode, topup, number, owner, originator, status, amount, hold_days, transaction_code, sec_code,
            routing_number, last4, sealed, receiver_name, claimed_ms, file, batch, trace, return_code, return_trace,
            returned_ms
        )
        SELECT
            $1, true, 'tu_' || lpad(n::text, 24, '0'), 1, 'acct_' || n % $2, $3, 'returned', 100 + n, 1, 27, 'WEB', '',
            '1234', '', '', 1, 'achf_1', 1, '12104288' || lpad(n::text, 7, '0'), 'R03', 'trace', 1
        FROM generate_series(0, $4) AS n
        """,
        PLATFORM.account,
        ACCOUNTS,
        originator,
        items - 1,
    )
    await conn.execute("VACUUM ANALYZE topups, ach_entries")


async def _add_instructions(conn: Conn, originator: str, items: int) -> None:
    """Store instructions that each expect an amount."""
    for start in range(0, items, STRIDE):
        rows = [
            (
                *(PLATFORM.account, True, f"fi_{item:024}", f"acct_{item % ACCOUNTS}", originator, "operating", "usd"),
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


class _Others:
    """Somebody else who works on an account's money meanwhile: for how long they would have had to wait."""

    _EVERY_S = 0.25

    def __init__(self, database: Database, account: str) -> None:
        self._database = database
        self.account = account
        self.creates_held_s = 0.0
        self.balance_held_s = 0.0

    async def look(self) -> None:
        """Try to hold what a create and what a settlement holds, once."""
        for held, query in (
            ("creates_held_s", "SELECT FROM owner_terms WHERE account = $1 AND livemode FOR SHARE NOWAIT"),
            ("balance_held_s", "SELECT FROM balances WHERE account = $1 AND livemode FOR UPDATE NOWAIT"),
        ):
            try:
                async with self._database.connection() as conn:
                    await conn.execute(query, self.account)
            except asyncpg.LockNotAvailableError:
                setattr(self, held, getattr(self, held) + self._EVERY_S)
        await asyncio.sleep(self._EVERY_S)


async def _measure(folder: Path, postgres: EmbeddedPostgres, plan: Plan) -> Took:
    lines = plan.lines
    ids, vault = IdFactory(), Vault([new_encryption_key()])
    await prepare_embedded(postgres.urls, now_ms=0)
    database = await Database.connect(postgres.urls.service)
    owner = await Database.connect(postgres.urls.owner, timeout_s=600)
    try:
        async with owner.connection() as conn:
            originator = await _prepare(conn, vault, folder, plan, ids)
            servers = _Servers(folder / "postgres")
            alone_s = -time.process_time() - servers.cpu_s()
            await _alone(conn, lines)
            alone_s += time.process_time() + servers.cpu_s()
        incoming = direct_debits.Incoming(
            BankSecrets(database, vault), vault, WIRE_FORMATS, together=plan.together, piece=plan.piece
        )
        content = statement(plan.kind, lines, plan.items)
        taken = await incoming.receive(database, originator, "statement.bai", content, now_ms=NOW_MS, ids=ids)
        before, done, others = (
            peak_kib(),
            asyncio.Event(),
            _Others(owner, f"acct_{item_of(1, lines, plan.items) % ACCOUNTS}"),
        )
        async with owner.connection() as conn:  # an account has a balance once money has come
            await conn.execute(
                "INSERT INTO balances (account, livemode, currency, available) VALUES ($1, true, 'usd', 0)",
                others.account,
            )

        async def watch() -> None:
            looks = 0
            while not done.is_set():
                looks += 1
                if looks % 4 == 0:
                    servers.cpu_s()
                await others.look()

        server_s, cpu_s, began = -servers.cpu_s(), -time.process_time(), time.perf_counter()
        servers.mib, watching = 0.0, asyncio.ensure_future(watch())
        ends = [-cpu_s - server_s]

        def note(_file: direct_debits.BankFile | None = None) -> None:
            ends.append(time.process_time() + servers.cpu_s())

        await incoming.apply_all(database, clock=lambda: NOW_MS, ids=ids, tell=note)
        note()
        cpu_s, server_s = cpu_s + time.process_time(), server_s + servers.cpu_s()
        transactions = [end - begin for begin, end in pairwise(ends)]
        seconds = time.perf_counter() - began
        done.set()
        await watching
        async with owner.connection() as conn:
            await _check(conn, taken.file.id, plan)
        return Took(
            seconds,
            cpu_s,
            server_s,
            alone_s,
            (peak_kib() - before) / 1024,
            servers.mib,
            others.creates_held_s,
            others.balance_held_s,
            transactions[0],
            max(transactions[1:], default=0.0),
        )
    finally:
        await database.close()
        await owner.close()


async def _check(conn: Conn, file: str, plan: Plan) -> None:
    """Stop where the statement was not matched as it is meant to be."""
    status, lines = await conn.fetchval("SELECT status FROM bank_files WHERE id = $1", file), plan.lines
    found = await conn.fetchrow(
        "SELECT (SELECT count(*) FROM statement_lines) AS lines,"
        " (SELECT count(*) FROM journal_entries WHERE step IN ('bank_credit', 'bank_return')) AS posted,"
        " (SELECT count(*) FROM incoming_transfers WHERE status = 'suspended') AS suspended,"
        " (SELECT count(*) FROM breaks WHERE resolved_ms IS NULL) AS breaks"
    )
    assert found is not None
    few = lines // 20
    expected = (lines, lines - few, 0, few) if plan.kind == "returns" else (lines, lines - 2 * few, few, few)
    assert (status, tuple(found)) == ("applied", expected), (status, tuple(found), expected)


async def _run(folder: Path, plan: Plan) -> Took:
    postgres = EmbeddedPostgres(folder / "postgres")
    await postgres.start()
    try:
        return await _measure(folder, postgres, plan)
    finally:
        await postgres.stop()


def _row(plan: Plan) -> list[str]:
    with database_folder() as folder:
        took = uvloop.run(_run(folder, plan))
    both = took.cpu_s + took.server_cpu_s
    return [
        plan.kind,
        f"{plan.lines:,}",
        f"{plan.items:,}",
        f"{plan.together:,}",
        f"{plan.piece:,}" if plan.piece < plan.lines else "all",
        f"{took.seconds:.0f} s",
        f"{plan.lines / both:,.0f}",
        f"{1000 * took.cpu_s / plan.lines:.2f} ms",
        f"{1000 * took.server_cpu_s / plan.lines:.2f} ms",
        f"{both / took.alone_s:.0f}x",
        f"{took.mib:.0f} MiB",
        f"{took.server_mib:.0f} MiB",
        f"{took.creates_held_s:.0f} s",
        f"{took.balance_held_s:.0f} s",
        f"{took.begun_cpu_s:.1f} s",
        f"{took.longest_cpu_s:.1f} s" if took.longest_cpu_s else "",
    ]


_HEADINGS: Final = (
    *(
        "lines of",
        "lines",
        "open items",
        "at once",
        "in a piece",
        "time",
        "lines per CPU second",
        "a line: Brim",
    ),
    *("PostgreSQL", "vs. only storing them", "memory: Brim", "PostgreSQL", "creates wait", "settlements wait"),
    *("the first transaction", "the longest other"),
)


def _show(plans: list[Plan]) -> None:
    """Measure and print rows; each also as soon as it is there."""
    measured = list[list[str]]()
    for each in plans:
        measured.append(_row(each))
        print(", ".join(measured[-1]), flush=True)
    if measured:
        print(f"\n{markdown_table(_HEADINGS, measured)}\n", flush=True)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", nargs="*", default=["transfers", "returns"])
    parser.add_argument("--alone", type=int, default=2_000, help="lines of a statement applied both ways; 0: none")
    parser.add_argument("--lines", type=int, default=10_000, help="lines of the statement beside more and more items")
    parser.add_argument("--items", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--longest", type=int, nargs="*", default=[1_000, 10_000, 100_000], help="lines of statements")
    parser.add_argument("--whole", type=int, default=100_000, help="lines of one in one transaction; 0: none")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if options.alone:
        _show([Plan(kind, options.alone, 100_000, most) for kind in options.kinds for most in (1, MOST_TOGETHER)])
    _show([Plan(kind, options.lines, items, MOST_TOGETHER) for kind in options.kinds for items in options.items])
    _show([Plan(kind, lines, 100_000, MOST_TOGETHER) for kind in options.kinds for lines in options.longest])
    _show([Plan(kind, options.whole, 100_000, MOST_TOGETHER, options.whole) for kind in options.kinds if options.whole])


if __name__ == "__main__":
    main()
