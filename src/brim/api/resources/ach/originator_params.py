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
    "incoming_folder": (Text(), "Where the bank's files are found: an absolute path, or `sftp://user@host/path`."),
    "outgoing_folder": (
        Text(),
        "Where the bank, or your uploader, finds files: an absolute path, or `sftp://user@host/path`.",
    ),
}
_SEPA: Final[dict[str, tuple[Kind, str]]] = {
    "bic": (Text(max_length=11), "The BIC of the bank that takes the messages."),
    "creditor_identifier": (Text(max_length=35), "The creditor identifier, with its check digits."),
    "creditor_name": (Text(max_length=70), "Who collects, as debtors read it, in the characters of SEPA."),
    "message": (
        Enum(tuple(each.value for each in Version)),
        "The version of the messages that the bank takes: `pain.008.001.08`.",
    ),
    "prenotification_days": (_DAYS, "How many days before a collection debtors are told of it: 14."),
    "remittance": (Text(max_length=140), "What debtors read about each collection: `Top-up`."),
}
NEEDED_FOR_ACH: Final = (
    *("company_id", "company_name", "immediate_origin", "odfi_name", "odfi_routing_number", "origin_name"),
)
"""What a profile has that says nothing of SEPA."""
_OPTIONAL: Final[dict[str, tuple[Kind, str]]] = {
    "company_id": (Text(max_length=10), "The originator's identification, as the bank assigned it. Needed for ACH."),
    "company_name": (
        Text(max_length=16),
        "Who debits, as account holders read it on their statements. Needed for ACH.",
    ),
    "immediate_origin": (Text(max_length=10), "Who sends files, as the bank assigned it. Needed for ACH."),
    "odfi_name": (Text(max_length=23), "The bank's name. Needed for ACH."),
    "odfi_routing_number": (
        Text(max_length=9),
        "The routing number of the bank that takes the files. Needed for ACH.",
    ),
    "origin_name": (Text(max_length=23), "The sender's name in files. Needed for ACH."),
    "sepa": (
        Hash(
            tuple(
                Parameter(name=name, kind=kind, description=description) for name, (kind, description) in _SEPA.items()
            )
        ),
        "The creditor, where it collects by SEPA: then what is needed for ACH is left out. It cannot change later.",
    ),
    "alarm_after_hours": (BoundedInteger(least=1, most=240), "How long a file may go without an answer: 24."),
    "approval_from_entry": (
        _LIMIT,
        "If not every file needs approval: the single debit, in cents, from which its file does. Empty for none.",
    ),
    "approval_from_total": (
        _LIMIT,
        "If not every file needs approval: the total, in cents, from which a file does. Empty for none.",
    ),
    "bank_account": (Text(max_length=32), "What the bank account is called in the ledger: `operating`."),
    "confirmation": (
        Enum(tuple(each.value for each in Confirmation)),
        "What counts as the bank's word, without which no top-up succeeds: `statement`.",
    ),
    "cutoffs": (TextList(_MOST_CUTOFFS), "Until when files of a banking day are made, such as `17:00`, in order."),
    "day_cap": (Amount(), "The largest total of an account in a day, in cents."),
    "duplicate_window_minutes": (
        BoundedInteger(least=0, most=1440),
        "For how long an equal debit of the same bank account is refused unless it is said to be intended: 0, never.",
    ),
    "entry_cap": (Amount(), "The largest debit, in cents."),
    "entry_description": (Text(max_length=10), "What account holders read beside the name: `TOPUP`."),
    "file_cap": (Amount(), "The largest total of a file, in cents."),
    "file_name": (
        Text(max_length=200),
        "What files are called; it holds `{id}`, and may hold `{date}`, `{time}`, `{modifier}`.",
    ),
    "hold_days": (_DAYS, "Banking days from settlement until the money is usable: 3."),
    "immediate_destination": (Text(max_length=9), "To whom files are addressed, where not to the bank itself."),
    "lead_days": (BoundedInteger(least=1, most=1), "Banking days from the file to its effective date: 1."),
    "line_ending": (Enum(("crlf", "lf")), "How lines of files end: `crlf`."),
    "max_file_entries": (BoundedInteger(least=1, most=500_000), "How many entries a file may have."),
    "max_file_lines": (
        BoundedInteger(least=100, most=MOST_LINES),
        "How many lines a file may have, including headers, controls and the filler of the last block.",
    ),
    "microdeposit_return_percent": (
        BoundedInteger(least=1, most=100),
        "From which share of the micro-deposits that came back in thirty days on none are sent: 15.",
    ),
    "microdeposits": (
        Enum(tuple(each.value for each in Microdeposits)),
        (
            "Whether bank accounts are verified by micro-deposits, and whether a debit takes them back. Default `off`. "
            "Set it only when every process runs the same version."
        ),
    ),
    "microdeposits_per_account_day": (
        BoundedInteger(least=1, most=100_000),
        "How often an account sends micro-deposits in a day: 20.",
    ),
    "microdeposits_per_bank_account": (
        BoundedInteger(least=1, most=30),
        "How often one account number is sent micro-deposits in thirty days: 3.",
    ),
    "microdeposits_per_day": (
        BoundedInteger(least=1, most=100_000),
        "How often all accounts together send micro-deposits in a day: 200.",
    ),
    "minimum_hold_days": (_DAYS, "Banking days below which no account's agreement shortens the hold: 0."),
    "offset": (
        Enum(tuple(each.value for each in Offset)),
        "The type of the originator's own account that each batch's offset credits. Default `none`: no offset.",
    ),
    "opening": (Text(max_length=5), "From when on money is usable on a banking day: `09:00`."),
    "requires_approval": (Boolean(), "Whether an operator approves each file before it is sent: `true`."),
    "retry_schedule": (
        TextList(_MOST_RETRIES, clearable=True),
        (
            "When a debit returned for insufficient or uncollected funds is presented again, one item for each time, "
            "at most two: `+1` is one banking day after the return, `1/15` the next 1st or 15th of the month on which "
            "it can settle. Empty for never."
        ),
    ),
    "return_rate_minimum": (
        BoundedInteger(least=1, most=1_000_000),
        "With how many debits in sixty days a return rate begins to count.",
    ),
    "same_day_cap": (Amount(), "The largest debit that settles on the same day, in cents; larger ones go out later."),
    "same_day_cutoffs": (
        TextList(_MOST_CUTOFFS, clearable=True),
        "The cut-offs whose files settle on the same banking day. Empty for none.",
    ),
    "second_approval_from_total": (
        _LIMIT,
        "The total, in cents, from which two operators must approve a file. Empty for none.",
    ),
    "sec_code": (Enum(NACHA_CLASSES), "How account holders authorize: `WEB`."),
    "sftp_after_reading": (
        Enum(tuple(each.value for each in AfterReading)),
        "What happens to a file on the bank's server once it is stored here. Default `keep`.",
    ),
    "sftp_archive_folder": (Text(), "The folder on the server that files are moved to, for `archive`."),
    "sftp_authentication": (
        Enum(tuple(each.value for each in Authentication)),
        "How Brim authenticates to the server. Default `key`. The credentials are kept on the worker's host.",
    ),
    "sftp_host_keys": (
        TextList(_MOST_HOST_KEYS),
        "The host keys that the bank's server may present: `SHA256:` fingerprints, or public key lines.",
    ),
    "sftp_poll_seconds": (BoundedInteger(least=10, most=120), "How often the bank's server is polled: 60."),
    "sftp_records_folder": (
        Text(),
        "An absolute local path, for the list of sent files and for copies. Required for SFTP folders.",
    ),
    "sftp_upload": (
        Enum(tuple(each.value for each in Upload)),
        "How a file gets its name on the server. Default `rename`; `direct` if the server forbids renaming.",
    ),
    "source_pending_cap": (Amount(), "The largest total that may be pending from one bank account, in cents."),
    "time_zone": (Text(max_length=64), "The bank's time zone, by its IANA name: `America/New_York`."),
    "transfers": (
        Enum(tuple(each.value for each in Transfers)),
        (
            "Whether incoming credits that nothing else explains are taken for transfers from customers: credited by "
            "their references, or put into suspense. Default `off`. Set it only when every process runs the same "
            "version."
        ),
    ),
    "transfers_late": (
        Enum(tuple(each.value for each in TransferPolicy)),
        "What becomes of a transfer that comes after its instructions have expired: `credit`.",
    ),
    "transfers_numbers": (
        Text(max_length=72, clearable=True),
        (
            "The virtual account numbers that the bank has allotted to the bank account: `FIRST-LAST`, such as "
            "`4400000000-4400009999`, or `PREFIX/LENGTH`, such as `440000/10`. Each account that is paid by transfer "
            "gets one. Empty for none."
        ),
    ),
    "transfers_over": (
        Enum(tuple(each.value for each in TransferPolicy)),
        "What becomes of the part of a transfer that is more than was expected: `suspend`.",
    ),
    "transfers_payers": (
        Enum(tuple(each.value for each in TransferPayers)),
        "From whom transfers are credited: `any`, or those `known` to an account. Default `any`.",
    ),
    "transfers_short": (
        Enum(tuple(each.value for each in TransferPolicy)),
        "What becomes of less than was expected: `suspend`, until the rest has come.",
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
    description="The version of the profile that you have seen. If there is another one by now, nothing is done.",
)
_NUMBER: Final = Text(max_length=_LONGEST_NUMBER)

ORIGINATOR_CREATE: Final = (
    Parameter(
        name="account_number",
        kind=_NUMBER,
        required=True,
        description="The number of the originator's bank account, as statements have it; an IBAN for SEPA.",
    ),
    Parameter(
        name="profile",
        kind=_profile(is_whole=True),
        required=True,
        description="What you and your bank have agreed. What is left out is as said at each.",
    ),
)
ORIGINATOR_UPDATE: Final = (
    Parameter(name="account_number", kind=_NUMBER, description="Another number of the bank account."),
    Parameter(name="profile", kind=_profile(is_whole=False), description="What changes of the profile."),
    _EXPECTED_VERSION,
)
ORIGINATOR_ACTIVATE: Final = (_EXPECTED_VERSION,)
ORIGINATOR_LIST: Final = PAGE
