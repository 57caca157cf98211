"""How long lists and the search take at ten million top-ups: `python -m bench.lists [--rows N] [--keep FOLDER]`.

A whole service with PostgreSQL of its own, whose platform has N top-ups of live mode over a year, as many balance
transactions and entries, a fifth as many events and statement lines, and a tenth as many refunds and webhook attempts.
Each page is asked for as a browser asks, a few times to warm it, then a hundred times; the table says what the median
and the slowest of a hundred took. With `--keep` the database stays, and the next run measures it again: filling ten
million takes a quarter of an hour and 20 GB.
"""

import argparse
import asyncio
import http.client
import re
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import asyncpg

from bench.command import ending_plainly, kept_folder
from bench.processes import BenchError, clean_environment
from bench.report import markdown_table, verdict
from bench.rounds import quantile
from bench.service import Service, serve_embedded
from bench.sql_load import query
from brim.base.ids import ALPHABET, first_id_at

_EMAIL: Final = "bench@example.com"
_PASSWORD: Final = "a password of the benchmark"
_YEAR_S: Final = 365 * 24 * 3600
_CHUNK: Final = 1_000_000
_TOKEN: Final = re.compile(r'name="form_token" value="([^"]+)"')
_PROMISED_MS: Final = 100.0
_WARMING: Final = 3

# Ids like the real ones: eight base62 characters of milliseconds, then a number.
_TIME_TEXT: Final = " || ".join(
    f"substr('{ALPHABET}', (ms / {62**power} % 62)::int + 1, 1)" for power in range(7, -1, -1)
)
_SERIES: Final = f"""
    SELECT i, ms, ms / 1000 AS second, {_TIME_TEXT} || lpad(i::text, 16, '0') AS body
    FROM (
        SELECT i, ({{now}} - {_YEAR_S} + i * {_YEAR_S} / {{rows}}) * 1000::bigint AS ms
        FROM generate_series({{first}}::bigint, {{last}}::bigint) AS i
    ) AS s
"""
_STATUS: Final = """
    CASE
        WHEN i > {rows} - 2000 THEN 'pending' WHEN i % 50 = 0 THEN 'failed' WHEN i % 200 = 1 THEN 'reversed'
        WHEN i % 500 = 3 THEN 'canceled' ELSE 'succeeded'
    END
"""
_CURRENCY: Final = "CASE WHEN i % 1000 = 7 THEN 'jpy' WHEN i % 3 = 0 THEN 'eur' ELSE 'usd' END"
_ENDPOINT: Final = """
    INSERT INTO webhook_endpoints (
        account, livemode, id, url, enabled_events, rendered_version, connect, secret, created
    )
    VALUES ($1, true, 'we_bench', 'https://example.com/hook', '["*"]', '2026-10-28.endive', false, '', 1)
    ON CONFLICT DO NOTHING
"""
_BALANCES: Final = """
    INSERT INTO balances (account, livemode, currency, available)
    SELECT account, livemode, currency, sum(net)
    FROM balance_activity
    WHERE span = 86400
    GROUP BY account, livemode, currency
    ON CONFLICT DO NOTHING
"""
_VACUUMS: Final = 20
_MOSTLY: Final = 0.9
_VISIBLE: Final = """
    SELECT CASE WHEN relpages = 0 THEN 0 ELSE relallvisible::float8 / relpages END
    FROM pg_class
    WHERE oid = $1::text::regclass
"""
_INDEXES: Final = """
    SELECT indexdef
    FROM pg_indexes AS i
    WHERE tablename = $1 AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conname = i.indexname)
"""
_TABLES: Final = (
    (
        "topups",
        1,
        f"""
        INSERT INTO topups (
            account, livemode, id, amount, created, expected_availability_date, currency, status, balance_transaction,
            description, failure_code, failure_message, metadata, source, rail
        )
        SELECT
            '{{account}}', {{livemode}}, 'tu_' || body, 1000 + i * 7919 % 1000000, second, second + 300000,
            {_CURRENCY}, status, CASE WHEN status IN ('succeeded', 'reversed') THEN 'txn_' || body END, 'Order ' || i,
            CASE WHEN status IN ('failed', 'reversed') THEN
                CASE WHEN i % 5000 = 0 THEN 'no_account' ELSE 'insufficient_funds' END END,
            CASE WHEN status IN ('failed', 'reversed') THEN 'The bank account did not have enough money.' END,
            CASE WHEN i % 10 = 0 THEN jsonb_build_object('order_id', i::text, 'shop', 's' || i % 7) END,
            'src_' || i % 100, 'ach'
        FROM (SELECT *, {_STATUS} AS status FROM ({_SERIES}) AS s) AS s
        """,
    ),
    (
        "balance_transactions",
        1,
        f"""
        INSERT INTO balance_transactions (
            account, livemode, id, amount, fee, net, available_on, created, currency, source, type
        )
        SELECT
            '{{account}}', {{livemode}}, 'txn_' || body, 1000 + i % 1000, 0, 1000 + i % 1000, second, second,
            {_CURRENCY}, 'tu_' || body, CASE WHEN i % 200 = 1 THEN 'topup_reversal' ELSE 'topup' END
        FROM ({_SERIES}) AS s
        """,
    ),
    (
        "journal_entries",
        1,
        f"""
        INSERT INTO journal_entries (
            account, livemode, id, source, step, debit_account, credit_account, amount, currency, created
        )
        SELECT
            '{{account}}', {{livemode}}, 'je_' || body, 'tu_' || body, 'topup', 'funding:clearing',
            'balance:available', 1000 + i % 1000, {_CURRENCY}, second
        FROM ({_SERIES}) AS s
        """,
    ),
    (
        "events",
        5,
        f"""
        INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)
        SELECT
            '{{account}}', {{livemode}}, 'evt_' || body, second,
            CASE
                WHEN i % 2 = 0 THEN 'topup.created' WHEN i % 1001 = 0 THEN 'topup.failed'
                WHEN i < 200 THEN 'topup.canceled' ELSE 'topup.succeeded'
            END,
            'tu_' || body, '2026-10-28.endive',
            json_build_object('id', 'tu_' || body, 'object', 'topup', 'amount', 1000, 'currency', 'usd',
                'description', repeat('x', 400))
        FROM ({_SERIES}) AS s
        """,
    ),
    (
        "webhook_deliveries",
        2500,
        """
        INSERT INTO webhook_deliveries (
            account, livemode, endpoint, event_account, event, number, attempts, next_attempt_ms, created_ms, cause
        )
        SELECT '{account}', true, 'we_bench', '{account}', event, row_number() OVER (), 1, NULL, 1, 'schedule'
        FROM (SELECT id AS event FROM events WHERE account = '{account}' ORDER BY id LIMIT {last}) AS e
        """,
    ),
    (
        "webhook_attempts",
        10,
        f"""
        INSERT INTO webhook_attempts (
            account, livemode, id, endpoint, event_account, event, attempted_ms, duration_ms, outcome, http_status,
            request_headers, cause
        )
        SELECT
            '{{account}}', true, 'wa_' || body, 'we_bench', '{{account}}', 'evt_' || body, ms, 20,
            CASE WHEN i % 100 = 0 THEN 'timed_out' ELSE 'delivered' END, CASE WHEN i % 100 > 0 THEN 200 END, '{{{{}}}}',
            'schedule'
        FROM ({_SERIES}) AS s
        """,
    ),
    (
        "refunds",
        10,
        f"""
        INSERT INTO refunds (
            account, livemode, id, owner, originator, topup, number, amount, debited_on, sec_code, status, requested_by,
            requested_ms, leaves_ms, balance_transaction, file, batch, trace, settled_by, settled_on
        )
        SELECT
            '{{account}}', true, 'rfnd_' || body, '{{account}}', 'orig_1', 'tu_' || body, 1, 100 + i % 1000,
            date '2026-01-01', 'PPD', CASE WHEN i > {{rows}} - 200 THEN 'pending' ELSE 'succeeded' END, 'op_1', ms, ms,
            'txn_' || body, 'achf_' || lpad((i / 100)::text, 24, '0'), 1, lpad(i::text, 15, '0'), 'bsl_1',
            CASE WHEN i <= {{rows}} - 200 THEN date '2026-01-01' END
        FROM ({_SERIES}) AS s
        """,
    ),
    (
        "statement_lines",
        5,
        f"""
        INSERT INTO statement_lines (
            account, livemode, bank_account, line_key, bank_file, position, booked_on, amount, currency, type_code,
            description, created_ms, id, statement
        )
        SELECT
            '{{account}}', true, 'operating', body, 'bankf_1', i, to_timestamp(second)::date, 100 + i % 1000, 'usd',
            '165', 'ACH CREDIT ' || i, ms, 'bsl_' || body, 'stmt_' || lpad((i / 1000)::text, 24, '0')
        FROM ({_SERIES}) AS s
        """,
    ),
    (
        "breaks",
        1000,
        f"""
        INSERT INTO breaks (
            account, livemode, id, kind, cause, detail, reference, opened_ms, resolved_ms, amount, currency
        )
        SELECT
            '{{account}}', true, 'brk_' || body, CASE WHEN i % 3 = 0 THEN 'unmatched_line' ELSE 'line_amount' END, body,
            'Detail ' || i,
            'ref', ms, CASE WHEN i < {{rows}} - 500 THEN ms END, i, 'usd'
        FROM ({_SERIES}) AS s
        """,
    ),
    (
        "ach_returns",
        100,
        f"""
        INSERT INTO ach_returns (
            account, livemode, id, owner, originator, topup, number, bank_file, code, original_trace, original_rdfi,
            trace, amount, sec_code, settled_on, debited_on, is_applied, status, dishonorable_until_ms, received_ms
        )
        SELECT
            '{{account}}', true, 'retn_' || body, '{{account}}', 'orig_1', 'tu_' || body, 1, 'bankf_1',
            CASE WHEN i % 100 = 0 THEN 'R10' ELSE 'R01' END, lpad(i::text, 15, '0'), '11000000', i::text,
            100 + i % 1000,
            'PPD', date '2026-01-01', date '2026-01-01', true, 'returned', ms + 432000000, ms
        FROM ({_SERIES}) AS s
        """,
    ),
    (
        "incoming_transfers",
        100,
        f"""
        INSERT INTO incoming_transfers (
            account, livemode, id, bank_account, line_key, part, booked_on, amount, currency, status, reason, reference,
            return_reference, ended_by, created_ms
        )
        SELECT
            '{{account}}', true, 'itr_' || body, 'operating', body, 1, to_timestamp(second)::date, 100 + i % 1000,
            'usd',
            CASE WHEN i < {{rows}} - 500 THEN 'returned' ELSE 'suspended' END, 'unknown_reference', '', 'RR' || i,
            CASE WHEN i < {{rows}} - 500 THEN 'bsl_1' END, ms
        FROM ({_SERIES}) AS s
        """,
    ),
)
"""Tables, what part of the top-ups they have rows for, and how they are filled."""


def main() -> None:
    """Fill where nothing is, measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.lists", description="Measures lists and the search.")
    parser.add_argument("--rows", type=int, default=10_000_000, help="how many top-ups (10,000,000)")
    parser.add_argument("--keep", type=Path, help="a folder in which the database stays for the next run")
    parser.add_argument("--rounds", type=int, default=100, help="how often each page is asked for (100)")
    parser.add_argument("--only", metavar="REGEX", default="", help="measure only pages whose address matches")
    options = parser.parse_args()
    with ending_plainly(), kept_folder(options.keep) as folder, serve_embedded(folder, workers=1) as service:
        asyncio.run(fill(service, options.rows))
        print(_measure(service, options.rounds, options.only))


async def fill(service: Service, rows: int, *, tables: Sequence[str] = (), livemode: bool = True) -> None:
    """Fill the tables that are empty, each without its further indexes, which are built afterwards.

    Args:
        service: whose database.
        rows: how many top-ups.
        tables: those that are filled; all of them, if none is named.
        livemode: of which mode what test mode has too is; the rest is always of live mode.
    """
    conn = await asyncpg.connect(service.database_url)
    account = await conn.fetchval("SELECT account FROM accounts WHERE platform IS NULL ORDER BY created LIMIT 1")
    await conn.execute(_ENDPOINT, account)
    await conn.execute("SET maintenance_work_mem = '512MB'")
    now = int(time.time())
    for table, part, insert in _TABLES:
        if tables and table not in tables:
            continue
        if await conn.fetchval(f"SELECT 1 FROM {table} LIMIT 1"):
            await _vacuum(conn, table)
            continue
        count, began = rows // part, time.monotonic()
        indexes = [record["indexdef"] for record in await conn.fetch(_INDEXES, table)]
        async with conn.transaction():
            for definition in indexes:
                await conn.execute(f"DROP INDEX {definition.partition('INDEX ')[2].partition(' ON ')[0]}")
            # Balance transactions keep their sums by a trigger; of all else the triggers check what is right here.
            role = "origin" if table == "balance_transactions" else "replica"
            await conn.execute(f"SET LOCAL session_replication_role = {role}")
            for first in range(1, count + 1, _CHUNK):
                last = min(count, first + _CHUNK - 1)
                values = {
                    "account": account,
                    "now": now,
                    "rows": count,
                    "first": first,
                    "last": last,
                    "livemode": livemode,
                }
                await conn.execute(insert.format(**values))
            for definition in indexes:
                await conn.execute(definition)
        await _vacuum(conn, table)
        print(f"{table}: {count:,} rows in {time.monotonic() - began:.0f} s", flush=True)
    await conn.execute(_BALANCES)
    await conn.close()


async def _vacuum(conn: asyncpg.Connection, table: str) -> None:
    """Vacuum a table until its rows are known to be visible to all, as scans of indexes alone want it.

    The service waits for locks on the table while it is filled, so a snapshot from before may outlive the filling.

    Raises:
        BenchError: a snapshot stays.
    """
    for _ in range(_VACUUMS):
        visible = await conn.fetchval(_VISIBLE, table)
        if visible > _MOSTLY:
            return
        await conn.execute(f"VACUUM (ANALYZE) {table}")
        await asyncio.sleep(0.5)
    raise BenchError(f"Something keeps VACUUM from marking the rows of {table} as visible.")


def _measure(service: Service, rounds: int, only: str) -> str:
    """Return a table of how long each page took, each asked for so often after it was warmed."""
    add = [sys.executable, "-m", "brim", "operators", "add", _EMAIL, "--role", "admin"]
    known = query(service.database_url, "SELECT count(*) FROM operators") != ["0"]
    if not known:
        subprocess.run(
            [*add, "--data-dir", str(service.data_dir)],
            input=f"{_PASSWORD}\n",
            text=True,
            env=clean_environment(),
            stdout=subprocess.DEVNULL,
            check=True,
        )
    reader = _Reader(service)
    reader.sign_in()
    lines = []
    for path in _pages(service):
        if not re.search(only, path):
            continue
        times = []
        for number in range(rounds + _WARMING):
            status, body, milliseconds = reader.get(path)
            if status != 200:
                raise BenchError(f"{path} answered {status}.")
            if number >= _WARMING:
                times.append(milliseconds)
        times.sort()
        median, slowest = quantile(times, 0.5), quantile(times, 0.99)
        rows = body.count('class="row-link') + body.count('class="attempt"')
        figures = (f"{rows}", f"{median:.0f}", f"{slowest:.0f}")
        lines.append([f"`{path}`", *figures, verdict(slowest < _PROMISED_MS)])
        print(f"{path}: {rows} rows, median {median:.0f}, p99 {slowest:.0f} ms", flush=True)
    return markdown_table(("page", "rows", "median ms", "p99 ms", "below 100 ms"), lines)


def _pages(service: Service) -> list[str]:
    """Return the pages that are measured: each list without filters, with each of its filters, and deep in it."""
    url = service.database_url
    now = time.time()
    month = time.strftime("created_from=%Y-%m-01&created_to=%Y-%m-28", time.gmtime(now - 150 * 86400))
    week = time.strftime("created_from=%Y-%m-%d", time.gmtime(now - 7 * 86400))

    def middle(table: str, prefix: str) -> str:
        after = first_id_at(prefix, int(now - _YEAR_S / 2))
        return query(
            url, f"SELECT id FROM {table} WHERE account <> '' AND livemode AND id > '{after}' ORDER BY id LIMIT 1"
        )[0]

    topup = middle("topups", "tu_")
    return [
        *("/topups", "/topups?status=pending", "/topups?status=failed", "/topups?status=canceled"),
        *(f"/topups?status=failed&{week}", f"/topups?{month}", f"/topups?status=failed&{month}"),
        *("/topups?currency=jpy", "/topups?currency=jpy&status=failed", "/topups?currency=usd&amount_from=42"),
        *("/topups?amount_from=4242.42&amount_to=4242.42", "/topups?amount_from=42&amount_to=43"),
        *("/topups?order=largest", "/topups?order=smallest&currency=eur", "/topups?failure_code=no_account"),
        *("/topups?failure_code=invalid_account_number", "/topups?description=order+77", "/topups?description=nothing"),
        *("/topups?metadata_key=order_id&metadata_value=4242420", "/topups?metadata_key=shop&metadata_value=s3"),
        *("/topups?metadata_key=shop&metadata_value=none", "/topups?funding_source=src_7"),
        f"/topups?starting_after={topup}",
        *("/balance-transactions", "/balance-transactions?currency=jpy", "/balance-transactions?type=topup_reversal"),
        *(f"/balance-transactions?{month}", f"/balance-transactions?currency=eur&type=topup&{month}"),
        f"/balance-transactions?source={topup}",
        f"/balance-transactions?starting_after={middle('balance_transactions', 'txn_')}",
        *("/events", "/events?type=topup.created", "/events?type=topup.failed", "/events?type=topup.canceled"),
        *("/events?type=topup.*", "/events?delivery_success=false", "/events?delivery_success=true"),
        *(
            f"/events?{month}",
            f"/events?type=topup.failed&{month}",
            f"/events?object_id={middle('events', 'evt_').replace('evt_', 'tu_')}",
        ),
        *(
            "/webhooks",
            "/webhooks/we_bench",
            "/webhooks/we_bench?failed=true",
            f"/webhooks/we_bench?failed=true&{month}",
        ),
        *(
            "/refunds",
            "/refunds?status=all",
            f"/refunds?status=succeeded&{month}",
            f"/refunds?topup={middle('refunds', 'rfnd_').replace('rfnd_', 'tu_')}",
        ),
        *("/statement-lines", "/statement-lines?status=all", f"/statement-lines?status=all&{month}"),
        f"/statement-lines?status=all&starting_after={middle('statement_lines', 'bsl_')}",
        *(
            "/breaks",
            "/breaks?status=all",
            "/breaks?status=resolved&kind=unmatched_line",
            f"/breaks?status=all&{month}",
            "/breaks?kind=paid_twice&status=all",
        ),
        *("/ach/returns", "/ach/returns?status=all", f"/ach/returns?status=missed&{month}"),
        *("/incoming-transfers", "/incoming-transfers?status=returned", f"/incoming-transfers?status=all&{month}"),
        *(
            "/ach/files",
            "/ach/bank-files",
            "/ach/reversals",
            "/ach/corrections",
            "/bank-statements",
            "/line-settlements",
        ),
        *("/ach/prenotes", "/ach/microdeposits", "/funding-sources", "/negative-balances"),
        *(
            "/search?q=4242420",
            "/search?q=order_id%3D4242420",
            "/search?q=shop%3Ds3",
            "/search?q=order+77",
            "/search?q=10.00",
        ),
        *(f"/search?q={topup}", "/search?q=nothing+of+it", "/search?q=1,234.56+usd", "/search?q=refunds"),
        *("/balance/overview", "/balance-summary"),
    ]


class _Reader:
    """A person who is signed in, on one connection."""

    def __init__(self, service: Service) -> None:
        self._conn = http.client.HTTPConnection(urllib.parse.urlsplit(service.url).netloc, timeout=60)
        self._cookies: dict[str, str] = {}
        self._origin = service.url

    def sign_in(self) -> None:
        """Sign in."""
        form = urllib.parse.urlencode({"email": _EMAIL, "password": _PASSWORD, "next": ""})
        self._send("POST", "/sign-in", form)

    def get(self, path: str) -> tuple[int, str, float]:
        """Return a page's status, itself, and how many milliseconds it took."""
        began = time.perf_counter()
        status, body = self._send("GET", path)
        return status, body, (time.perf_counter() - began) * 1000

    def _send(self, method: str, path: str, form: str | None = None) -> tuple[int, str]:
        headers = {"Accept": "text/html", "Origin": self._origin}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._conn.request(method, path, form, headers)
        reply = self._conn.getresponse()
        body = reply.read().decode()
        for line in reply.headers.get_all("Set-Cookie") or ():
            name, _, rest = line.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return reply.status, body


if __name__ == "__main__":
    main()
