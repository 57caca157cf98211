"""How files, files from the bank, breaks and stops are written for clients. Ours, in the wire's manner."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import msgspec

from brim.api.framework.schema import LIVEMODE, TEXT, TIME, constant, described, identifier
from brim.api.resources.ach.actions import ActionObject
from brim.api.resources.topups.wire import RailChangeObject, RailReturnObject, entry_fields
from brim.base.json_codec import decode, encode
from brim.base.scope import AccountScope
from brim.core.corrections import Correction, CorrectionStatus, refusable_until_ms
from brim.core.direct_debits import (
    FILE_PREFIX,
    PRENOTE_PREFIX,
    AchFile,
    Approval,
    BankFile,
    Cutoff,
    Entry,
    EntryStatus,
    FileReview,
    FileStatus,
    FoundBatch,
    Outlook,
)
from brim.core.originators import Blocker, Readiness, Stop
from brim.core.rails import FILE_RAILS
from brim.core.rails.ach.nacha import CHANGE_CODES, REFUSED_CHANGE_CODES
from brim.core.reconciliation import Break, BreakKind

_CENTS = {"minimum": 0}
_ACTIONS = (
    "The actions that its status allows, and whether you can do them. Only present when a single object is retrieved."
)


class AchBatchObject(msgspec.Struct, frozen=True, kw_only=True):
    """A batch of a file: entries of one class that settle on one day."""

    description: Annotated[
        str | None,
        described(
            "Its company entry description, `RETRY PYMT` for re-presented debits; null if it isn't kept.", **TEXT
        ),
    ]
    effective_date: Annotated[date, described("The day on which the banks settle it.")]
    number: Annotated[int, described("Its batch number.", minimum=1)]
    settled_by: Annotated[str | None, described("The statement line that booked it; null until then.", **TEXT)]
    status: Annotated[str, described("The status.", enum=["open", "acknowledged", "settled", "rejected"])]
    total_credit: Annotated[int, described("The sum of its credits, in cents.", **_CENTS)]
    total_debit: Annotated[int, described("The sum of its debits, in cents.", **_CENTS)]


class AchApprovalObject(msgspec.Struct, frozen=True, kw_only=True):
    """An approval of a file."""

    approved: Annotated[int, described("When it was approved.", **TIME)]
    approved_by: Annotated[str, described("The id of the operator who approved it.", **TEXT)]
    number: Annotated[int, described("Whether this is the first approval or the second.", minimum=1, maximum=2)]
    one_person: Annotated[
        bool,
        described("Whether whoever prepared it could approve it, because there was no second operator."),
    ]
    sha256: Annotated[
        str, described("The SHA-256 of the bytes that were approved, in hexadecimal.", pattern="^[0-9a-f]{64}$")
    ]


class AchEntryObject(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a file: one presentment of a top-up to the bank."""

    id: Annotated[str, described("Its trace number, which is unique in the file.", **TEXT)]
    object: Annotated[str, constant("brim.ach_entry")] = "brim.ach_entry"
    account: Annotated[str, described("The account of the top-up.", **TEXT)]
    amount: Annotated[
        int,
        described(
            "The amount of the debit, in cents; 0 for a prenote, and for micro-deposits, whose amounts are secret.",
            minimum=0,
        ),
    ]
    batch: Annotated[int | None, described("The number of its batch.", minimum=1)]
    change: Annotated[RailChangeObject | None, described("The bank's notification of change; null if there is none.")]
    confirmed: Annotated[int | None, described("When the bank's confirmation was applied; null until then.", **TIME)]
    confirmed_by: Annotated[str | None, described("What confirmed it: a bank file, or a statement line.", **TEXT)]
    effective_date: Annotated[date | None, described("The day on which the banks settle it.")]
    file: Annotated[str | None, described("The file that it is in.", **TEXT)]
    number: Annotated[int, described("Which presentment of the top-up it is, counting from 1.", minimum=1)]
    retry: Annotated[
        int, described("Which re-presentment of a returned debit it is, counting from 1; 0 for none.", minimum=0)
    ]
    returned: Annotated[RailReturnObject | None, described("Why it was returned; null if it wasn't.")]
    status: Annotated[str, described("The status.", enum=[status.value for status in EntryStatus])]
    topup: Annotated[str, described("The top-up.", **TEXT)]
    trace: Annotated[str | None, described("Its trace number, which identifies it to banks.", **TEXT)]


class AchFileObject(msgspec.Struct, frozen=True, kw_only=True):
    """A file for the bank."""

    id: Annotated[str, identifier("achf", "file")]
    object: Annotated[str, constant("brim.ach_file")] = "brim.ach_file"
    acknowledged: Annotated[int | None, described("When the bank's acknowledgment was applied.", **TIME)]
    actions: Annotated[list[ActionObject] | msgspec.UnsetType, described(_ACTIONS)] = msgspec.UNSET
    approvals: Annotated[
        list[AchApprovalObject] | msgspec.UnsetType,
        described("The approvals of the file. Only present when a single file is retrieved or approved."),
    ] = msgspec.UNSET
    approvals_missing: Annotated[
        int | msgspec.UnsetType,
        described("How many approvals are missing. Present with its approvals.", minimum=0, maximum=2),
    ] = msgspec.UNSET
    approvals_needed: Annotated[
        int | None,
        described(
            "How many people must approve it, according to the profile's limits when it was built. Null for a "
            "file built by an earlier version of Brim.",
            minimum=0,
            maximum=2,
        ),
    ]
    approved: Annotated[int | None, described("When it was approved by as many people as it needs.", **TIME)]
    approved_by: Annotated[
        str | None,
        described("Who approved it last: an operator's id, or `profile` if no approval is needed.", **TEXT),
    ]
    batches: Annotated[
        list[AchBatchObject] | msgspec.UnsetType,
        described("Its batches; only present when a single file is retrieved."),
    ] = msgspec.UNSET
    byte_count: Annotated[int, described("Its size in bytes.", **_CENTS)]
    created: Annotated[int, described("When it was created, in Unix seconds.", **TIME)]
    currency: Annotated[str, described("The currency of its amounts.", enum=["eur", "usd"])]
    cutoff: Annotated[
        int | msgspec.UnsetType, described("The cut-off that it belongs to; present with its approvals.", **TIME)
    ] = msgspec.UNSET
    effective_date: Annotated[date, described("The day on which its entries settle.")]
    entry_count: Annotated[int, described("The number of entries.", **_CENTS)]
    file_date: Annotated[date, described("The date in its header.")]
    held_because: Annotated[
        str | None, described("Why the file is held, whatever its status; null if it isn't held.", **TEXT)
    ]
    largest_entries: Annotated[
        list[AchEntryObject] | msgspec.UnsetType,
        described("Its five largest entries, largest first; present with its approvals."),
    ] = msgspec.UNSET
    livemode: Annotated[bool, LIVEMODE]
    modifier: Annotated[str, described("The file ID modifier in its header.", maxLength=1)]
    name: Annotated[str, described("Its file name in the bank's folder.", **TEXT)]
    originator: Annotated[str, described("The originator of the file.", **TEXT)]
    reject_reason: Annotated[str | None, described("Why the bank rejected it; null if it didn't.", **TEXT)]
    rejected: Annotated[int | None, described("When the bank's rejection was applied.", **TIME)]
    send_before: Annotated[
        int | msgspec.UnsetType,
        described("The deadline for sending it for its effective date; present with its approvals.", **TIME),
    ] = msgspec.UNSET
    sent: Annotated[int | None, described("When it was sent to the bank.", **TIME)]
    settled: Annotated[
        int | None,
        described(
            "When its last statement line was applied; for a file of prenotes only, when these had ended.", **TIME
        ),
    ]
    sha256: Annotated[str, described("The SHA-256 of its bytes, in hexadecimal.", pattern="^[0-9a-f]{64}$")]
    status: Annotated[str, described("The status.", enum=[status.value for status in FileStatus])]
    total_credit: Annotated[int, described("The sum of its credits, in cents.", **_CENTS)]
    total_debit: Annotated[int, described("The sum of its debits, in cents.", **_CENTS)]
    voided: Annotated[int | None, described("When it was voided; null if it wasn't.", **TIME)]


class BankFindingObject(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong with a file from the bank."""

    code: Annotated[str, described("What is wrong, as a code.", **TEXT)]
    sentence: Annotated[str, described("What is wrong, as a sentence.", **TEXT)]
    where: Annotated[str | None, described("The position in the file; null if it is about the whole file.", **TEXT)] = (
        None
    )


class BankFileObject(msgspec.Struct, frozen=True, kw_only=True):
    """A file from the bank. It is identified by its content, so the same bytes are stored once for each originator."""

    id: Annotated[str, identifier("bankf", "file")]
    object: Annotated[str, constant("brim.bank_file")] = "brim.bank_file"
    actions: Annotated[list[ActionObject] | msgspec.UnsetType, described(_ACTIONS)] = msgspec.UNSET
    applied: Annotated[int | None, described("When it was applied; null until then.", **TIME)]
    approved: Annotated[int | None, described("When it was approved; null if it wasn't.", **TIME)]
    approved_by: Annotated[str | None, described("The operator who approved it.", **TEXT)]
    byte_count: Annotated[int, described("Its size in bytes.", **_CENTS)]
    created: Annotated[int, described("When it was received.", **TIME)]
    delivered: Annotated[
        int | None,
        described(
            "For an imported file, when the same bytes arrived from the bank, so that approval is no longer "
            "needed; null if they didn't.",
            **TIME,
        ),
    ]
    findings: Annotated[list[BankFindingObject], described("Its findings: what is wrong with it.")]
    imported_by: Annotated[
        str | None,
        described("Who imported it by hand; null if it arrived from the bank.", **TEXT),
    ]
    is_new: Annotated[
        bool | msgspec.UnsetType,
        described(
            "Whether its content is new; `false` if the same bytes were already received. Only present in the "
            "response to an import."
        ),
    ] = msgspec.UNSET
    kind: Annotated[
        str,
        described(
            "The kind of file, according to its content; `unknown` until it is read.",
            enum=["unknown", "nacha", "acknowledgement", "status_report", "statement", "empty"],
        ),
    ]
    line_count: Annotated[
        int | None,
        described("While a large statement is being applied, the number of lines in the file; null otherwise."),
    ]
    lines_applied: Annotated[
        int | None,
        described("While a large statement is being applied, the number of lines applied so far; null otherwise."),
    ]
    livemode: Annotated[bool, LIVEMODE]
    name: Annotated[str, described("The file name that it came with.", **TEXT)]
    one_person: Annotated[
        bool,
        described("Whether it was applied without another person's approval, because there was no second operator."),
    ]
    originator: Annotated[str, described("The originator whose bank sent it.", **TEXT)]
    reject_reason: Annotated[str | None, described("Why it was rejected; null if it wasn't.", **TEXT)]
    rejected: Annotated[int | None, described("When it was rejected.", **TIME)]
    rejected_by: Annotated[str | None, described("The operator who rejected it.", **TEXT)]
    sha256: Annotated[str, described("The SHA-256 of its bytes, in hexadecimal.", pattern="^[0-9a-f]{64}$")]
    status: Annotated[
        str,
        described(
            "The status: `received` until it is fully applied; `held` if none of it is applied, because its "
            "control totals don't add up or it can't be read; `awaiting_approval` if it is an imported statement "
            "that another operator has to approve.",
            enum=["received", "awaiting_approval", "applied", "held", "rejected"],
        ),
    ]


class BreakObject(msgspec.Struct, frozen=True, kw_only=True):
    """A difference between the bank's records and your books, which a person resolves."""

    id: Annotated[str, identifier("brk", "break")]
    object: Annotated[str, constant("brim.break")] = "brim.break"
    ach_file: Annotated[str | None, described("The ACH file that it is about, if it is about one.", **TEXT)]
    actions: Annotated[list[ActionObject] | msgspec.UnsetType, described(_ACTIONS)] = msgspec.UNSET
    amount: Annotated[int | None, described("The amount, in minor units; null if there is none.")]
    assigned_to: Annotated[str | None, described("The owner: the person who handles it.", **TEXT)]
    bank_statement: Annotated[str | None, described("The bank statement that it is about.", **TEXT)]
    bank_file: Annotated[str | None, described("The file from the bank that it was found in.", **TEXT)]
    created: Annotated[int, described("When it was found.", **TIME)]
    currency: Annotated[str | None, described("The currency of the amount.", **TEXT)]
    detail: Annotated[str, described("What doesn't match.", **TEXT)]
    kind: Annotated[str, described("The kind of break.", enum=[kind.value for kind in BreakKind])]
    livemode: Annotated[bool, LIVEMODE]
    note: Annotated[str | None, described("Notes of the people who handle it.", **TEXT)]
    raw: Annotated[str | None, described("The item as the bank sent it, without account numbers.", **TEXT)]
    reference: Annotated[str | None, described("The bank's reference, or a trace number.", **TEXT)]
    resolution: Annotated[str | None, described("How it was resolved. Null while it is open.", **TEXT)]
    resolved: Annotated[int | None, described("When it was resolved. Null while it is open.", **TIME)]
    resolved_by: Annotated[str | None, described("Who resolved it. Null while it is open.", **TEXT)]
    statement_line: Annotated[str | None, described("The line of a bank statement that it is about.", **TEXT)]
    status: Annotated[str, described("Whether it was resolved.", enum=["open", "resolved"])]


class CorrectedObject(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account on file before or after a correction."""

    account_type: Annotated[
        str | None, described("Checking or savings; null if unknown.", enum=["checking", "savings", None])
    ]
    last4: Annotated[str, described("The last four digits of the account number.", maxLength=4)]
    routing_number: Annotated[str, described("The bank's ACH routing number.", pattern="^[0-9]{9}$")]


class RefusalObject(msgspec.Struct, frozen=True, kw_only=True):
    """The refusal of a notification of change. `file` and `trace` are null until it is in a file."""

    code: Annotated[str, described("The network's code, such as `C65`.", enum=sorted(REFUSED_CHANGE_CODES))]
    file: Annotated[str | None, described("The ACH file that notifies the bank.", **TEXT)]
    meaning: Annotated[str, described("The meaning of the code.", **TEXT)]
    trace: Annotated[str | None, described("Its trace number.", **TEXT)]


class CorrectionObject(msgspec.Struct, frozen=True, kw_only=True, rename={"break_": "break"}):
    """A bank's notification of change about a bank account on file, and what became of it."""

    id: Annotated[str, identifier("corr", "correction")]
    object: Annotated[str, constant("brim.correction")] = "brim.correction"
    account: Annotated[str, described("The account that has the bank account.", **TEXT)]
    actions: Annotated[list[ActionObject] | msgspec.UnsetType, described(_ACTIONS)] = msgspec.UNSET
    after: Annotated[
        CorrectedObject | None, described("The bank account as it was afterwards; null if nothing was changed.")
    ]
    bank_file: Annotated[str | None, described("The file from the bank that it was in.", **TEXT)]
    before: Annotated[CorrectedObject, described("The bank account as it was when the notification came.")]
    break_: Annotated[str | None, described("The break that lists it; null if nobody has to decide.", **TEXT)]
    change_code: Annotated[str, described("The network's change code, such as `C01`.", **TEXT)]
    corrected: Annotated[
        list[str],
        described("What was changed: `account_number`, `routing_number`, `account_type`, `holder_name`."),
    ]
    created: Annotated[int, described("When it was received.", **TIME)]
    ended: Annotated[int | None, described("When it was applied, noted, dismissed or refused.", **TIME)]
    ended_by: Annotated[str | None, described("Who dismissed or refused it; null if nobody had to.", **TEXT)]
    entry_number: Annotated[int, described("Which presentment of the top-up it is about.", minimum=1)]
    entry_trace: Annotated[str | None, described("The trace number of the entry that it is about.", **TEXT)]
    funding_source: Annotated[str, described("The id of the bank account: of a source or a payment method.", **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    meaning: Annotated[str | None, described("What the change code means; null if it is unknown.", **TEXT)]
    originator: Annotated[str | None, described("The originator of the entry; null in test mode.", **TEXT)]
    prenote: Annotated[str | None, described("The prenote that it is about; null for a top-up.", **TEXT)]
    reason: Annotated[str | None, described("Why nothing was changed; null if it was applied.", **TEXT)]
    refusable_until: Annotated[int | None, described("Until when it can be refused, while it is open.", **TIME)]
    refusal: Annotated[RefusalObject | None, described("How it is refused; null if it isn't.")]
    status: Annotated[
        str,
        described(
            "`applied` if the bank account was changed, `noted` if there was nothing left to change, `open` while its "
            "break is open, `dismissed` once that is resolved, `refused` if you refused it.",
            enum=[status.value for status in CorrectionStatus],
        ),
    ]
    topup: Annotated[str | None, described("The top-up that it is about; null for a prenote.", **TEXT)]
    trace: Annotated[str, described("The trace number of the notification.", **TEXT)]


class RailStateObject(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a rail is stopped, for all accounts or for one."""

    object: Annotated[str, constant("brim.rail_state")] = "brim.rail_state"
    account: Annotated[str | None, described("The account that it is stopped for; null for all.", **TEXT)]
    changed: Annotated[bool, described("Whether the request has changed anything.")]
    livemode: Annotated[bool, LIVEMODE]
    rail: Annotated[str, described("The rail.", enum=list(FILE_RAILS))]
    status: Annotated[str, described("Whether top-ups are collected.", enum=["running", "stopped"])]


class RailStopObject(msgspec.Struct, frozen=True, kw_only=True):
    """A stop of a rail, and why."""

    account: Annotated[str | None, described("The account that it is stopped for; null for all.", **TEXT)]
    reason: Annotated[str, described("The reason.", **TEXT)]
    stopped: Annotated[int, described("When it was stopped.", **TIME)]
    stopped_by: Annotated[str, described("Who stopped it.", **TEXT)]


class AchRailObject(msgspec.Struct, frozen=True, kw_only=True):
    """A rail, and its stops."""

    object: Annotated[str, constant("brim.rail")] = "brim.rail"
    actions: Annotated[list[ActionObject], described("`stop` and `resume`, and whether you can do them.")]
    livemode: Annotated[bool, LIVEMODE]
    rail: Annotated[str, described("The rail.", enum=list(FILE_RAILS))]
    status: Annotated[str, described("Whether it is stopped for all accounts.", enum=["running", "stopped"])]
    stops: Annotated[list[RailStopObject], described("Its stops: for all accounts, or for one.")]


class CutoffObject(msgspec.Struct, frozen=True, kw_only=True):
    """A cut-off: the time until which top-ups go into its file."""

    cutoff: Annotated[int, described("The time of the cut-off.", **TIME)]
    effective_date: Annotated[date, described("The effective date of its entries.")]


class TotalObject(msgspec.Struct, frozen=True, kw_only=True):
    """The number of debits, and their total."""

    amount: Annotated[int, described("Their sum, in cents.", **_CENTS)]
    count: Annotated[int, described("How many there are.", **_CENTS)]


class DayUseObject(msgspec.Struct, frozen=True, kw_only=True):
    """How much of its daily cap an account has used today."""

    account: Annotated[str, described("The account.", **TEXT)]
    amount: Annotated[int, described("The amount used, in cents. Canceled and failed top-ups count, too.", **_CENTS)]


class VirtualAccountsObject(msgspec.Struct, frozen=True, kw_only=True):
    """How many virtual account numbers of a bank account are left."""

    are_few: Annotated[bool, described("Whether less than a tenth of them are left.")]
    left: Annotated[int, described("How many are left.", minimum=0)]
    size: Annotated[int, described("How many the bank has assigned.", minimum=1)]


class AchOutlookObject(msgspec.Struct, frozen=True, kw_only=True):
    """The outlook for the next file."""

    object: Annotated[str, constant("brim.ach_outlook")] = "brim.ach_outlook"
    cutoff: Annotated[CutoffObject | None, described("The next cut-off; null if no originator is active.")]
    day_cap: Annotated[int | None, described("The daily cap per account, in cents.", minimum=1)]
    day_uses: Annotated[list[DayUseObject], described("The ten accounts that have used most of their daily cap.")]
    due: Annotated[TotalObject, described("The top-ups that are due at the next cut-off.")]
    is_complete: Annotated[bool, described("Whether all due top-ups were counted; only 20,000 are.")]
    livemode: Annotated[bool, LIVEMODE]
    now: Annotated[
        int, described("The current time of the platform: that of its test clock, if one is active.", **TIME)
    ]
    originator: Annotated[str | None, described("The active originator; null if there is none.", **TEXT)]
    queued: Annotated[TotalObject, described("The entries queued for the next file whose cut-off has passed.")]
    test_clock: Annotated[str | None, described("The active test clock, in a rehearsal.", **TEXT)]
    time_zone: Annotated[str | None, described("The originator's time zone, by its IANA name.", **TEXT)]
    virtual_accounts: Annotated[
        VirtualAccountsObject | None, described("The virtual account numbers; null if the bank has assigned none.")
    ]


def cutoff_object(cutoff: Cutoff) -> CutoffObject:
    """Return a cut-off as it is written."""
    return CutoffObject(cutoff=cutoff.cutoff_ms // 1000, effective_date=cutoff.effective_date)


class BlockerObject(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands in the way of live money, and what to do about it."""

    code: Annotated[str, described("The finding, as a code.", **TEXT)]
    fix: Annotated[str, described("What to do about it.", **TEXT)]
    message: Annotated[str, described("The finding, as a sentence.", **TEXT)]


class LiveReadinessObject(msgspec.Struct, frozen=True, kw_only=True):
    """Whether live top-ups can be created, collected and credited, and what still blocks that."""

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


def file_json(
    file: AchFile,
    batches: Sequence[FoundBatch] | None = None,
    *,
    review: FileReview | None = None,
    actions: list[ActionObject] | msgspec.UnsetType = msgspec.UNSET,
) -> bytes:
    """Return a file's compact JSON, with its batches, what an approver sees, and the allowed actions, if given."""
    shown = (
        msgspec.UNSET
        if batches is None
        else [msgspec.convert(b, AchBatchObject, from_attributes=True) for b in batches]
    )
    return encode(
        AchFileObject(
            id=file.id,
            acknowledged=_seconds(file.acknowledged_ms),
            actions=actions,
            approvals=msgspec.UNSET if review is None else [_approval_object(each) for each in review.approvals],
            approvals_missing=msgspec.UNSET if review is None else review.missing,
            approvals_needed=file.approvals_needed,
            approved=_seconds(file.approved_ms),
            approved_by=file.approved_by,
            batches=shown,
            byte_count=file.byte_count,
            created=file.built_ms // 1000,
            currency=file.currency,
            cutoff=msgspec.UNSET if review is None else review.cutoff_ms // 1000,
            effective_date=file.effective_date,
            entry_count=file.entry_count,
            file_date=file.file_date,
            held_because=file.held_because,
            largest_entries=msgspec.UNSET if review is None else [_entry_object(each) for each in review.largest],
            livemode=file.scope.livemode,
            modifier=file.modifier,
            name=file.name,
            originator=file.originator,
            reject_reason=file.reject_reason,
            rejected=_seconds(file.rejected_ms),
            send_before=msgspec.UNSET if review is None else review.send_before_ms // 1000,
            sent=_seconds(file.sent_ms),
            settled=_seconds(file.settled_ms),
            sha256=file.sha256.hex(),
            status=file.status,
            total_credit=file.total_credit,
            total_debit=file.total_debit,
            voided=_seconds(file.voided_ms),
        )
    )


def _approval_object(approval: Approval) -> AchApprovalObject:
    return AchApprovalObject(
        approved=approval.approved_ms // 1000,
        approved_by=approval.approved_by,
        number=approval.number,
        one_person=approval.one_person,
        sha256=approval.sha256.hex(),
    )


def bank_file_json(
    scope: AccountScope,
    file: BankFile,
    *,
    is_new: bool | msgspec.UnsetType = msgspec.UNSET,
    actions: list[ActionObject] | msgspec.UnsetType = msgspec.UNSET,
) -> bytes:
    """Return the compact JSON of a file from the bank, with whether its content is new and its actions where given."""
    findings: list[dict[str, Any]] = decode(file.findings)
    return encode(
        BankFileObject(
            id=file.id,
            actions=actions,
            applied=_seconds(file.applied_ms),
            approved=_seconds(file.approved_ms),
            approved_by=file.approved_by,
            byte_count=file.byte_count,
            created=file.received_ms // 1000,
            delivered=_seconds(file.delivered_ms),
            findings=[
                BankFindingObject(
                    code=str(each["code"]), sentence=str(each["sentence"]), where=each.get("where") or None
                )
                for each in findings
            ],
            imported_by=file.imported_by,
            is_new=is_new,
            kind=file.kind,
            line_count=file.line_count,
            lines_applied=file.lines_applied,
            livemode=scope.livemode,
            name=file.name,
            one_person=file.one_person,
            originator=file.originator,
            reject_reason=file.reject_reason,
            rejected=_seconds(file.rejected_ms),
            rejected_by=file.rejected_by,
            sha256=file.sha256.hex(),
            status=file.status,
        )
    )


def break_json(
    scope: AccountScope, found: Break, *, actions: list[ActionObject] | msgspec.UnsetType = msgspec.UNSET
) -> bytes:
    """Return a break's compact JSON, with what may be done with it where that is given."""
    return encode(
        BreakObject(
            id=found.id,
            ach_file=_file_of(found),
            actions=actions,
            amount=found.amount,
            assigned_to=found.assigned_to,
            bank_file=found.bank_file,
            bank_statement=found.statement,
            created=found.opened_ms // 1000,
            currency=found.currency,
            detail=found.detail,
            kind=found.kind,
            livemode=scope.livemode,
            note=found.note,
            raw=found.raw,
            reference=found.reference,
            resolution=found.resolution,
            resolved=_seconds(found.resolved_ms),
            resolved_by=found.resolved_by,
            statement_line=found.line,
            status="open" if found.resolved_ms is None else "resolved",
        )
    )


def correction_json(
    correction: Correction, *, actions: list[ActionObject] | msgspec.UnsetType = msgspec.UNSET
) -> bytes:
    """Return the compact JSON of a correction, with what may be done with it where that is given."""
    known, refusal = CHANGE_CODES.get(correction.change_code), correction.refusal_code
    is_applied = correction.status is CorrectionStatus.APPLIED
    is_prenote = correction.topup.startswith(PRENOTE_PREFIX)
    is_open = correction.status is CorrectionStatus.OPEN
    return encode(
        CorrectionObject(
            id=correction.id,
            account=correction.owner,
            actions=actions,
            after=CorrectedObject(
                account_type=correction.new_account_type,
                last4=correction.new_last4 or "",
                routing_number=correction.new_routing_number or "",
            )
            if is_applied
            else None,
            bank_file=correction.bank_file,
            before=CorrectedObject(
                account_type=correction.account_type,
                last4=correction.last4,
                routing_number=correction.routing_number,
            ),
            break_=correction.break_id,
            change_code=correction.change_code,
            corrected=correction.corrected,
            created=correction.received_ms // 1000,
            ended=_seconds(correction.ended_ms),
            ended_by=correction.ended_by,
            entry_number=correction.number,
            entry_trace=correction.original_trace,
            funding_source=correction.funding_source,
            livemode=correction.scope.livemode,
            meaning=known.title if known else None,
            originator=correction.originator,
            prenote=correction.topup if is_prenote else None,
            reason=correction.reason,
            refusable_until=refusable_until_ms(correction) // 1000 if is_open and correction.originator else None,
            refusal=RefusalObject(
                code=refusal,
                file=correction.refusal_file,
                meaning=REFUSED_CHANGE_CODES[refusal],
                trace=correction.refusal_trace,
            )
            if refusal
            else None,
            status=correction.status,
            topup=None if is_prenote else correction.topup,
            trace=correction.trace,
        )
    )


def _file_of(found: Break) -> str | None:
    """Return the file that a break is about; what it is about stands first in its cause, or is its reference."""
    named = (found.cause.partition("/")[0], found.reference or "")
    return next((each for each in named if each.startswith(FILE_PREFIX)), None)


def entry_json(entry: Entry) -> bytes:
    """Return the compact JSON of an entry of a file."""
    return encode(_entry_object(entry))


def _entry_object(entry: Entry) -> AchEntryObject:
    return AchEntryObject(id=entry.trace or "", account=entry.owner, topup=entry.topup, **entry_fields(entry))


def rail_json(scope: AccountScope, rail: str, stops: Sequence[Stop], actions: list[ActionObject]) -> bytes:
    """Return the compact JSON of a rail with where it is stopped."""
    return encode(
        AchRailObject(
            actions=actions,
            livemode=scope.livemode,
            rail=rail,
            status="stopped" if any(not stop.stopped_account for stop in stops) else "running",
            stops=[
                RailStopObject(
                    account=stop.stopped_account or None,
                    reason=stop.reason,
                    stopped=stop.stopped_ms // 1000,
                    stopped_by=stop.stopped_by,
                )
                for stop in stops
            ],
        )
    )


def outlook_json(scope: AccountScope, outlook: Outlook) -> bytes:
    """Return the compact JSON of what the next file takes."""
    cutoff, originator, numbers = outlook.cutoff, outlook.originator, outlook.numbers
    return encode(
        AchOutlookObject(
            cutoff=cutoff_object(cutoff) if cutoff else None,
            day_cap=originator.profile.day_cap if originator else None,
            day_uses=[DayUseObject(account=use.account, amount=use.amount) for use in outlook.uses],
            due=TotalObject(amount=outlook.due.amount, count=outlook.due.count),
            is_complete=outlook.is_complete,
            livemode=scope.livemode,
            now=outlook.now_ms // 1000,
            originator=originator.id if originator else None,
            queued=TotalObject(amount=outlook.queued.amount, count=outlook.queued.count),
            test_clock=outlook.test_clock,
            time_zone=originator.profile.time_zone if originator else None,
            virtual_accounts=None
            if numbers is None
            else VirtualAccountsObject(are_few=numbers.are_few, left=numbers.left, size=numbers.size),
        )
    )


def rail_state_json(scope: AccountScope, rail: str, account: str | None, *, is_stopped: bool, changed: bool) -> bytes:
    """Return the compact JSON of whether the rail is stopped."""
    return encode(
        RailStateObject(
            account=account,
            changed=changed,
            livemode=scope.livemode,
            rail=rail,
            status="stopped" if is_stopped else "running",
        )
    )


def _seconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds // 1000
