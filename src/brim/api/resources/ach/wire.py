"""How files, files from the bank, breaks and stops are written for clients. Ours, in the wire's manner."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import msgspec

from brim.api.framework.schema import LIVEMODE, TEXT, TIME, constant, described, identifier
from brim.base.json_codec import decode, encode
from brim.base.scope import AccountScope
from brim.core.ach import AchFile, BankFile, FileStatus, FoundBatch
from brim.core.originators import Blocker, Readiness
from brim.core.reconciliation import Break, BreakKind

_CENTS = {"minimum": 0}


class AchBatchObject(msgspec.Struct, frozen=True, kw_only=True):
    """A batch of a file: entries of one class that settle on one day."""

    effective_date: Annotated[date, described("The day on which the banks settle it.")]
    number: Annotated[int, described("Its number, by which the bank's statement names it.", minimum=1)]
    settled_by: Annotated[str | None, described("The line of the statement that booked it; null before.", **TEXT)]
    status: Annotated[str, described("Where it stands.", enum=["open", "acknowledged", "settled", "rejected"])]
    total_credit: Annotated[int, described("The sum of its credits, in cents.", **_CENTS)]
    total_debit: Annotated[int, described("The sum of its debits, in cents.", **_CENTS)]


class AchFileObject(msgspec.Struct, frozen=True, kw_only=True):
    """A file on its way to the bank."""

    id: Annotated[str, identifier("achf", "file")]
    object: Annotated[str, constant("brim.ach_file")] = "brim.ach_file"
    acknowledged: Annotated[int | None, described("When the bank's acknowledgement was applied.", **TIME)]
    approved: Annotated[int | None, described("When it was approved.", **TIME)]
    approved_by: Annotated[
        str | None, described("Who approved it: an operator's id, or `profile` where none has to.", **TEXT)
    ]
    batches: Annotated[
        list[AchBatchObject] | msgspec.UnsetType, described("Its batches; there only where one file is retrieved.")
    ] = msgspec.UNSET
    byte_count: Annotated[int, described("How many bytes it has.", **_CENTS)]
    created: Annotated[int, described("When it was made.", **TIME)]
    effective_date: Annotated[date, described("The day on which its entries settle.")]
    entry_count: Annotated[int, described("How many entries it has.", **_CENTS)]
    file_date: Annotated[date, described("The date in its header.")]
    held_because: Annotated[
        str | None, described("Why it is not sent, whatever its status; null where nothing holds it.", **TEXT)
    ]
    livemode: Annotated[bool, LIVEMODE]
    modifier: Annotated[str, described("The file id modifier in its header.", maxLength=1)]
    name: Annotated[str, described("What it is called in the bank's folder.", **TEXT)]
    originator: Annotated[str, described("The originator that it is made for.", **TEXT)]
    reject_reason: Annotated[str | None, described("Why the bank rejected it; null if it didn't.", **TEXT)]
    rejected: Annotated[int | None, described("When the bank's rejection was applied.", **TIME)]
    sent: Annotated[int | None, described("When it was handed to the bank.", **TIME)]
    settled: Annotated[int | None, described("When its last line of a statement was applied.", **TIME)]
    sha256: Annotated[str, described("The hash of its bytes, in hexadecimal.", pattern="^[0-9a-f]{64}$")]
    status: Annotated[str, described("Where it stands.", enum=[status.value for status in FileStatus])]
    total_credit: Annotated[int, described("The sum of its credits, in cents.", **_CENTS)]
    total_debit: Annotated[int, described("The sum of its debits, in cents.", **_CENTS)]
    voided: Annotated[int | None, described("When it was given up; null if it wasn't.", **TIME)]


class BankFindingObject(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong with a file from the bank."""

    code: Annotated[str, described("What is wrong, as a word for programs.", **TEXT)]
    sentence: Annotated[str, described("What is wrong, for people.", **TEXT)]
    where: Annotated[str | None, described("Where it is wrong; null for the whole file.", **TEXT)] = None


class BankFileObject(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came from the bank. It is known by its content, so the same bytes come once."""

    id: Annotated[str, identifier("bankf", "file")]
    object: Annotated[str, constant("brim.bank_file")] = "brim.bank_file"
    applied: Annotated[int | None, described("When what it says was applied; null before.", **TIME)]
    byte_count: Annotated[int, described("How many bytes it has.", **_CENTS)]
    created: Annotated[int, described("When it was received.", **TIME)]
    findings: Annotated[list[BankFindingObject], described("What is wrong with it.")]
    kind: Annotated[
        str,
        described(
            "What it is, by its content; `unknown` before it was read.",
            enum=["unknown", "nacha", "acknowledgement", "statement", "empty"],
        ),
    ]
    livemode: Annotated[bool, LIVEMODE]
    name: Annotated[str, described("What it was called.", **TEXT)]
    originator: Annotated[str, described("The originator whose bank it came from.", **TEXT)]
    status: Annotated[
        str,
        described(
            "`held` where nothing of it is applied, because its controls fail or it cannot be read.",
            enum=["received", "applied", "held"],
        ),
    ]


class BreakObject(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the bank says and that does not match; a person settles it."""

    id: Annotated[str, identifier("brk", "break")]
    object: Annotated[str, constant("brim.break")] = "brim.break"
    amount: Annotated[int | None, described("How much it is about, in minor units; null where there is no amount.")]
    bank_file: Annotated[str | None, described("The file from the bank that it was found in.", **TEXT)]
    created: Annotated[int, described("When it was found.", **TIME)]
    currency: Annotated[str | None, described("The currency of the amount.", **TEXT)]
    detail: Annotated[str, described("What does not match.", **TEXT)]
    kind: Annotated[str, described("What kind of break it is.", enum=[kind.value for kind in BreakKind])]
    livemode: Annotated[bool, LIVEMODE]
    raw: Annotated[str | None, described("What the bank sent of it, without account numbers.", **TEXT)]
    reference: Annotated[str | None, described("The bank's reference, or a trace number.", **TEXT)]
    resolution: Annotated[str | None, described("How it was settled; null while it is open.", **TEXT)]
    resolved: Annotated[int | None, described("When it was settled; null while it is open.", **TIME)]
    resolved_by: Annotated[str | None, described("Who settled it; null while it is open.", **TEXT)]
    status: Annotated[str, described("Whether it is settled.", enum=["open", "resolved"])]


class RailStateObject(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a rail is stopped, for all accounts or for one."""

    object: Annotated[str, constant("brim.rail_state")] = "brim.rail_state"
    account: Annotated[str | None, described("The account that it is stopped for; null for all.", **TEXT)]
    changed: Annotated[bool, described("Whether the request has changed anything.")]
    livemode: Annotated[bool, LIVEMODE]
    rail: Annotated[str, described("The rail.", const="ach")] = "ach"
    status: Annotated[str, described("Whether money moves.", enum=["running", "stopped"])]


class BlockerObject(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands in the way of live money, and what to do about it."""

    code: Annotated[str, described("What it is, as a word for programs.", **TEXT)]
    fix: Annotated[str, described("What to do about it.", **TEXT)]
    message: Annotated[str, described("What it is, for people.", **TEXT)]


class LiveReadinessObject(msgspec.Struct, frozen=True, kw_only=True):
    """Whether live top-ups can be created and collected, and what still blocks that."""

    object: Annotated[str, constant("brim.live_readiness")] = "brim.live_readiness"
    blockers: Annotated[list[BlockerObject], described("What has to be done, in order.")]
    livemode: Annotated[bool, LIVEMODE]
    ready: Annotated[bool, described("Whether nothing blocks live top-ups.")]
    warnings: Annotated[list[BlockerObject], described("What is advisable, and blocks nothing.")]


def readiness_json(scope: AccountScope, readiness: Readiness) -> bytes:
    """Return the compact JSON of what blocks live top-ups."""
    return encode(
        LiveReadinessObject(
            blockers=[_blocker(each) for each in readiness.blockers],
            livemode=scope.livemode,
            ready=readiness.is_ready,
            warnings=[_blocker(each) for each in readiness.warnings],
        )
    )


def _blocker(blocker: Blocker) -> BlockerObject:
    return BlockerObject(code=blocker.code, fix=blocker.fix, message=blocker.message)


def file_json(file: AchFile, batches: Sequence[FoundBatch] | None = None) -> bytes:
    """Return a file's compact JSON, with its batches where they are given."""
    shown = (
        msgspec.UNSET
        if batches is None
        else [msgspec.convert(b, AchBatchObject, from_attributes=True) for b in batches]
    )
    return encode(
        AchFileObject(
            id=file.id,
            acknowledged=_seconds(file.acknowledged_ms),
            approved=_seconds(file.approved_ms),
            approved_by=file.approved_by,
            batches=shown,
            byte_count=file.byte_count,
            created=file.built_ms // 1000,
            effective_date=file.effective_date,
            entry_count=file.entry_count,
            file_date=file.file_date,
            held_because=file.held_because,
            livemode=file.scope.livemode,
            modifier=file.modifier,
            name=file.name,
            originator=file.originator,
            reject_reason=file.reject_reason,
            rejected=_seconds(file.rejected_ms),
            sent=_seconds(file.sent_ms),
            settled=_seconds(file.settled_ms),
            sha256=file.sha256.hex(),
            status=file.status,
            total_credit=file.total_credit,
            total_debit=file.total_debit,
            voided=_seconds(file.voided_ms),
        )
    )


def bank_file_json(scope: AccountScope, file: BankFile) -> bytes:
    """Return the compact JSON of a file from the bank."""
    findings: list[dict[str, Any]] = decode(file.findings)
    return encode(
        BankFileObject(
            id=file.id,
            applied=_seconds(file.applied_ms),
            byte_count=file.byte_count,
            created=file.received_ms // 1000,
            findings=[
                BankFindingObject(
                    code=str(each["code"]), sentence=str(each["sentence"]), where=each.get("where") or None
                )
                for each in findings
            ],
            kind=file.kind,
            livemode=scope.livemode,
            name=file.name,
            originator=file.originator,
            status=file.status,
        )
    )


def break_json(scope: AccountScope, found: Break) -> bytes:
    """Return a break's compact JSON."""
    return encode(
        BreakObject(
            id=found.id,
            amount=found.amount,
            bank_file=found.bank_file,
            created=found.opened_ms // 1000,
            currency=found.currency,
            detail=found.detail,
            kind=found.kind,
            livemode=scope.livemode,
            raw=found.raw,
            reference=found.reference,
            resolution=found.resolution,
            resolved=_seconds(found.resolved_ms),
            resolved_by=found.resolved_by,
            status="open" if found.resolved_ms is None else "resolved",
        )
    )


def rail_state_json(scope: AccountScope, account: str | None, *, is_stopped: bool, changed: bool) -> bytes:
    """Return the compact JSON of whether the rail is stopped."""
    return encode(
        RailStateObject(
            account=account,
            changed=changed,
            livemode=scope.livemode,
            status="stopped" if is_stopped else "running",
        )
    )


def _seconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds // 1000
