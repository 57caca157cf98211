"""The parameters of the operations on files, breaks and stops. Ours."""

from typing import Final

from brim.api.framework.common_params import METADATA, PAGE, created, page_in_order
from brim.api.framework.kinds import Amount, BoundedInteger, Enum, FileContent, FileName, Text
from brim.api.framework.params import Parameter
from brim.core.corrections import CorrectionStatus
from brim.core.direct_debits import APPROVABLE, BANK_FILE_STATUSES, FileStatus
from brim.core.dishonors import DISHONOR_CODES, FIELD_CODES, INFORMATION_LENGTH, ReturnStatus
from brim.core.rails.ach.nacha import REFUSED_CHANGE_CODES
from brim.core.reconciliation import BreakKind
from brim.core.refunds import RefundStatus
from brim.core.reversals import ReversalReason, ReversalStatus
from brim.core.time import EARLIEST_TIME, LATEST_TIME
from brim.core.topups import MAX_DESCRIPTION

_MOMENT: Final = BoundedInteger(least=EARLIEST_TIME, most=LATEST_TIME)
"""A Unix second."""
_REFUSALS: Final = sorted(REFUSED_CHANGE_CODES.items())
_STATUSES: Final = tuple(status.value for status in FileStatus)


def _expected(*statuses: FileStatus) -> Parameter:
    return Parameter(
        name="expected_status",
        kind=Enum(tuple(status.value for status in statuses)),
        required=True,
        description="The status of the file that you have seen. If it has changed since, nothing is done.",
    )


FILE_LIST: Final = (
    *PAGE,
    created("files"),
    Parameter(name="status", kind=Enum(_STATUSES), description="Only files with this status."),
)
FILE_APPROVE: Final = (
    _expected(FileStatus.BUILT),
    Parameter(
        name="sha256",
        kind=Text(max_length=64),
        required=True,
        description="The SHA-256 of the bytes that you approve, in hexadecimal: the file's `sha256`.",
    ),
)
FILE_VOID: Final = (_expected(FileStatus.BUILT, FileStatus.APPROVED),)
FILE_RESUBMIT: Final = (_expected(FileStatus.REJECTED, FileStatus.SENT, FileStatus.ACKNOWLEDGED, FileStatus.SETTLED),)
ENTRY_LIST: Final = page_in_order("a trace number")
BANK_FILE_LIST: Final = (
    *PAGE,
    created("files"),
    Parameter(name="status", kind=Enum(BANK_FILE_STATUSES), description="Only files with this status."),
)
BANK_FILE_APPROVE: Final = (
    Parameter(
        name="expected_status",
        kind=Enum(APPROVABLE),
        required=True,
        description="The status of the file that you have seen. If it has changed since, nothing is done.",
    ),
    Parameter(
        name="sha256",
        kind=Text(max_length=64),
        required=True,
        description="The SHA-256 of the bytes that you approve, in hexadecimal: the file's `sha256`.",
    ),
    Parameter(
        name="expected_mapping",
        kind=Text(max_length=100),
        description=(
            "For CSV, the version of the mapping that you have seen: `mapping` of the preview. If the mapping has "
            "changed since, nothing is done."
        ),
    ),
)
BANK_FILE_REJECT: Final = (
    Parameter(
        name="reason", kind=Text(), required=True, description="The reason, shown to whoever imports the file again."
    ),
)
BANK_FILE_IMPORT: Final = (
    Parameter(
        name="file",
        kind=FileContent(),
        required=True,
        description="The file that your bank sent: a file in `multipart/form-data`, or text.",
    ),
    Parameter(name="name", kind=FileName(), description="The file name. Default: the name of the uploaded file."),
    Parameter(
        name="originator",
        kind=Text(),
        description="The originator whose bank sent it. Required if you have more than one.",
    ),
)
OVERRIDE_ASK: Final = (
    Parameter(
        name="reason",
        kind=Text(),
        required=True,
        description="The reason. It is shown to the approver and recorded in the audit log.",
    ),
    Parameter(name="until", kind=_MOMENT, required=True, description="When it expires, at most 30 days from now."),
)
OVERRIDE_APPROVE: Final = (
    Parameter(
        name="expected_until",
        kind=_MOMENT,
        required=True,
        description=(
            "When the override that you have seen expires. If a different one has been requested since, nothing is "
            "done."
        ),
    ),
)
BREAK_LIST: Final = (
    *PAGE,
    created("breaks"),
    Parameter(name="status", kind=Enum(("open", "resolved")), description="Only open breaks, or only resolved ones."),
    Parameter(
        name="kind",
        kind=Enum(tuple(kind.value for kind in BreakKind)),
        description="Only breaks of this kind.",
    ),
    Parameter(name="bank_file", kind=Text(), description="Only breaks that were found in this file from the bank."),
)
BREAK_RESOLVE: Final = (
    Parameter(
        name="resolution",
        kind=Text(),
        required=True,
        description="The cause and what was done. It is recorded in the audit log.",
    ),
)
CORRECTION_LIST: Final = (
    *PAGE,
    created("notifications"),
    Parameter(
        name="status",
        kind=Enum(tuple(status.value for status in CorrectionStatus)),
        description="Only notifications with this status.",
    ),
    Parameter(name="funding_source", kind=Text(), description="Only authorizations of this bank account."),
    Parameter(name="topup", kind=Text(), description="Only notifications about this top-up or prenote."),
    Parameter(name="bank_file", kind=Text(), description="Only notifications in this file from the bank."),
)
CORRECTION_REFUSE: Final = (
    Parameter(
        name="code",
        kind=Enum(tuple(sorted(REFUSED_CHANGE_CODES))),
        required=True,
        description="Why, as the network's code: " + ", ".join(f"`{c}` {t.lower()}" for c, t in _REFUSALS) + ".",
    ),
)
RETURN_LIST: Final = (
    *PAGE,
    created("returns"),
    Parameter(
        name="status",
        kind=Enum(("dishonorable", *(status.value for status in ReturnStatus))),
        description="Only returns with this status; `dishonorable` for those that can be dishonored now.",
    ),
    Parameter(name="topup", kind=Text(), description="Only returns of this top-up."),
    Parameter(name="file", kind=Text(), description="Only returns whose dishonor is in this ACH file."),
    Parameter(name="bank_file", kind=Text(), description="Only returns in this file from the bank."),
)
RETURN_DISHONOR: Final = (
    Parameter(
        name="code",
        kind=Enum(tuple(sorted(DISHONOR_CODES))),
        required=True,
        description="The dishonor's reason code: "
        + ", ".join(f"`{code}` {title.lower()}" for code, title in sorted(DISHONOR_CODES.items()))
        + ". It must fit the return.",
    ),
    Parameter(
        name="information",
        kind=Text(max_length=INFORMATION_LENGTH),
        description="Addenda information for the bank. With `R69`, it lists the wrong fields, such as "
        "`01*03`: "
        + ", ".join(f"`{number}` {name}" for number, name in FIELD_CODES.items())
        + ". With `R62`, it identifies the entry that corrected the erroneous one.",
    ),
)
_REASONS: Final = {
    ReversalReason.WRONG_AMOUNT: "the amount was not what was agreed",
    ReversalReason.WRONG_RECEIVER: "another account was to be debited",
    ReversalReason.WRONG_DATE: "it was earlier than agreed",
    ReversalReason.DUPLICATE: "it was already debited",
}
REVERSAL_LIST: Final = (
    *PAGE,
    created("reversals"),
    Parameter(
        name="status",
        kind=Enum(tuple(status.value for status in ReversalStatus)),
        description="Only reversals with this status.",
    ),
    Parameter(name="topup", kind=Text(), description="Only the reversal of this top-up's debit."),
    Parameter(name="file", kind=Text(), description="Only reversals in this ACH file."),
)
REVERSAL_REQUEST: Final = (
    Parameter(name="topup", kind=Text(), required=True, description="The top-up whose latest debit was erroneous."),
    Parameter(
        name="reason",
        kind=Enum(tuple(reason.value for reason in ReversalReason)),
        required=True,
        description="What was wrong with the debit; the network allows no other reasons: "
        + ", ".join(f"`{reason.value}` {what}" for reason, what in _REASONS.items())
        + ".",
    ),
)
REFUND_LIST: Final = (
    *PAGE,
    created("refunds"),
    Parameter(
        name="status",
        kind=Enum(tuple(status.value for status in RefundStatus)),
        description="Only refunds with this status.",
    ),
    Parameter(name="topup", kind=Text(), description="Only refunds of this top-up."),
    Parameter(name="file", kind=Text(), description="Only refunds in this ACH file."),
)
REFUND_REQUEST: Final = (
    Parameter(name="topup", kind=Text(), required=True, description="The top-up to refund. It must have succeeded."),
    Parameter(
        name="amount",
        kind=Amount(),
        description="How much to refund, in cents. Default: the unrefunded amount of the top-up.",
    ),
    Parameter(
        name="description",
        kind=Text(max_length=MAX_DESCRIPTION),
        description="An arbitrary string, shown with the refund and its balance transactions.",
    ),
    METADATA,
)
_ACCOUNT: Final = Parameter(name="account", kind=Text(), description="One of your accounts. Default: all of them.")
RAIL_STOP: Final = (
    Parameter(
        name="reason",
        kind=Text(),
        required=True,
        description="The reason. It is shown with each top-up that the stop refuses.",
    ),
    _ACCOUNT,
)
RAIL_RESUME: Final = (_ACCOUNT,)
