"""The parameters of the operations on originators: the profile, by the names that it has in the core. Ours."""

from typing import Final

from brim.api.framework.common_params import PAGE
from brim.api.framework.kinds import Amount, Boolean, BoundedInteger, Enum, Text, TextList
from brim.api.framework.params import Hash, Kind, Parameter
from brim.core.rails.ach import (
    MOST_LINES,
    NACHA_CLASSES,
    AfterReading,
    Authentication,
    Confirmation,
    Microdeposits,
    Offset,
    TransferPayers,
    TransferPolicy,
    Transfers,
    Upload,
)
from brim.core.rails.sepa import Version

_LONGEST_NUMBER: Final = 34
_MOST_CUTOFFS: Final = 24
_MOST_RETRIES: Final = 2
_MOST_HOST_KEYS: Final = 4
_LIMIT: Final = BoundedInteger(least=1, most=999_999_999_999, clearable=True)
_DAYS: Final = BoundedInteger(least=0, most=60)

_REQUIRED: Final[dict[str, tuple[Kind, str]]] = {
    "incoming_folder": (
        Text(),
        "The folder where the bank's files arrive: an absolute path, or `sftp://user@host/path`.",
    ),
    "outgoing_folder": (
        Text(),
        "The folder where the bank or your uploader picks up files: an absolute path, or `sftp://user@host/path`.",
    ),
}
_SEPA: Final[dict[str, tuple[Kind, str]]] = {
    "bic": (Text(max_length=11), "The BIC of the bank that receives the messages."),
    "creditor_identifier": (Text(max_length=35), "The creditor identifier, with its check digits."),
    "creditor_name": (Text(max_length=70), "The creditor's name on debtors' statements, in the SEPA character set."),
    "message": (
        Enum(tuple(each.value for each in Version)),
        "The version of pain.008 that the bank accepts. Default: `pain.008.001.08`.",
    ),
    "prenotification_days": (_DAYS, "How many days before a collection debtors are notified. Default: 14."),
    "remittance": (Text(max_length=140), "The remittance information of each collection. Default: `Top-up`."),
}
NEEDED_FOR_ACH: Final = (
    *("company_id", "company_name", "immediate_origin", "odfi_name", "odfi_routing_number", "origin_name"),
)
"""What a profile has that says nothing of SEPA."""
_OPTIONAL: Final[dict[str, tuple[Kind, str]]] = {
    "company_id": (Text(max_length=10), "The company identification that the bank assigned. Required for ACH."),
    "company_name": (
        Text(max_length=16),
        "The company name on account holders' statements. Required for ACH.",
    ),
    "immediate_origin": (Text(max_length=10), "The immediate origin that the bank assigned. Required for ACH."),
    "odfi_name": (Text(max_length=23), "The bank's name. Required for ACH."),
    "odfi_routing_number": (
        Text(max_length=9),
        "The routing number of the bank that receives the files (the ODFI). Required for ACH.",
    ),
    "origin_name": (Text(max_length=23), "The immediate origin name in file headers. Required for ACH."),
    "sepa": (
        Hash(
            tuple(
                Parameter(name=name, kind=kind, description=description) for name, (kind, description) in _SEPA.items()
            )
        ),
        (
            "The creditor, for an originator that collects by SEPA; omit what is only required for ACH. An "
            "originator can't switch between ACH and SEPA later."
        ),
    ),
    "alarm_after_hours": (
        BoundedInteger(least=1, most=240),
        "Hours without a response to a file after which an alert is raised. Default: 24.",
    ),
    "approval_from_entry": (
        _LIMIT,
        "If not every file needs approval: files with a debit of at least this amount, in cents, do. Empty for none.",
    ),
    "approval_from_total": (
        _LIMIT,
        "If not every file needs approval: files with at least this total, in cents, do. Empty for none.",
    ),
    "bank_account": (Text(max_length=32), "The name of the bank account in the ledger. Default: `operating`."),
    "confirmation": (
        Enum(tuple(each.value for each in Confirmation)),
        "What counts as the bank's confirmation, without which no top-up succeeds. Default: `statement`.",
    ),
    "cutoffs": (TextList(_MOST_CUTOFFS), "The cut-off times of a banking day, in order, such as `17:00`."),
    "day_cap": (Amount(), "The daily cap per account, in cents."),
    "duplicate_window_minutes": (
        BoundedInteger(least=0, most=1440),
        (
            "For how many minutes a debit of the same amount from the same bank account is refused as a duplicate, "
            "unless explicitly allowed. Default: 0, never."
        ),
    ),
    "entry_cap": (Amount(), "The cap per debit, in cents."),
    "entry_description": (
        Text(max_length=10),
        "The company entry description on account holders' statements. Default: `TOPUP`.",
    ),
    "file_cap": (Amount(), "The cap per file, in cents."),
    "file_name": (
        Text(max_length=200),
        "The pattern of file names. It must contain `{id}`, and may contain `{date}`, `{time}` and `{modifier}`.",
    ),
    "hold_days": (_DAYS, "Banking days from settlement until the money is available. Default: 3."),
    "immediate_destination": (
        Text(max_length=9),
        "The immediate destination in file headers, if it isn't the bank itself.",
    ),
    "lead_days": (BoundedInteger(least=1, most=1), "Banking days from the file to its effective date. Default: 1."),
    "line_ending": (Enum(("crlf", "lf")), "The line ending of files. Default: `crlf`."),
    "max_file_entries": (BoundedInteger(least=1, most=500_000), "The maximum number of entries in a file."),
    "max_file_lines": (
        BoundedInteger(least=100, most=MOST_LINES),
        "The maximum number of lines in a file, including headers, controls and the filler of the last block.",
    ),
    "microdeposit_return_percent": (
        BoundedInteger(least=1, most=100),
        "The return rate of micro-deposits over thirty days, in percent, at which no more are sent. Default: 15.",
    ),
    "microdeposits": (
        Enum(tuple(each.value for each in Microdeposits)),
        (
            "Whether bank accounts are verified by micro-deposits, and whether a debit recovers their sum. Default: "
            "`off`. Set it only when every process runs the same version."
        ),
    ),
    "microdeposits_per_account_day": (
        BoundedInteger(least=1, most=100_000),
        "The maximum number of micro-deposits per account per day. Default: 20.",
    ),
    "microdeposits_per_bank_account": (
        BoundedInteger(least=1, most=30),
        "The maximum number of micro-deposits to one account number in thirty days. Default: 3.",
    ),
    "microdeposits_per_day": (
        BoundedInteger(least=1, most=100_000),
        "The maximum number of micro-deposits of all accounts per day. Default: 200.",
    ),
    "minimum_hold_days": (
        _DAYS,
        "The minimum hold in banking days, which no account's own settlement days can go below. Default: 0.",
    ),
    "offset": (
        Enum(tuple(each.value for each in Offset)),
        "The type of the originator's own account that the offset of each batch credits. Default: `none`, no offset.",
    ),
    "opening": (Text(max_length=5), "The time of a banking day from which money is available. Default: `09:00`."),
    "requires_approval": (Boolean(), "Whether an operator must approve each file before it is sent. Default: `true`."),
    "retry_schedule": (
        TextList(_MOST_RETRIES, clearable=True),
        (
            "When a debit returned for insufficient or uncollected funds is re-presented: up to two items, one for "
            "each re-presentment. `+1` is one banking day after the return, `1/15` the next 1st or 15th of the month "
            "on which it can settle. Empty for never."
        ),
    ),
    "return_rate_minimum": (
        BoundedInteger(least=1, most=1_000_000),
        "The minimum number of debits in sixty days for return rates to count.",
    ),
    "same_day_cap": (Amount(), "The cap for a same-day debit, in cents. Larger debits wait for another cut-off."),
    "same_day_cutoffs": (
        TextList(_MOST_CUTOFFS, clearable=True),
        "The cut-offs whose files settle on the same banking day. Empty for none.",
    ),
    "second_approval_from_total": (
        _LIMIT,
        "Files with at least this total, in cents, must be approved by two operators. Empty for none.",
    ),
    "sec_code": (
        Enum(NACHA_CLASSES),
        "The standard entry class: how account holders authorize debits. Default: `WEB`.",
    ),
    "sftp_after_reading": (
        Enum(tuple(each.value for each in AfterReading)),
        "What happens to a file on the bank's server once it is stored here. Default: `keep`.",
    ),
    "sftp_archive_folder": (Text(), "The folder on the server that files are moved to, for `archive`."),
    "sftp_authentication": (
        Enum(tuple(each.value for each in Authentication)),
        "How Brim authenticates to the server. Default: `key`. The credentials are kept on the worker's host.",
    ),
    "sftp_host_keys": (
        TextList(_MOST_HOST_KEYS),
        "The host keys that the bank's server may present: `SHA256:` fingerprints, or public key lines.",
    ),
    "sftp_poll_seconds": (
        BoundedInteger(least=10, most=120),
        "Seconds between polls of the bank's server. Default: 60.",
    ),
    "sftp_records_folder": (
        Text(),
        "An absolute local path, for the list of sent files and for copies. Required for SFTP folders.",
    ),
    "sftp_upload": (
        Enum(tuple(each.value for each in Upload)),
        (
            "How a file gets its final name on the server. Default: `rename`; use `direct` if the server forbids "
            "renaming."
        ),
    ),
    "source_pending_cap": (Amount(), "The cap on what is pending from one bank account, in cents."),
    "time_zone": (Text(max_length=64), "The bank's time zone, as an IANA name. Default: `America/New_York`."),
    "transfers": (
        Enum(tuple(each.value for each in Transfers)),
        (
            "Whether incoming credits that match nothing else are treated as transfers from customers: credited by "
            "their references, or put into suspense. Default: `off`. Set it only when every process runs the same "
            "version."
        ),
    ),
    "transfers_late": (
        Enum(tuple(each.value for each in TransferPolicy)),
        "What happens to a transfer that arrives after its instructions have expired. Default: `credit`.",
    ),
    "transfers_numbers": (
        Text(max_length=72, clearable=True),
        (
            "The virtual account numbers that the bank has assigned to the bank account: `FIRST-LAST`, such as "
            "`4400000000-4400009999`, or `PREFIX/LENGTH`, such as `440000/10`. Each account that is funded by "
            "transfers gets one. Empty for none."
        ),
    ),
    "transfers_over": (
        Enum(tuple(each.value for each in TransferPolicy)),
        "What happens to an overpayment: the part of a transfer above the expected amount. Default: `suspend`.",
    ),
    "transfers_payers": (
        Enum(tuple(each.value for each in TransferPayers)),
        "Whose transfers are credited: those of `any` payer, or of payers `known` to the account. Default: `any`.",
    ),
    "transfers_short": (
        Enum(tuple(each.value for each in TransferPolicy)),
        "What happens to an underpayment. Default: `suspend`, until the rest arrives.",
    ),
}


def _profile(*, is_whole: bool) -> Hash:
    fields = [(True, _REQUIRED), (False, _OPTIONAL)]
    return Hash(
        tuple(
            Parameter(name=name, kind=kind, required=is_required and is_whole, description=description)
            for is_required, group in fields
            for name, (kind, description) in group.items()
        )
    )


_EXPECTED_VERSION: Final = Parameter(
    name="expected_version",
    kind=BoundedInteger(least=1, most=2**31 - 1),
    description="The version of the profile that you have seen. If it has changed since, nothing is done.",
)
_NUMBER: Final = Text(max_length=_LONGEST_NUMBER)

ORIGINATOR_CREATE: Final = (
    Parameter(
        name="account_number",
        kind=_NUMBER,
        required=True,
        description="The number of the originator's bank account, as on bank statements; an IBAN for SEPA.",
    ),
    Parameter(
        name="profile",
        kind=_profile(is_whole=True),
        required=True,
        description="What you and your bank have agreed. Fields that you omit have the defaults given for each.",
    ),
)
ORIGINATOR_UPDATE: Final = (
    Parameter(name="account_number", kind=_NUMBER, description="The new number of the bank account."),
    Parameter(name="profile", kind=_profile(is_whole=False), description="The fields of the profile to change."),
    _EXPECTED_VERSION,
)
ORIGINATOR_ACTIVATE: Final = (_EXPECTED_VERSION,)
ORIGINATOR_LIST: Final = PAGE
