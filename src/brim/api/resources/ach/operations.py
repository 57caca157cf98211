"""The operations on live money by ACH. They are ours alone, and for platforms."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.ach import handlers
from brim.api.resources.ach import params as declared
from brim.api.resources.ach import wire as ach_wire
from brim.api.resources.ach.preview_wire import BankFilePreviewObject
from brim.base.errors import ExclusiveParametersError, NotInTestModeError, ResourceMissingError
from brim.core.accounts import NotPlatformError
from brim.core.corrections import NotOpenError, TooLateToRefuseError
from brim.core.direct_debits import (
    MOST_PREVIEWED,
    BankFileSeenOtherwiseError,
    BankFileStateError,
    BytesForgottenError,
    FileChangedError,
    FileStateError,
    UnexpectedStatusError,
)
from brim.core.originators import OriginatorNotNamedError, SecondPersonError
from brim.core.reconciliation import BreakResolvedError, StatementBeingAppliedError

_FILE: Final = f"{handlers.FILES}/{{file}}"
_BANK_FILE: Final = f"{handlers.BANK_FILES}/{{bank_file}}"
_BREAK: Final = f"{handlers.BREAKS}/{{break}}"
_CORRECTION: Final = f"{handlers.CORRECTIONS}/{{correction}}"
_RAIL: Final = "/v1/brim/rails/{rail}"

ACH_FILES: Final = (
    Operation(
        method="GET",
        path=handlers.FILES,
        operation_id="GetBrimAchFiles",
        summary="List ACH files",
        description="Returns the files that were created for your bank, newest first. Only available to platforms.",
        parameters=declared.FILE_LIST,
        handler=handlers.list_files,
        resource="ach",
        level="read",
        returns=ach_wire.AchFileObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=_FILE,
        operation_id="GetBrimAchFilesFile",
        summary="Retrieve an ACH file",
        description="Returns a file with its batches, without its bytes.",
        parameters=(),
        handler=handlers.retrieve_file,
        resource="ach",
        level="read",
        returns=ach_wire.AchFileObject,
        errors=(NotPlatformError,),
    ),
    Operation(
        method="GET",
        path=f"{_FILE}/entries",
        operation_id="GetBrimAchFilesFileEntries",
        summary="List the entries of an ACH file",
        description=(
            "Returns the entries of a file, in the order of the file. A file that was "
            "voided or resubmitted no longer has any: they have moved to another file."
        ),
        parameters=declared.ENTRY_LIST,
        handler=handlers.list_entries,
        resource="ach",
        level="read",
        returns=ach_wire.AchEntryObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="POST",
        path=f"{_FILE}/approve",
        operation_id="PostBrimAchFilesFileApprove",
        summary="Approve an ACH file",
        description=(
            "Approves a file, so that it is sent. Not available to API keys: an operator does this in the dashboard. "
            "If there are several operators, it can't be the one who last changed the originator's profile."
        ),
        parameters=declared.FILE_APPROVE,
        handler=handlers.approve_file,
        resource="ach_approvals",
        level="write",
        returns=ach_wire.AchFileObject,
        errors=(NotPlatformError, SecondPersonError, FileStateError, UnexpectedStatusError, FileChangedError),
    ),
    Operation(
        method="POST",
        path=f"{_FILE}/void",
        operation_id="PostBrimAchFilesFileVoid",
        summary="Void an ACH file",
        description="Voids a file that wasn't sent. Its entries are queued for the next one.",
        parameters=declared.FILE_VOID,
        handler=handlers.void_file,
        resource="ach",
        level="write",
        returns=ach_wire.AchFileObject,
        errors=(NotPlatformError, FileStateError, UnexpectedStatusError, FileChangedError),
    ),
    Operation(
        method="POST",
        path=f"{_FILE}/resubmit",
        operation_id="PostBrimAchFilesFileResubmit",
        summary="Resubmit the entries of an ACH file",
        description=(
            "Queues the entries of a file that the bank rejected for the next one, with new trace numbers. By doing "
            "so, you state that the bank processed none of them."
        ),
        parameters=declared.FILE_RESUBMIT,
        handler=handlers.resubmit_file,
        resource="ach",
        level="write",
        returns=ach_wire.AchFileObject,
        errors=(NotPlatformError, FileStateError, UnexpectedStatusError, FileChangedError),
    ),
    Operation(
        method="GET",
        path=handlers.BANK_FILES,
        operation_id="GetBrimAchBankFiles",
        summary="List files from the bank",
        description="Returns the files from your bank, newest first. Only available to platforms.",
        parameters=declared.BANK_FILE_LIST,
        handler=handlers.list_bank_files,
        resource="ach",
        level="read",
        returns=ach_wire.BankFileObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="POST",
        path=handlers.BANK_FILES,
        operation_id="PostBrimAchBankFiles",
        summary="Import a file from the bank",
        description=(
            "Imports returns, an acknowledgment or a statement by hand, as if your bank had put it into the incoming "
            "folder. Send it as `multipart/form-data` (`curl -F file=@returns.ach`). The file is stored first and "
            "applied within seconds: retrieve it to see the result. If several operators handle live money, "
            "this isn't available to API keys: an operator imports the file in the dashboard, and a statement is "
            "applied once another operator has approved it. Files are identified by their content: a file that was "
            "already received isn't stored or applied again, unless it was imported for another originator."
        ),
        parameters=declared.BANK_FILE_IMPORT,
        handler=handlers.import_bank_file,
        resource="ach",
        level="write",
        returns=ach_wire.BankFileObject,
        errors=(NotPlatformError, NotInTestModeError, SecondPersonError, ResourceMissingError, OriginatorNotNamedError),
        takes_file=True,
    ),
    Operation(
        method="GET",
        path=_BANK_FILE,
        operation_id="GetBrimAchBankFilesBankFile",
        summary="Retrieve a file from the bank",
        description="Returns a file from the bank with its findings, without its bytes.",
        parameters=(),
        handler=handlers.retrieve_bank_file,
        resource="ach",
        level="read",
        returns=ach_wire.BankFileObject,
        errors=(NotPlatformError,),
    ),
    Operation(
        method="GET",
        path=f"{_BANK_FILE}/preview",
        operation_id="GetBrimAchBankFilesBankFilePreview",
        summary="Preview a file from the bank",
        description=(
            "Returns what a statement awaiting approval would post if it were applied now: its balances, its position "
            f"among the other statements, and what its first {MOST_PREVIEWED} lines would be matched to. Nothing is "
            "stored. A file larger than 2 MiB is read, but not matched."
        ),
        parameters=(),
        handler=handlers.preview_bank_file,
        resource="ach",
        level="read",
        returns=BankFilePreviewObject,
        errors=(
            NotPlatformError,
            BankFileStateError,
            BytesForgottenError,
            BankFileSeenOtherwiseError,
            StatementBeingAppliedError,
        ),
    ),
    Operation(
        method="POST",
        path=f"{_BANK_FILE}/approve",
        operation_id="PostBrimAchBankFilesBankFileApprove",
        summary="Approve an imported statement",
        description=(
            "Approves a statement that another operator imported, so that it is applied. Not available to API keys: "
            "an operator does this in the dashboard. A rejected statement can be approved by a third operator."
        ),
        parameters=declared.BANK_FILE_APPROVE,
        handler=handlers.approve_bank_file,
        resource="ach_approvals",
        level="write",
        returns=ach_wire.BankFileObject,
        errors=(
            NotPlatformError,
            SecondPersonError,
            BankFileStateError,
            BankFileSeenOtherwiseError,
            BytesForgottenError,
        ),
    ),
    Operation(
        method="POST",
        path=f"{_BANK_FILE}/reject",
        operation_id="PostBrimAchBankFilesBankFileReject",
        summary="Reject an imported statement",
        description=(
            "Rejects an imported statement, with a reason; whoever imported it can withdraw it this way. The file is "
            "kept and nothing is posted. If the same file arrives from the bank, it is still applied."
        ),
        parameters=declared.BANK_FILE_REJECT,
        handler=handlers.reject_bank_file,
        resource="ach",
        level="write",
        returns=ach_wire.BankFileObject,
        errors=(NotPlatformError, SecondPersonError, BankFileStateError),
    ),
)

BREAKS: Final = (
    Operation(
        method="GET",
        path=handlers.BREAKS,
        operation_id="GetBrimBreaks",
        summary="List breaks",
        description=(
            "Returns the differences between the bank's records and your books, newest first. Only available "
            "to platforms."
        ),
        parameters=declared.BREAK_LIST,
        handler=handlers.list_breaks,
        resource="ach",
        level="read",
        returns=ach_wire.BreakObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=_BREAK,
        operation_id="GetBrimBreaksBreak",
        summary="Retrieve a break",
        description="Returns a break, open or resolved.",
        parameters=(),
        handler=handlers.retrieve_break,
        resource="ach",
        level="read",
        returns=ach_wire.BreakObject,
        errors=(NotPlatformError,),
    ),
    Operation(
        method="POST",
        path=f"{_BREAK}/resolve",
        operation_id="PostBrimBreaksBreakResolve",
        summary="Resolve a break",
        description=(
            "Resolves a break, with an explanation. Resolving posts nothing to the ledger, with one exception: a "
            "reversal or refund that isn't on any statement is ended, and its money returns to the balance."
        ),
        parameters=declared.BREAK_RESOLVE,
        handler=handlers.resolve_break,
        resource="ach",
        level="write",
        returns=ach_wire.BreakObject,
        errors=(NotPlatformError, BreakResolvedError),
    ),
)

CORRECTIONS: Final = (
    Operation(
        method="GET",
        path=handlers.CORRECTIONS,
        operation_id="GetBrimCorrections",
        summary="List corrections",
        description=(
            "Returns the notifications of change that banks have sent about your bank accounts on file and those of "
            "your connected accounts, newest first, with the outcome of each. Only available to platforms; for one "
            "connected account, send `Stripe-Account`."
        ),
        parameters=declared.CORRECTION_LIST,
        handler=handlers.list_corrections,
        resource="ach",
        level="read",
        returns=ach_wire.CorrectionObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=_CORRECTION,
        operation_id="GetBrimCorrectionsCorrection",
        summary="Retrieve a correction",
        description="Returns a notification of change, with its outcome.",
        parameters=(),
        handler=handlers.retrieve_correction,
        resource="ach",
        level="read",
        returns=ach_wire.CorrectionObject,
        errors=(NotPlatformError,),
    ),
    Operation(
        method="POST",
        path=f"{_CORRECTION}/refuse",
        operation_id="PostBrimCorrectionsCorrectionRefuse",
        summary="Refuse a correction",
        description=(
            "Refuses a notification of change that couldn't be applied, within 13 banking days. The next file "
            "notifies the bank, and the break is resolved."
        ),
        parameters=declared.CORRECTION_REFUSE,
        handler=handlers.refuse_correction,
        resource="ach",
        level="write",
        returns=ach_wire.CorrectionObject,
        errors=(NotPlatformError, SecondPersonError, NotOpenError, TooLateToRefuseError),
    ),
)

RAILS: Final = (
    Operation(
        method="POST",
        path=f"{_RAIL}/stop",
        operation_id="PostBrimRailsRailStop",
        summary="Stop live money",
        description=(
            "Stops live top-ups on a rail immediately, for all your accounts or for one. For all: new ones are "
            "refused, and no file is created or sent. For one: its new ones are refused, and its pending ones aren't "
            "put into files. Files that were already sent are still processed."
        ),
        parameters=declared.RAIL_STOP,
        handler=handlers.stop_rail,
        resource="ach",
        level="write",
        returns=ach_wire.RailStateObject,
        errors=(NotPlatformError, NotInTestModeError, ResourceMissingError),
    ),
    Operation(
        method="POST",
        path=f"{_RAIL}/resume",
        operation_id="PostBrimRailsRailResume",
        summary="Resume live money",
        description=(
            "Resumes live top-ups on a rail, for all your accounts or for one. Send the same `account` as when you "
            "stopped them."
        ),
        parameters=declared.RAIL_RESUME,
        handler=handlers.resume_rail,
        resource="ach",
        level="write",
        returns=ach_wire.RailStateObject,
        errors=(NotPlatformError, NotInTestModeError, ResourceMissingError),
    ),
    Operation(
        method="GET",
        path=_RAIL,
        operation_id="GetBrimRailsRail",
        summary="Retrieve a rail",
        description="Returns the status of a rail, and where it is stopped, by whom and why.",
        parameters=(),
        handler=handlers.retrieve_rail,
        resource="ach",
        level="read",
        returns=ach_wire.AchRailObject,
        errors=(NotPlatformError, NotInTestModeError),
    ),
    Operation(
        method="GET",
        path="/v1/brim/ach/outlook",
        operation_id="GetBrimAchOutlook",
        summary="Retrieve the outlook for the next ACH file",
        description=(
            "Returns the next cut-off, the top-ups due by then, the entries already queued, and how much of their "
            "daily cap accounts have used today."
        ),
        parameters=(),
        handler=handlers.read_outlook,
        resource="ach",
        level="read",
        returns=ach_wire.AchOutlookObject,
        errors=(NotPlatformError, NotInTestModeError),
    ),
    Operation(
        method="GET",
        path="/v1/brim/live_readiness",
        operation_id="GetBrimLiveReadiness",
        summary="Check whether live mode is ready",
        description=(
            "Returns everything that blocks live top-ups, and how to fix it. Only available to "
            "platforms, with a live key."
        ),
        parameters=(),
        handler=handlers.read_readiness,
        resource="ach",
        level="read",
        returns=ach_wire.LiveReadinessObject,
        errors=(NotPlatformError, NotInTestModeError),
    ),
)
