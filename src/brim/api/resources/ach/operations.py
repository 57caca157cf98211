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
        description="Returns the files that were made for your bank, newest first. Only available to platforms.",
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
            "Returns the entries of a file in the order in which they stand in it; the cursors are trace numbers. A "
            "file that was voided or resubmitted has none any more: they have gone into another one."
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
            "Lets a file be sent. An API key never approves: operators do, on the pages, and where there are several, "
            "another one than who wrote the originator's profile."
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
        description="Gives up a file that was never sent. Its entries wait for the next one.",
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
            "Lets the entries of a file that the bank has rejected wait for the next one, with new traces. By this you "
            "state that the bank has processed none of them."
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
        description="Returns what came from your bank, newest first. Only available to platforms.",
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
            "Takes returns, an acknowledgement or a statement by hand, as if your bank had left it in the incoming "
            "folder. Send it as `multipart/form-data` (`curl -F file=@returns.ach`). The bytes are stored first and "
            "applied within seconds: retrieve the file to see the result. Where several operators have to do with "
            "live money, a statement waits until another one than you approves it. A file is known by its content: of "
            "bytes that were received before, nothing is stored or applied again, unless they were imported for "
            "another originator."
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
        description="Returns a file from the bank with what is wrong with it, without its bytes.",
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
            "Returns what a statement that waits for an approval would post if it were applied now: its balances, "
            f"where it would be placed, and what its first {MOST_PREVIEWED} lines would be matched to. Nothing is "
            "stored. A file above 2 MiB is only read."
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
            "Lets a statement be applied that another operator imported. An API key never approves: operators do, on "
            "the pages. A statement that was rejected can be approved by a third operator."
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
            "Ends the wait of an imported statement with a reason; who imported it can withdraw it so. Its bytes are "
            "kept and nothing is posted. If the bank's own channel brings it, it is applied all the same."
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
        description=("Returns what the bank says and what does not match, newest first. Only available to platforms."),
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
        description="Returns a break, a settled one too.",
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
        description="Settles a break: a person has looked, and says what it was. No money moves by that.",
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
            "your connected accounts, the newest first, with what became of each. Only available to platforms; for one "
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
        description="Returns a notification of change with what became of it.",
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
            "Refuses a notification of change that could not be applied, within 13 banking days: the next file tells "
            "the bank why. Its break is resolved by that."
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
            "Stops live top-ups by ACH at once, for all your accounts or for one: new ones are refused, and no file is "
            "made or sent. What is at the bank goes on."
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
        description="Lets live top-ups by ACH go on that were stopped: name the same account, or none.",
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
        description="Returns where live top-ups by ACH are stopped, by whom and why.",
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
        summary="Retrieve what the next ACH file takes",
        description=(
            "Returns the next cut-off, what is due by then, what is queued already, and how much accounts have asked "
            "for today."
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
            "Returns everything that still blocks the first live top-up, with what to do about it. Only available to "
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
