"""Report types, runs and their files on the wire.

Source of every field but `brim`: Stripe API reference and SDK types (Report Run, Report Type, File).
"""

from typing import Annotated, Final

import msgspec

from brim.api.framework.schema import CURRENCY, LIVEMODE, TEXT, TIME, constant, described, identifier
from brim.base.json_codec import encode
from brim.core.ledger import BalanceTransactionType
from brim.core.reports import (
    DATA_FROM,
    TYPES,
    FileKind,
    Made,
    ReportRun,
    ReportType,
    RunStatus,
    file_id,
    file_name,
)

FILES: Final = "/v1/files/"
CONTENTS: Final = "/contents"
_EXTENSIONS: Final = {FileKind.CSV: "csv", FileKind.JSON: "json", FileKind.MANIFEST: "json", FileKind.SIGNATURE: "sig"}
_TITLES: Final = {
    FileKind.CSV: "Rows as CSV",
    FileKind.JSON: "Rows as JSON",
    FileKind.MANIFEST: "Manifest",
    FileKind.SIGNATURE: "Signature of the manifest",
}
_SHA256: Final = {"pattern": "^[0-9a-f]{64}$"}
TYPES_UPDATED: Final = 1_796_000_400
"""When the types were last changed: 2026-11-30."""


class FileObject(msgspec.Struct, frozen=True, kw_only=True):
    """The File object: a file of a report run."""

    id: Annotated[str, described("The file's id.", pattern="^file_[0-9A-Za-z]{25}$", **TEXT)]
    object: Annotated[str, constant("file")] = "file"
    created: Annotated[int, described("When it was created, in Unix seconds.", **TIME)]
    expires_at: Annotated[int | None, described("Always null: a file is kept as long as its report run.", **TIME)] = (
        None
    )
    filename: Annotated[str, described("The name to save the file under.", **TEXT)]
    links: Annotated[None, described("Always null: files can't be read without a key.")] = None
    purpose: Annotated[str, constant("finance_report_run", "What the file is for.")] = "finance_report_run"
    size: Annotated[int, described("Its size in bytes.", minimum=0)]
    title: Annotated[str, described("A title for the file.", **TEXT)]
    type: Annotated[str, described("The format of the file.", enum=["csv", "json", "sig"])]
    url: Annotated[
        str,
        described("The URL to download it from, with a key that can read reports; in events, the path.", **TEXT),
    ]


class RunParametersObject(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The parameters of a run. Those that weren't sent are omitted."""

    columns: Annotated[tuple[str, ...] | None, described("The columns, in order.")] = None
    connected_account: Annotated[
        str | None, described("The connected account that the report is restricted to.", **TEXT)
    ] = None
    currency: Annotated[str | None, CURRENCY] = None
    interval_end: Annotated[int, described("The end of the interval, exclusive, in Unix seconds.", **TIME)]
    interval_start: Annotated[int, described("The start of the interval, in Unix seconds.", **TIME)]
    reporting_category: Annotated[
        str | None,
        described(
            "The category that the report is restricted to.",
            enum=[*(each.value for each in BalanceTransactionType), None],
        ),
    ] = None
    timezone: Annotated[str | None, described("The time zone of times and dates.", **TEXT)] = None


class ReportTotalObject(msgspec.Struct, frozen=True, kw_only=True):
    """The totals of the rows of one currency and group."""

    currency: Annotated[str, described("The currency; empty if the report has no such column.", **TEXT)]
    group: Annotated[
        str,
        described(
            "The category, or the reconciliation status of top-ups; empty if the report has no such column.", **TEXT
        ),
    ]
    rows: Annotated[int, described("How many rows.", minimum=0)]
    sums: Annotated[dict[str, str], described("Sums of amounts, in major units, and of counts, by column.")]


class ReportExtras(msgspec.Struct, frozen=True, kw_only=True):
    """What Brim adds to a run that has succeeded."""

    as_of: Annotated[int, described("When the books were read.", **TIME)]
    differs_from: Annotated[
        str | None,
        described(
            "The previous run of this report, if its rows were different because something was added since.", **TEXT
        ),
    ]
    files: Annotated[list[FileObject], described("CSV, JSON, the manifest, and its signature.")]
    key: Annotated[str, described("The SHA-256 of the public key that the manifest is signed by.", **_SHA256)]
    rows: Annotated[int, described("How many rows it has.", minimum=0)]
    sha256: Annotated[str, described("The SHA-256 of the CSV file.", **_SHA256)]
    totals: Annotated[list[ReportTotalObject], described("Sums by currency and group.")]


class ReportRunObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Report Run object."""

    id: Annotated[str, identifier("frr", "report run")]
    object: Annotated[str, constant("reporting.report_run")] = "reporting.report_run"
    brim: Annotated[
        ReportExtras | None, described("Counts, totals and further files. Null until the run has succeeded.")
    ]
    created: Annotated[int, described("When it was created.", **TIME)]
    error: Annotated[str | None, described("Why the run failed. Null otherwise.", **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    parameters: Annotated[RunParametersObject, described("The parameters of the run.")]
    report_type: Annotated[str, described("The report that is run.", enum=list(TYPES))]
    result: Annotated[FileObject | None, described("The result as a CSV file. Null until the run has succeeded.")]
    status: Annotated[str, described("The status.", enum=[each.value for each in RunStatus])]
    succeeded_at: Annotated[int | None, described("When the run succeeded. Null until then.", **TIME)]


class ReportTypeObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Report Type object."""

    id: Annotated[str, described("The type's id.", enum=list(TYPES))]
    object: Annotated[str, constant("reporting.report_type")] = "reporting.report_type"
    data_available_end: Annotated[
        int, described("The latest time for which there is data: now, in the account's time.", **TIME)
    ]
    data_available_start: Annotated[int, described("The earliest time for which there can be data.", **TIME)]
    default_columns: Annotated[tuple[str, ...], described("The columns of a run that doesn't specify any.")]
    livemode: Annotated[bool, LIVEMODE]
    name: Annotated[str, described("The name of the report.", **TEXT)]
    updated: Annotated[int, described("When the type was last changed.", **TIME)]
    version: Annotated[int, described("Its version.", minimum=1)]


class ReportKeyObject(msgspec.Struct, frozen=True, kw_only=True):
    """The public key that manifests of reports are signed by."""

    object: Annotated[str, constant("brim.report_key")] = "brim.report_key"
    algorithm: Annotated[str, constant("Ed25519", "The algorithm of the signatures.")] = "Ed25519"
    fingerprint: Annotated[str, described("The SHA-256 of its DER form, in hex.", **_SHA256)]
    public_key: Annotated[str, described("The key as a PEM file.", **TEXT)]


def run_json(run: ReportRun, base_url: str = "") -> bytes:
    """Return a run's compact JSON; without the address of the server the URLs of its files are paths."""
    files = (
        {} if run.made is None else {each.kind: _file(run, run.made, each.kind, base_url) for each in run.made.files}
    )
    ended = None if run.ended_ms is None else run.ended_ms // 1000
    return encode(
        ReportRunObject(
            id=run.id,
            brim=None if run.made is None else _extras(run.made, list(files.values())),
            created=run.created_ms // 1000,
            error=run.error,
            livemode=run.scope.livemode,
            parameters=msgspec.convert(run.parameters, RunParametersObject, from_attributes=True),
            report_type=run.report_type,
            result=files.get(FileKind.CSV),
            status=run.status.value,
            succeeded_at=ended if run.status is RunStatus.SUCCEEDED else None,
        )
    )


def _extras(made: Made, files: list[FileObject]) -> ReportExtras:
    return ReportExtras(
        as_of=made.as_of,
        differs_from=made.differs_from,
        files=files,
        key=made.key,
        rows=made.rows,
        sha256=made.file(FileKind.CSV).sha256,
        totals=[
            ReportTotalObject(currency=each.currency, group=each.group, rows=each.rows, sums=each.sums)
            for each in made.totals
        ],
    )


def _file(run: ReportRun, made: Made, kind: FileKind, base_url: str) -> FileObject:
    known, name = made.file(kind), file_id(run.id, kind)
    return FileObject(
        id=name,
        created=(run.ended_ms or run.created_ms) // 1000,
        filename=file_name(run.id, kind),
        size=known.bytes,
        title=_TITLES[kind],
        type=_EXTENSIONS[kind],
        url=f"{base_url}{FILES}{name}{CONTENTS}",
    )


def type_json(kind: ReportType, *, livemode: bool, available_until: int) -> bytes:
    """Return a report type's compact JSON."""
    return encode(
        ReportTypeObject(
            id=kind.id,
            data_available_end=available_until,
            data_available_start=DATA_FROM,
            default_columns=kind.default_columns,
            livemode=livemode,
            name=kind.name,
            updated=TYPES_UPDATED,
            version=kind.version,
        )
    )
