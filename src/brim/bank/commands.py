"""The commands `brim bank ...`."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from brim.bank.banking_days import LocalTime
from brim.bank.failures import InvalidSettingError
from brim.base.clock import system_clock_ms

if TYPE_CHECKING:
    from brim.bank.simulation import Bank

# ruff: noqa: PLC0415  a command loads only what it runs

REHEARSAL_ROUTING: Final = "990000013"
"""A routing number with the right check digit that no bank has: none begins with 99."""

_FOLDER: Final = click.Path(path_type=Path, file_okay=False)
_STATE: Final = click.argument("state", type=_FOLDER)


@click.group()
def bank() -> None:
    """Simulate the bank in a rehearsal: it takes files, returns entries and sends statements.

    The folder STATE holds its state. It has its own clock. See docs/rehearsal-bank.md.
    """


@bank.command()
@_STATE
@click.option("--inbox", type=_FOLDER, required=True, help="Where the originator puts its files.")
@click.option("--outbox", type=_FOLDER, required=True, help="Where the bank puts its files.")
@click.option(
    "--routing",
    default=REHEARSAL_ROUTING,
    show_default=True,
    help="The bank's routing number; a rehearsal installation accepts only the default.",
)
@click.option("--account", default="9876543210", show_default=True, help="The originator's account at the bank.")
@click.option(
    "--company-id",
    "company_ids",
    multiple=True,
    default=("1234567890",),
    show_default=True,
    help="A company identification that may originate. Can be repeated.",
)
@click.option("--now", "now_text", help="The bank's time at the start. Default: now.")
@click.option("--time-zone", default="America/New_York", show_default=True)
@click.option("--statement-format", type=click.Choice(["bai2", "camt053"]), default="bai2", show_default=True)
@click.option(
    "--settlement-lag",
    type=click.IntRange(0, 30),
    default=0,
    show_default=True,
    help="Banking days from the effective date to settlement.",
)
@click.option(
    "--return-fee", type=click.IntRange(0), default=0, show_default=True, help="Fee for each return, in cents."
)
@click.option(
    "--scheme",
    type=click.Choice(["ach", "sepa"]),
    default="ach",
    show_default=True,
    help="The rail. With sepa --routing is a BIC, --account an IBAN, --company-id a creditor identifier.",
)
@click.option("--balanced", is_flag=True, help="Each batch has an offset: a credit to the originator's account.")
def init(
    state: Path, inbox: Path, outbox: Path, now_text: str | None, company_ids: tuple[str, ...], **settings: Any
) -> None:
    """Create a bank in the folder STATE."""
    from brim.bank.settings import BankSettings
    from brim.bank.simulation import clock_of, create_bank

    given = {"company_ids": company_ids, **settings}
    if settings["scheme"] == "sepa":
        given |= {name: value for name, value in _SEPA.items() if _is_default(name)}
    found = BankSettings(inbox=str(inbox.resolve()), outbox=str(outbox.resolve()), **given)
    found.check()
    now = _moment(clock_of(found), now_text) if now_text else _real_time()
    create_bank(state, found, now)
    with _opened(state) as created:
        click.echo(f"Bank {found.routing} created; its time is {_shown(created, created.now)}.")


@bank.command()
@_STATE
@click.option("--to", "to_text", help="Advance to this time in the bank's time zone, such as 2026-12-01T20:00.")
@click.option("--days", type=click.IntRange(1), help="Advance by this many calendar days.")
def advance(state: Path, to_text: str | None, days: int | None) -> None:
    """Process the files that arrived, and advance the clock; without a flag, only what is due now happens."""
    if to_text and days:
        raise click.UsageError("--to and --days exclude each other.")
    with _opened(state) as opened, opened.alone():
        to = opened.now
        if to_text:
            to = _moment(opened.local, to_text)
        elif days:
            local = opened.local.local(to)
            to = opened.local.at(local.date() + timedelta(days=days), local.time())
        before = _totals(opened)
        opened.advance(to)
        after = _totals(opened)
        did = ", ".join(f"{after[name] - before[name]} {label}" for name, label in _LABELS.items())
        click.echo(f"{_shown(opened, opened.now)}: {did}. Balance {_money(_balance(opened))}.")


@bank.command()
@_STATE
@click.option(
    "--poll", type=click.FloatRange(0.05, 60), default=1.0, show_default=True, help="The polling interval in seconds."
)
def serve(state: Path, poll: float) -> None:
    """Run in real time until stopped: process files as they arrive, and do what is due."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with _opened(state) as opened, opened.alone():
        click.echo(f"Bank {opened.settings.routing} takes files from {opened.settings.inbox}.")
        while not stop.is_set():
            opened.follow(_real_time())
            stop.wait(poll)
    click.echo("Stopped.")


@bank.command()
@_STATE
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--entries", type=click.IntRange(0), default=50, show_default=True, help="The maximum number to list.")
@click.option("--account", metavar="NUMBER", help="Only entries to this account, such as its micro-deposits.")
def show(state: Path, as_json: bool, entries: int, account: str | None) -> None:  # noqa: FBT001  a flag of the command
    """Show files, entries, what is due next and the balance."""
    with _opened(state) as opened:
        found = _overview(opened, entries, account)
    click.echo(json.dumps(found, indent=2) if as_json else "\n".join(_as_text(found)))


@bank.command()
@_STATE
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def script(state: Path, file: Path) -> None:
    """Add the rules in FILE: what to do with a file, an entry or a day. TOML, or JSON lines."""
    from brim.bank.script import read_script

    rules = read_script(file)
    with _opened(state) as opened:
        opened.add_rules(rules)
    click.echo(f"{len(rules)} rules added.")


@bank.command()
@_STATE
@click.argument("cents", type=click.IntRange(1, 9_999_999_999))
@click.argument("text")
@click.option(
    "--out", is_flag=True, help="Simulate a debit of the originator instead: a recall, or a transfer sent back."
)
def transfer(state: Path, cents: int, text: str, out: bool) -> None:  # noqa: FBT001  a flag of the command
    """Simulate a transfer of CENTS from a customer to the originator, with TEXT as remittance information."""
    if not (text.isascii() and text.isprintable() and 0 < len(text) <= _LONGEST_TEXT):
        raise click.UsageError(f"TEXT has 1 to {_LONGEST_TEXT} ASCII letters, digits and symbols.")
    with _opened(state) as opened:
        day = opened.transfer(-cents if out else cents, text)
        click.echo(
            f"{_money(-cents if out else cents)} is on the statement of {day}. Balance {_money(_balance(opened))}."
        )


@bank.command()
def accounts() -> None:
    """List the account numbers with special outcomes."""
    from brim.bank.outcomes import NAMED
    from brim.bank.sepa import REASONS, iban_of

    for number, (outcome, meaning) in NAMED.items():
        code = outcome.code if outcome else ""
        click.echo(f"{number:14}{code:5}{meaning}")
    click.echo("99RRDD0000    Rnn  returned for RR, DD days after settlement: 9910580000 is R10 on calendar day 58")
    click.echo(
        "98CC000000    Cnn  paid, and a notification of change the banking day after settlement: 9801000000 is C01"
    )
    click.echo(
        "97CC000000    Cnn  the same, with corrected data that cannot be used: 9702000000 has a wrong check digit"
    )
    click.echo("96CC000000    Cnn  the same, with the transaction code at the end, as some banks write C06 and C07")
    click.echo("95NRR00000    Rnn  each debit returned N times with RR, then paid: 9520100000 is R01 twice")
    click.echo("any other          paid")
    click.echo()
    click.echo("With --scheme sepa, by IBAN, here rejected at once and returned two days after settlement:")
    for reason in REASONS.values():
        click.echo(f"{reason}  {iban_of(reason, 0)}  {iban_of(reason, 2)}")


_SEPA: Final[dict[str, Any]] = {
    "routing": "BRIMDEF0XXX",
    "account": "DE23999999990000000000",
    "company_ids": ("DE98ZZZ09999999999",),
    "time_zone": "Europe/Berlin",
    "statement_format": "camt053",
}
"""What a bank of SEPA has where nothing is given: a BIC and an IBAN that no bank has, and a published identifier."""


def _is_default(name: str) -> bool:
    source = click.get_current_context().get_parameter_source(name)
    return source is click.core.ParameterSource.DEFAULT


_LONGEST_TEXT: Final = 140
"""Characters of what a payer writes. Source: ISO 20022, Max140Text."""
_LABELS: Final = {
    "accepted": "files accepted",
    "rejected": "rejected",
    "settled": "batches settled",
    "returned": "returns",
    "notified": "changes notified",
    "statements": "statements",
}


@contextmanager
def _opened(state: Path) -> "Iterator[Bank]":
    from brim.bank.simulation import Bank

    opened = Bank(state)
    try:
        yield opened
    finally:
        opened.store.close()


def _totals(opened: "Bank") -> dict[str, int]:
    return dict(opened.store.rows("totals")[0])


def _balance(opened: "Bank") -> int:
    return int(opened.store.value("balance"))


def _overview(opened: "Bank", entries: int, account: str | None) -> dict[str, Any]:
    store = opened.store
    files = [dict(row) for row in store.rows("show_files")]
    for file in files:
        del file["acknowledgement"]
        file["received_at"] = _shown(opened, file["received_at"])
        file["batches"] = [
            {name: value for name, value in dict(row).items() if name not in {"file", "settle_at"}}
            for row in store.rows("show_batches", file["id"])
        ]
    shown = [dict(row) for row in store.rows("show_entries", account, entries)]
    for entry in shown:
        entry["due_at"] = entry["due_at"] and _shown(opened, entry["due_at"])
    return {
        "now": _shown(opened, opened.now),
        "balance": _balance(opened),
        "settings": json.loads(opened.settings.to_json()),
        "files": files,
        "entries": shown,
        "due": [{**dict(row), "due_at": _shown(opened, row["due_at"])} for row in store.rows("show_due")],
    }


def _as_text(found: dict[str, Any]) -> Iterator[str]:
    yield f"Time {found['now']}   Balance {_money(found['balance'])}"
    for file in found["files"]:
        reason = f"  {file['reason_code']}: {file['reason']}" if file["reason_code"] else ""
        yield (
            f"File {file['name']}  {file['status']}  {file['entries']} entries  debit {_money(file['debit'])}  "
            f"credit {_money(file['credit'])}{reason}"
        )
        for batch in file["batches"]:
            settles = f", settlement {batch['settle_on']}" if batch["settle_on"] else ""
            yield f"  Batch {batch['number']:07}  {batch['status']}{settles}"
    for entry in found["entries"]:
        outcome = ""
        if entry["reason"]:
            outcome = f"  {entry['reason']} {'sent' if entry['outcome_trace'] else 'due'} {entry['due_at']}"
        yield (
            f"Entry {entry['trace']}  {entry['code']}  {_money(entry['amount'])}  account {entry['account']}  "
            f"{entry['description']}{outcome}"
        )
    for due in found["due"]:
        yield f"Due {due['due_at']}  {due['kind']} ({due['count']})"


def _money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def _shown(opened: "Bank", moment: int) -> str:
    return opened.local.local(moment).isoformat(timespec="seconds")


def _moment(local: LocalTime, text: str) -> int:
    try:
        return local.read(text)
    except ValueError:
        raise InvalidSettingError(f"{text} is not a moment like 2026-12-01T20:00.") from None


def _real_time() -> int:
    return system_clock_ms() // 1000
