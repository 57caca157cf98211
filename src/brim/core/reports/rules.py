"""The types of reports, what a run is asked for, and what is known of one.

Amounts in reports are decimal texts in major units, as in the vendor's: `12.34` of dollars, `12` of yen. Source of
types, parameters, columns and words: Stripe API reference, Report Runs and Report Types, and "Balance report type".
"""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from brim.base.currency import decimal
from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core.time import EARLIEST_TIME

RUN_PREFIX: Final = "frr_"
FILE_PREFIX: Final = "file_"
DATA_FROM: Final = EARLIEST_TIME
"""No test clock goes back further, and no import has older history: the `data_available_start` of every type."""

SETTLED_AFTER_S: Final = 15
"""A live interval is read so long after its end. A posting has the time that was read before its transaction began,
which waits for a connection for ten seconds at most; five more are for clocks that differ. Transactions that began
before are waited for besides (`making`)."""

SETTLED_AFTER_TEST_S: Final = 1
MAX_PENDING: Final = 50
"""Runs of an account and mode that may wait at once."""

MAX_ROWS: Final = 5_000_000
DEFAULT_TIMEZONE: Final = "Etc/UTC"
_MONTHS: Final = 12
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


class Kind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    TIME = "time"
    """A second in the report's time zone: `2026-10-31 18:05:09`."""
    TIME_UTC = "time_utc"
    DATE = "date"
    AMOUNT = "amount"
    """In major units of the row's currency; added up in totals."""
    AMOUNT_OF_LINE = "amount_of_line"
    """The same of something that several rows may be about, so it is not added up."""
    COUNT = "count"
    """A whole number; added up in totals."""


class Column(msgspec.Struct, frozen=True):
    """A column of a report."""

    name: str
    kind: Kind = Kind.TEXT


class TypeColumn(Column, frozen=True):
    """A column of a type of reports, and whether a run has it unless it names its columns."""

    is_default: bool = True


class ReportType(msgspec.Struct, frozen=True, kw_only=True):
    """A type of report.

    `options` are the parameters that it takes beside its interval, `group` the column by which totals are given for
    each currency; with `is_platforms` only a platform can run it.
    """

    id: str
    name: str
    version: int
    columns: tuple[TypeColumn, ...]
    group: str
    options: frozenset[str] = frozenset({"columns", "currency", "timezone"})
    is_platforms: bool = False

    @property
    def default_columns(self) -> tuple[str, ...]:
        """The names of the columns that a run has unless others are named."""
        return tuple(column.name for column in self.columns if column.is_default)


_MONEY: Final = (TypeColumn("gross", Kind.AMOUNT), TypeColumn("fee", Kind.AMOUNT), TypeColumn("net", Kind.AMOUNT))
_TRANSACTION: Final = (
    TypeColumn("balance_transaction_id"),
    TypeColumn("created_utc", Kind.TIME_UTC, is_default=False),
    TypeColumn("created", Kind.TIME),
    TypeColumn("available_on_utc", Kind.TIME_UTC, is_default=False),
    TypeColumn("available_on", Kind.TIME),
    TypeColumn("currency"),
    *_MONEY,
    TypeColumn("reporting_category"),
    TypeColumn("source_id"),
)
_WITH_CATEGORY: Final = frozenset({"columns", "currency", "timezone", "reporting_category"})

BALANCE_SUMMARY: Final = "balance.summary.1"
ACTIVITY_SUMMARY: Final = "balance_change_from_activity.summary.1"
ACTIVITY_ITEMIZED: Final = "balance_change_from_activity.itemized.3"
CONNECTED_ITEMIZED: Final = "connected_account_balance_change_from_activity.itemized.3"
BRIM_SUMMARY: Final = "brim.balance.summary.1"
RECONCILIATION: Final = "brim.topups_reconciliation.itemized.1"

TYPES: Final = {
    each.id: each
    for each in (
        ReportType(
            id=BALANCE_SUMMARY,
            name="Balance summary",
            version=1,
            columns=(
                TypeColumn("category"),
                TypeColumn("description"),
                TypeColumn("net_amount", Kind.AMOUNT),
                TypeColumn("currency"),
            ),
            group="category",
        ),
        ReportType(
            id=ACTIVITY_SUMMARY,
            name="Balance change from activity",
            version=1,
            columns=(
                TypeColumn("reporting_category"),
                TypeColumn("currency"),
                TypeColumn("count", Kind.COUNT),
                *_MONEY,
            ),
            group="reporting_category",
        ),
        ReportType(
            id=ACTIVITY_ITEMIZED,
            name="Itemized balance change from activity",
            version=3,
            columns=_TRANSACTION,
            group="reporting_category",
            options=_WITH_CATEGORY,
        ),
        ReportType(
            id=CONNECTED_ITEMIZED,
            name="Connected accounts: itemized balance change from activity",
            version=3,
            columns=(*_TRANSACTION, TypeColumn("connected_account_id")),
            group="reporting_category",
            options=_WITH_CATEGORY | {"connected_account"},
            is_platforms=True,
        ),
        ReportType(
            id=BRIM_SUMMARY,
            name="Balance summary by account and category",
            version=1,
            columns=(
                TypeColumn("account"),
                TypeColumn("currency"),
                TypeColumn("category"),
                TypeColumn("count", Kind.COUNT),
                *_MONEY,
            ),
            group="category",
            options=frozenset({"columns", "currency", "timezone", "connected_account"}),
        ),
        ReportType(
            id=RECONCILIATION,
            name="Itemized reconciliation of top-ups with bank statements",
            version=1,
            columns=(
                TypeColumn("account"),
                TypeColumn("topup_id"),
                TypeColumn("created_utc", Kind.TIME_UTC, is_default=False),
                TypeColumn("created", Kind.TIME),
                TypeColumn("count", Kind.COUNT),
                TypeColumn("currency"),
                TypeColumn("amount", Kind.AMOUNT),
                TypeColumn("status"),
                TypeColumn("balance_transaction_id"),
                TypeColumn("reconciliation"),
                TypeColumn("clearing", Kind.AMOUNT),
                TypeColumn("movement"),
                TypeColumn("movement_amount", Kind.AMOUNT),
                TypeColumn("fee", Kind.AMOUNT),
                TypeColumn("bank_account"),
                TypeColumn("statement_id"),
                TypeColumn("statement_line_id"),
                TypeColumn("booked_on", Kind.DATE),
                TypeColumn("line_amount", Kind.AMOUNT_OF_LINE),
                TypeColumn("break_id"),
            ),
            group="reconciliation",
            options=frozenset({"columns", "currency", "timezone", "connected_account"}),
            is_platforms=True,
        ),
    )
}
"""Every type, by its id, in the order of the list."""

OPENING: Final = "opening_balance"
CLOSING: Final = "closing_balance"
STARTING: Final = "starting_balance"
ENDING: Final = "ending_balance"
"""The words of `balance.summary.1` are the vendor's, those of `brim.balance.summary.1` the accountant's."""


class UnknownReportTypeError(BrimError):
    """The report type doesn't exist."""

    def __init__(self, given: str) -> None:
        super().__init__(f"There is no report type {given[:100]!r}. Report types are: {', '.join(TYPES)}.")


class ReportParameterError(BrimError):
    """A parameter of the report run is invalid for its report type.

    Args:
        name: of the parameter, inside `parameters`.
        sentence: what is wrong with it.
    """

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.param = f"parameters[{name}]"


class TooManyReportsError(BrimError):
    """Too many report runs are pending."""

    def __init__(self) -> None:
        super().__init__(f"{MAX_PENDING} reports of this account are pending. Try again once some are ready.")


class ReportTooLongError(BrimError):
    """A report has more rows than one may have."""

    def __init__(self) -> None:
        super().__init__(f"The report has more than {MAX_ROWS:,} rows. Run it for a shorter interval.")


class RunStatus(StrEnum):
    """Where a run stands. Source: Stripe API reference, the Report Run object."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RunParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is asked for; the interval is in Unix seconds, its end exclusive. Others are None unless sent."""

    interval_start: int
    interval_end: int
    columns: tuple[str, ...] | None = None
    connected_account: str | None = None
    currency: str | None = None
    reporting_category: str | None = None
    timezone: str | None = None


class FileKind(StrEnum):
    """The files of a run."""

    CSV = "csv"
    JSON = "json"
    MANIFEST = "manifest"
    SIGNATURE = "signature"


_LETTERS: Final = {FileKind.CSV: "C", FileKind.JSON: "J", FileKind.MANIFEST: "M", FileKind.SIGNATURE: "S"}
_ENDINGS: Final = {
    FileKind.CSV: "csv",
    FileKind.JSON: "json",
    FileKind.MANIFEST: "manifest.json",
    FileKind.SIGNATURE: "manifest.sig",
}


class ReportFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a run: its size in bytes, its hash in hex, and of how many parts it is stored (none: with the run)."""

    kind: FileKind
    bytes: int
    sha256: str
    parts: int = 0


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """What the rows of one currency and group come to: how many, and sums of amounts and counts by column."""

    currency: str
    group: str
    rows: int
    sums: dict[str, str]


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a run.

    `as_of` is the second at which the books were read; `differs_from` is the last run of the same report, where that
    had other rows; `key` is the fingerprint of the key that the manifest is signed by.
    """

    rows: int
    totals: tuple[Total, ...]
    files: tuple[ReportFile, ...]
    as_of: int
    differs_from: str | None = None
    key: str

    def file(self, kind: FileKind) -> ReportFile:
        """Return the file of a kind."""
        return next(each for each in self.files if each.kind is kind)


class ReportRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a report; times are Unix milliseconds."""

    scope: AccountScope
    id: str
    report_type: str
    parameters: RunParameters
    status: RunStatus = RunStatus.PENDING
    created_ms: int
    ended_ms: int | None = None
    error: str | None = None
    made: Made | None = None

    @property
    def type(self) -> ReportType:
        """Its type."""
        return TYPES[self.report_type]


def file_id(run: str, kind: FileKind) -> str:
    """Return the id of a file of a run: that of the run, and a letter."""
    return FILE_PREFIX + run.removeprefix(RUN_PREFIX) + _LETTERS[kind]


def file_name(run: str, kind: FileKind) -> str:
    """Return what a file of a run is called."""
    return f"{run}.{_ENDINGS[kind]}"


def run_of_file(file: str) -> tuple[str, FileKind] | None:
    """Return the run that a file belongs to, and its kind; None for what is no file's id."""
    kinds = [kind for kind, letter in _LETTERS.items() if file.endswith(letter)]
    if not file.startswith(FILE_PREFIX) or not kinds:
        return None
    return RUN_PREFIX + file.removeprefix(FILE_PREFIX)[:-1], kinds[0]


def report_type(type_id: str) -> ReportType:
    """Return a type by its id.

    Raises:
        UnknownReportTypeError: there is none.
    """
    found = TYPES.get(type_id)
    if found is None:
        raise UnknownReportTypeError(type_id)
    return found


def check_parameters(kind: ReportType, wanted: RunParameters, *, now_s: int) -> None:
    """Return if a type can be run with these parameters.

    Args:
        kind: the type.
        wanted: the parameters.
        now_s: the account's time, at which what is available ends.

    Raises:
        ReportParameterError: one of them is unfit.
    """
    for name in ("columns", "connected_account", "currency", "reporting_category", "timezone"):
        if getattr(wanted, name) is not None and name not in kind.options:
            raise ReportParameterError(name, f"The report type {kind.id} does not take the parameter {name}.")
    if not DATA_FROM <= wanted.interval_start <= now_s:
        raise ReportParameterError(
            "interval_start", f"interval_start must be between {DATA_FROM} and {now_s}, the data that is available."
        )
    if not wanted.interval_start < wanted.interval_end:
        raise ReportParameterError("interval_end", "interval_end must be after interval_start.")
    if wanted.interval_end > now_s:
        now = datetime.fromtimestamp(now_s, UTC)
        raise ReportParameterError(
            "interval_end",
            f"interval_end must not be after {now_s} ({now:%Y-%m-%d %H:%M:%S} UTC), where the data that is available "
            "ends: a month can be reported once it is over.",
        )
    zone_of(wanted)
    columns_of(kind, wanted)


def zone_of(wanted: RunParameters) -> ZoneInfo:
    """Return the time zone of a report.

    Raises:
        ReportParameterError: there is none of that name.
    """
    name = wanted.timezone or DEFAULT_TIMEZONE
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ReportParameterError(
            "timezone",
            f"There is no time zone {name[:100]!r}. Use a name of the IANA database, such as America/New_York.",
        ) from None


def columns_of(kind: ReportType, wanted: RunParameters) -> tuple[Column, ...]:
    """Return the columns of a report, in order.

    Raises:
        ReportParameterError: one is unknown, named twice, or none is named.
    """
    by_name = {column.name: column for column in kind.columns}
    names = kind.default_columns if wanted.columns is None else wanted.columns
    unknown = next((name for name in names if name not in by_name), None)
    if unknown is not None:
        raise ReportParameterError(
            "columns", f"The report type {kind.id} has no column {unknown[:100]!r}. Columns are: {', '.join(by_name)}."
        )
    if not names or len(set(names)) < len(names):
        raise ReportParameterError("columns", "List at least one column, and each only once.")
    return tuple(Column(name, by_name[name].kind) for name in names)


def month_bounds(month: str, zone: ZoneInfo) -> tuple[int, int]:
    """Return the first second of a month such as `2026-10` in a time zone, and that of the next month.

    Raises:
        ValueError: the text is no month.
    """
    found = _MONTH.fullmatch(month)
    if found is None:
        raise ValueError(month)
    year, number = int(found[1]), int(found[2])
    first = datetime(year, number, 1, tzinfo=zone)
    after = datetime(year + number // _MONTHS, number % _MONTHS + 1, 1, tzinfo=zone)
    return round(first.timestamp()), round(after.timestamp())


def major_units(amount_minor: int, currency: str) -> str:
    """Return an amount as a decimal in major units, such as `-1234.50`."""
    return decimal(amount_minor, currency)


def written_time(second: int, zone: ZoneInfo | None) -> str:
    """Return a Unix second as reports have it, in a time zone or in UTC: `2026-10-31 18:05:09`."""
    return datetime.fromtimestamp(second, zone or UTC).strftime("%Y-%m-%d %H:%M:%S")


def written_day(second: int, zone: ZoneInfo) -> str:
    """Return the day of a Unix second in a time zone."""
    return datetime.fromtimestamp(second, zone).strftime("%Y-%m-%d")
