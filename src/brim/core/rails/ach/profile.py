"""What a bank and its originator have agreed: the document that every ACH file is made by.

Source of the fields of a file: Nacha's file format, as `docs/nacha.md` has it. What the bank decides (cut-offs, caps,
file names, how it confirms) is in its agreement with the originator.
"""

import posixpath
import re
from enum import StrEnum
from itertools import pairwise
from pathlib import PurePosixPath
from string import Formatter
from typing import Annotated, Final
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from brim.base.errors import BrimError
from brim.core.bank_accounts import NumberRangeError, has_right_check_digit, parse_number_range
from brim.core.rails.ach.sftp import (
    AfterReading,
    Authentication,
    SftpFolder,
    Upload,
    do_overlap,
    fingerprint_of,
    is_sftp,
    parse_sftp_folder,
)
from brim.core.rails.sepa import (
    CURRENCY,
    LONGEST_NAME,
    LONGEST_REMITTANCE,
    SEPA,
    BicInvalidError,
    CreditorIdentifierInvalidError,
    SepaTerms,
    check_bic,
    check_creditor_identifier,
    to_sepa_text,
)

ACH: Final = "ach"
"""The name of the rail, which its top-ups keep."""


class SecCode(StrEnum):
    """The standard entry class: how the account holder authorized the debit, by Nacha's three letters."""

    PPD = "PPD"
    """A consumer, in writing."""
    WEB = "WEB"
    """A consumer, on the internet or by mobile phone."""
    CCD = "CCD"
    """A company."""
    CORE = "CORE"
    """A mandate of SEPA's Core scheme: no class of Nacha's, but what stands in the same place."""
    B2B = "B2B"
    """A mandate of SEPA's B2B scheme, of a business: the same."""


MANDATES: Final = frozenset({SecCode.CORE, SecCode.B2B})
"""The classes of mandates, by which euros are collected."""
NACHA_CLASSES: Final = tuple(each.value for each in SecCode if each not in MANDATES)
"""The classes that an entry of a file of Nacha's can have."""


class Confirmation(StrEnum):
    """What counts as the bank's word that a file was taken, without which no top-up succeeds."""

    STATEMENT = "statement"
    """A line of the bank's statement with the batch's total."""
    ACKNOWLEDGEMENT = "acknowledgement"
    """The bank's acknowledgment of the file; the statement still confirms the money afterwards."""


class Offset(StrEnum):
    """Whether files are balanced: each batch credits the originator's own account with the sum of its debits."""

    NONE = "none"
    """The bank makes the offset itself."""
    CHECKING = "checking"
    SAVINGS = "savings"


class Microdeposits(StrEnum):
    """Whether bank accounts are verified by micro-deposits."""

    OFF = "off"
    CREDITS = "credits"
    """Two credits, which the originator pays."""
    CREDITS_AND_DEBIT = "credits_and_debit"
    """Two credits, and a debit that takes their sum back."""


class Transfers(StrEnum):
    """Whether incoming credits that nothing else explains are taken for transfers from customers."""

    OFF = "off"
    ON = "on"


class TransferPolicy(StrEnum):
    """What becomes of a transfer that is not exactly what was expected."""

    CREDIT = "credit"
    """It is credited to the account of its reference."""
    SUSPEND = "suspend"
    """It waits in suspense for a person, or for the rest."""


class TransferPayers(StrEnum):
    """From whom transfers are credited."""

    ANY = "any"
    """Whoever states an account's reference or sends to its number."""
    KNOWN = "known"
    """Those who were allowed for the account, by the bank account that the statement names, or else by name."""


class ProfileError(BrimError):
    """The originator's profile has an invalid value.

    Args:
        field: the field's name in the profile.
        reason: a sentence that says what is wrong with it.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"The originator's profile has an invalid {field}: {reason}")
        self.param = field


_ROUTING_NUMBER = r"^[0-9]{9}$"
_RoutingNumber = Annotated[str, msgspec.Meta(pattern=_ROUTING_NUMBER)]
_WallTime = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
LARGEST_ENTRY: Final = 9_999_999_999
_Cents = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ENTRY)]
"""The largest amount that an entry of a file can hold is ten digits."""
_RetryTime = Annotated[str, msgspec.Meta(pattern=r"^(\+[0-9]{1,2}|[0-9]{1,2}(/[0-9]{1,2}){0,3})$")]
_Total = Annotated[int, msgspec.Meta(ge=1, le=999_999_999_999)]
"""The largest total that a control record can hold is twelve digits."""


MOST_LINES: Final = 1_000_000
"""More lines than any file has: no limit."""
MOST_SAME_DAY: Final = 100_000_000
"""The network's limit for an entry that settles on the same day, in cents. Source: Nacha's operating rules."""


class OriginatorProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How files are made for one originator and handed to its bank.

    Amounts are in cents; times are wall times in `time_zone`, whose day is the one that limits and reports count.

    Attributes:
        sepa: what an originator has that collects by SEPA; None for one that collects by ACH. What only Nacha's files
            have is empty, or as it is by default, where it is given, and has to be given where it is not.
        odfi_routing_number: the bank that takes the files, nine digits.
        immediate_destination: to whom the file is addressed, where that is not the bank itself.
        immediate_origin: who sends it, as the bank assigned it: ten characters, or nine digits.
        company_id: the originator's identification, as the bank assigned it: `1` and an EIN, for example.
        entry_description: what account holders read on their statements beside the company's name.
        sec_code: how account holders authorize.
        cutoffs: until when files of a banking day are made; each makes files of its own.
        lead_days: banking days from the file to its effective date, where it is not that of the same day.
        same_day_cutoffs: those of the cut-offs whose files settle on the same banking day.
        same_day_cap: the largest debit or reversal that does; larger ones wait for a cut-off that is none of those.
        hold_days: banking days from settlement until the money is usable, where the account has no agreement.
        minimum_hold_days: banking days below which no agreement shortens the hold.
        confirmation: what counts as the bank's word.
        alarm_after_hours: how long a file may go without an answer before it is reported as stuck.
        entry_cap: the largest debit.
        file_cap: the largest total of a file; what is above goes into the next.
        day_cap: the largest total of an account in a day.
        source_pending_cap: the largest total that may be pending from one bank account.
        duplicate_window_minutes: for how long an equal debit of a bank account is refused unless the request
            says that it is intended; 0 for never.
        return_rate_minimum: with how many debits in sixty days a return rate begins to count: below it, new ones are
            not refused because of it.
        retry_schedule: when a debit returned for insufficient or uncollected funds is presented again, one item each
            time, at most two: `+1` is one banking day after the return, `1/15` the next 1st or 15th of the month on
            which it can settle. Empty for never.
        microdeposits: whether bank accounts are verified by micro-deposits, and whether a debit takes them back. Set it
            only when every process runs the same version: an earlier one does not know it.
        microdeposits_per_bank_account: how often one account number is sent some in thirty days.
        microdeposits_per_account_day: how often an account sends some in a day.
        microdeposits_per_day: how often all accounts together do.
        microdeposit_return_percent: from which share of them that came back in thirty days on none are sent.
        transfers: whether incoming credits that nothing else explains are taken for transfers from customers: credited
            by their references, or put into suspense. Off, they are breaks. Set it only when every process runs the
            same version: an earlier one does not know it.
        transfers_short: what becomes of less than was expected: `suspend` until the rest has come, or `credit`.
        transfers_over: what becomes of what is more than was expected; the expected amount is credited in any case.
        transfers_late: what becomes of what comes after the instructions have expired.
        transfers_payers: from whom transfers are credited; instructions may be stricter.
        transfers_numbers: the virtual account numbers that the bank has allotted to the bank account, as `FIRST-LAST`
            or `PREFIX/LENGTH`: each account that is paid by transfer gets one. None for none.
        max_file_entries: how many entries a file may have.
        max_file_lines: how many lines, including headers, controls and the filler of the last block.
        offset: the type of the originator's own account that each batch's offset credits, if files are balanced.
        file_name: what files are called; `{date}`, `{time}`, `{modifier}` and `{id}` are filled in.
        outgoing_folder: where the bank, or what uploads to it, finds the files: a path here, or
            `sftp://user@host:port/path` on the bank's server.
        incoming_folder: where the bank's files are found, likewise.
        requires_approval: whether an operator approves each file before it is sent.
        approval_from_total: where not every file needs it, from which total on a file does; None for none.
        approval_from_entry: the same for the largest debit of a file.
        second_approval_from_total: from which total on two operators approve a file; None for none.
        bank_account: what the bank account is called in the ledger, as in `bank:operating`. Its number is no part of
            the profile: it is kept encrypted, beside.
        sftp_host_keys: the host keys that the bank's SFTP server may present, as fingerprints or public key lines; two
            while the key is being replaced.
        sftp_records_folder: a local folder for the list of what has left, and for copies of sent and received files.
        sftp_authentication: how Brim authenticates to the server.
        sftp_upload: how a file gets its final name there.
        sftp_after_reading: what happens to a file there once it is stored here.
        sftp_archive_folder: the path on the server that files are moved to then.
        sftp_poll_seconds: how often the incoming folder is looked at.
    """

    sepa: SepaTerms | None = None
    odfi_routing_number: str = ""
    odfi_name: str = ""
    immediate_destination: _RoutingNumber | None = None
    immediate_origin: str = ""
    origin_name: str = ""
    company_name: str = ""
    company_id: str = ""
    entry_description: str = "TOPUP"
    sec_code: SecCode = SecCode.WEB
    time_zone: str = "America/New_York"
    cutoffs: tuple[_WallTime, ...] = ("17:00",)
    opening: _WallTime = "09:00"
    lead_days: Annotated[int, msgspec.Meta(ge=1, le=1)] = 1
    same_day_cutoffs: tuple[_WallTime, ...] = ()
    same_day_cap: _Cents = MOST_SAME_DAY
    hold_days: Annotated[int, msgspec.Meta(ge=0, le=60)] = 3
    minimum_hold_days: Annotated[int, msgspec.Meta(ge=0, le=60)] = 0
    confirmation: Confirmation = Confirmation.STATEMENT
    alarm_after_hours: Annotated[int, msgspec.Meta(ge=1, le=240)] = 24
    entry_cap: _Cents = 2_500_000
    file_cap: _Total = 100_000_000
    day_cap: _Total = 5_000_000
    source_pending_cap: _Total = 2_500_000
    duplicate_window_minutes: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 0
    return_rate_minimum: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 100
    retry_schedule: tuple[_RetryTime, ...] = ()
    microdeposits: Microdeposits = Microdeposits.OFF
    microdeposits_per_bank_account: Annotated[int, msgspec.Meta(ge=1, le=30)] = 3
    microdeposits_per_account_day: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 20
    microdeposits_per_day: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 200
    microdeposit_return_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 15
    transfers: Transfers = Transfers.OFF
    transfers_short: TransferPolicy = TransferPolicy.SUSPEND
    transfers_over: TransferPolicy = TransferPolicy.SUSPEND
    transfers_late: TransferPolicy = TransferPolicy.CREDIT
    transfers_payers: TransferPayers = TransferPayers.ANY
    transfers_numbers: str | None = None
    max_file_entries: Annotated[int, msgspec.Meta(ge=1, le=500_000)] = 10_000
    max_file_lines: Annotated[int, msgspec.Meta(ge=100, le=1_000_000)] = MOST_LINES
    offset: Offset = Offset.NONE
    file_name: str = "{date}-{modifier}-{id}.ach"
    line_ending: Annotated[str, msgspec.Meta(pattern="^(crlf|lf)$")] = "crlf"
    outgoing_folder: str
    incoming_folder: str
    requires_approval: bool = True
    approval_from_total: _Total | None = None
    approval_from_entry: _Cents | None = None
    second_approval_from_total: _Total | None = None
    bank_account: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,32}$")] = "operating"
    sftp_host_keys: tuple[str, ...] = ()
    sftp_records_folder: str | None = None
    sftp_authentication: Authentication = Authentication.KEY
    sftp_upload: Upload = Upload.RENAME
    sftp_after_reading: AfterReading = AfterReading.KEEP
    sftp_archive_folder: str | None = None
    sftp_poll_seconds: Annotated[int, msgspec.Meta(ge=10, le=120)] = 60

    @property
    def rail(self) -> str:
        """The rail by which it collects."""
        return ACH if self.sepa is None else SEPA

    @property
    def currency(self) -> str:
        """The currency that it collects."""
        return "usd" if self.sepa is None else CURRENCY

    @property
    def list_folder(self) -> str:
        """The local folder of the list of what has left: the outgoing one, unless that is on a server."""
        if is_sftp(self.outgoing_folder):
            return self.sftp_records_folder or ""  # never empty: see `check_profile`
        return self.outgoing_folder

    @property
    def uses_sftp(self) -> bool:
        """Whether any of its folders is on an SFTP server."""
        return is_sftp(self.outgoing_folder) or is_sftp(self.incoming_folder)

    @property
    def local_folders(self) -> dict[str, str]:
        """Its folders on this machine, by their fields."""
        records = self.sftp_records_folder if self.uses_sftp else None
        named = {"outgoing_folder": self.outgoing_folder, "incoming_folder": self.incoming_folder}
        return {
            **{field: folder for field, folder in named.items() if not is_sftp(folder)},
            **({} if records is None else {"sftp_records_folder": records}),
        }


_TEXT_LENGTHS: Final = {
    "odfi_name": 23,
    "immediate_origin": 10,
    "origin_name": 23,
    "company_name": 16,
    "company_id": 10,
    "entry_description": 10,
}
"""How long a text may be in its record. Source: Nacha's file format, records 1 and 5."""

_RESERVED_DESCRIPTIONS: Final = frozenset({"REVERSAL", "RETRY PYMT", "RETURN FEE", "ACCTVERIFY"})
"""Descriptions that tell banks something else than a collection. Source: Nacha's operating rules."""

LARGEST_SET: Final = 3
"""Entries of a set of micro-deposits: two credits and a debit."""
LARGEST_SET_CENTS: Final = 400
"""More than the credits and the debit of a set can come to together."""
MOST_RETRIES: Final = 2
"""Source: Nacha's operating rules: a returned debit is presented again twice at most."""
_MOST_RETRY_DAYS: Final = 60
_DAYS_OF_MONTH: Final = 31

_FIELDS_OF_NAME: Final = frozenset({"date", "time", "modifier", "id"})


GRACE_MINUTES: Final = 30
"""How long after a cut-off a file still belongs to it."""
_DAY_MINUTES: Final = 24 * 60


def check_profile(profile: OriginatorProfile) -> None:
    """Let a profile pass that files can be made with.

    Raises:
        ProfileError: a field cannot stand in a file, or names a place or a time that does not exist.
    """
    if profile.sepa is None:
        _check_ach(profile)
    else:
        _check_sepa(profile, profile.sepa)
    _check_times(profile)
    _check_retries(profile.retry_schedule)
    _check_file_name(profile.file_name)
    _check_sftp(profile)
    for field, folder in profile.local_folders.items():
        if not PurePosixPath(folder).is_absolute():
            raise ProfileError(field, "it must be an absolute path.")
    _check_apart(profile)
    if profile.minimum_hold_days > profile.hold_days:
        raise ProfileError("minimum_hold_days", "it must not be longer than hold_days.")
    if profile.offset is not Offset.NONE and profile.file_cap > LARGEST_ENTRY:
        raise ProfileError("file_cap", f"an offset is one entry, and an entry holds at most {LARGEST_ENTRY} cents.")
    _check_microdeposits(profile)
    _check_numbers(profile.transfers_numbers)
    if profile.file_cap < profile.entry_cap:
        raise ProfileError("file_cap", "it must not be smaller than entry_cap.")
    _check_limits(profile)


def _check_ach(profile: OriginatorProfile) -> None:
    """Check what only files of Nacha's have."""
    if profile.sec_code not in NACHA_CLASSES:
        raise ProfileError("sec_code", "only SEPA has mandates.")
    for field, length in _TEXT_LENGTHS.items():
        _check_text(field, getattr(profile, field), length)
    for field in ("odfi_routing_number", "immediate_destination"):
        number = getattr(profile, field)
        if number is not None and not re.fullmatch(_ROUTING_NUMBER, number):
            raise ProfileError(field, "it must have nine digits.")
        if number is not None and not has_right_check_digit(number):
            raise ProfileError(field, "its check digit is wrong.")
    if profile.entry_description.upper() in _RESERVED_DESCRIPTIONS:
        raise ProfileError("entry_description", "this one tells banks that the entry is something else.")


ONLY_ACH: Final = (
    *("odfi_routing_number", "odfi_name", "immediate_destination", "immediate_origin", "origin_name", "company_name"),
    *("company_id", "entry_description", "sec_code", "same_day_cutoffs", "retry_schedule", "microdeposits", "offset"),
    *("transfers", "transfers_payers", "transfers_numbers", "confirmation"),
)
"""What an originator that collects by SEPA leaves as it is by default."""


def _check_sepa(profile: OriginatorProfile, terms: SepaTerms) -> None:
    """Check what an originator has that collects by SEPA, and that it has nothing that only ACH knows."""
    defaults = {field.name: field.default for field in msgspec.structs.fields(OriginatorProfile)}
    for field in ONLY_ACH:
        if getattr(profile, field) != defaults[field]:
            raise ProfileError(field, "an originator that collects by SEPA has none: leave it out.")
    if profile.time_zone == defaults["time_zone"]:
        raise ProfileError("time_zone", "give that of the creditor's bank, such as Europe/Berlin: cut-offs are in it.")
    checks = {"creditor_identifier": check_creditor_identifier, "bic": check_bic}
    for field, check in checks.items():
        given = getattr(terms, field)
        try:
            plain = check(given, param=f"sepa[{field}]")
        except (BicInvalidError, CreditorIdentifierInvalidError) as error:
            raise ProfileError(f"sepa[{field}]", str(error)) from None
        if plain != given:
            raise ProfileError(f"sepa[{field}]", f"write it as banks do: {plain}.")
    for field, length in {"creditor_name": LONGEST_NAME, "remittance": LONGEST_REMITTANCE}.items():
        given = getattr(terms, field)
        if to_sepa_text(given, length) != given or (field == "creditor_name" and not given.strip(". ")):
            raise ProfileError(f"sepa[{field}]", "it has characters or blanks that banks do not take.")


def _check_numbers(numbers: str | None) -> None:
    if numbers is not None:
        try:
            parse_number_range(numbers)
        except NumberRangeError as error:
            raise ProfileError("transfers_numbers", str(error)) from None


def _check_microdeposits(profile: OriginatorProfile) -> None:
    if profile.microdeposits is Microdeposits.OFF:
        return
    if profile.max_file_entries < LARGEST_SET:
        raise ProfileError("max_file_entries", f"micro-deposits have up to {LARGEST_SET} entries in one file.")
    if profile.file_cap < LARGEST_SET_CENTS:
        raise ProfileError("file_cap", f"micro-deposits come to up to {LARGEST_SET_CENTS} cents in one file.")


APPROVAL_LIMITS: Final = {
    "approval_from_total": "file_cap",
    "approval_from_entry": "entry_cap",
    "second_approval_from_total": "file_cap",
}
"""The limits from which files need approval, and the cap that bounds each of them."""


def _check_limits(profile: OriginatorProfile) -> None:
    for field, cap in APPROVAL_LIMITS.items():
        limit = getattr(profile, field)
        if limit is not None and limit > getattr(profile, cap):
            raise ProfileError(field, f"no file reaches it: it must not be larger than {cap}.")


def approvals_needed(profile: OriginatorProfile, *, total: int, largest_entry: int) -> int:
    """Return how many operators have to approve a file before it is sent: none, one or two.

    Args:
        profile: the originator's, as it is when the file is made.
        total: the sum of the file's debits, in cents.
        largest_entry: its largest debit or dishonored return, in cents; 0 where it has none.
    """
    if _reaches(total, profile.second_approval_from_total):
        return 2
    needs_one = (
        profile.requires_approval
        or _reaches(total, profile.approval_from_total)
        or _reaches(largest_entry, profile.approval_from_entry)
    )
    return int(needs_one)


def _reaches(amount: int, limit: int | None) -> bool:
    return limit is not None and amount >= limit


def _check_text(field: str, text: str, length: int) -> None:
    if not text.strip():
        raise ProfileError(field, "it must not be empty.")
    if len(text) > length:
        raise ProfileError(field, f"it may have {length} characters at most.")
    if not re.fullmatch(r"[ -~]+", text):
        raise ProfileError(field, "a file can hold printable ASCII characters only.")


def _check_times(profile: OriginatorProfile) -> None:
    if profile.time_zone not in available_timezones():
        raise ProfileError("time_zone", "there is no time zone of that name.")
    ZoneInfo(profile.time_zone)
    if not profile.cutoffs:
        raise ProfileError("cutoffs", "there must be one at least.")
    if list(profile.cutoffs) != sorted(set(profile.cutoffs)):
        raise ProfileError("cutoffs", "they must be in order, each once.")
    if not set(profile.same_day_cutoffs) <= set(profile.cutoffs):
        raise ProfileError("same_day_cutoffs", "each must be one of the cutoffs.")
    for earlier, later in pairwise([*profile.cutoffs, profile.cutoffs[0]]):  # the first one again, on the next day
        kinds = {each in profile.same_day_cutoffs for each in (earlier, later)}
        if len(kinds) > 1 and (_minutes(later) - _minutes(earlier)) % _DAY_MINUTES < GRACE_MINUTES:
            raise ProfileError(
                "same_day_cutoffs",
                f"{earlier} and {later} are of two kinds, and have to be {GRACE_MINUTES} minutes apart: for so long a "
                "file still belongs to its cut-off.",
            )
    is_all_day = set(profile.same_day_cutoffs) == set(profile.cutoffs)
    if is_all_day and profile.entry_cap > profile.same_day_cap:
        raise ProfileError(
            "same_day_cutoffs", "one of the cutoffs must be left for debits above same_day_cap, which settle later."
        )


def _minutes(wall_time: str) -> int:
    hours, minutes = wall_time.split(":")
    return int(hours) * 60 + int(minutes)


def _check_retries(schedule: tuple[str, ...]) -> None:
    if len(schedule) > MOST_RETRIES:
        raise ProfileError("retry_schedule", "a debit can be re-presented at most twice.")
    for item in schedule:
        if item.startswith("+"):
            if int(item) > _MOST_RETRY_DAYS:
                raise ProfileError("retry_schedule", f"at most +{_MOST_RETRY_DAYS} banking days.")
        elif any(not 1 <= int(day) <= _DAYS_OF_MONTH for day in item.split("/")):
            raise ProfileError("retry_schedule", "days of the month are 1 to 31.")


def _check_file_name(template: str) -> None:
    try:
        fields = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    except ValueError:
        raise ProfileError("file_name", "its braces do not match.") from None
    if not fields <= _FIELDS_OF_NAME:
        unknown = ", ".join(sorted(fields - _FIELDS_OF_NAME))
        raise ProfileError("file_name", f"it can hold {{date}}, {{time}}, {{modifier}} and {{id}}, not {unknown}.")
    if "id" not in fields:
        raise ProfileError("file_name", "it must hold {id}, so that no two files have one name.")
    if "/" in template or template.startswith("."):
        raise ProfileError("file_name", "it must be a plain name, without a folder, that does not begin with a dot.")


MOST_HOST_KEYS: Final = 4
"""A server has a few host keys, and twice as many while they are being replaced."""


def _check_sftp(profile: OriginatorProfile) -> None:
    """Check that a profile has everything that its folders on SFTP servers need, if it has any."""
    for field in ("outgoing_folder", "incoming_folder"):
        if is_sftp(getattr(profile, field)):
            _parsed(field, getattr(profile, field))
    for host_key in profile.sftp_host_keys:
        try:
            fingerprint_of(host_key)
        except ValueError as error:
            raise ProfileError("sftp_host_keys", str(error)) from None
    if len(profile.sftp_host_keys) > MOST_HOST_KEYS:
        raise ProfileError("sftp_host_keys", f"there may be at most {MOST_HOST_KEYS}.")
    if profile.uses_sftp and not profile.sftp_host_keys:
        raise ProfileError(
            "sftp_host_keys",
            "a folder on an SFTP server needs its host key, which the bank gave you through another channel.",
        )
    if profile.uses_sftp and not profile.sftp_records_folder:
        raise ProfileError(
            "sftp_records_folder", "a folder on an SFTP server needs a local one, for the list of sent files."
        )
    if profile.sftp_after_reading is AfterReading.ARCHIVE:
        archive = archive_of(profile) if is_sftp(profile.incoming_folder) else None
        if archive is None or str(archive) == str(_parsed("incoming_folder", profile.incoming_folder)):
            raise ProfileError(
                "sftp_archive_folder", "archive needs a folder on the server other than the incoming one."
            )


def _parsed(field: str, folder: str) -> SftpFolder:
    try:
        return parse_sftp_folder(folder)
    except ValueError as error:
        raise ProfileError(field, str(error)) from None


def archive_of(profile: OriginatorProfile) -> SftpFolder | None:
    """Return the folder of the bank's server that files are moved to once they are stored here; None for nowhere."""
    if profile.sftp_after_reading is not AfterReading.ARCHIVE or not profile.sftp_archive_folder:
        return None
    incoming = parse_sftp_folder(profile.incoming_folder)
    path = posixpath.normpath(posixpath.join(incoming.path, profile.sftp_archive_folder))
    return incoming._replace(path=path)


def _check_apart(profile: OriginatorProfile) -> None:
    """Check that no two folders of a profile are the same."""
    here = [(field, posixpath.normpath(folder)) for field, folder in profile.local_folders.items()]
    for place, (field, folder) in enumerate(here):
        same = next((other for other, path in here[:place] if path == folder), None)
        if same is not None:
            raise ProfileError(field, f"it must not be the {same.replace('_', ' ')}.")
    if is_sftp(profile.outgoing_folder) and is_sftp(profile.incoming_folder):
        outgoing, incoming = (parse_sftp_folder(each) for each in (profile.outgoing_folder, profile.incoming_folder))
        if outgoing == incoming:
            raise ProfileError("incoming_folder", "it must not be the outgoing folder.")


def overlap(folder: str, other: str) -> bool:
    """Tell whether two folders are one, or one of them is inside the other.

    Both are absolute paths, or folders on SFTP servers. A server that has two names is not known to be one.
    """
    if is_sftp(folder) or is_sftp(other):
        both = is_sftp(folder) and is_sftp(other)
        return both and do_overlap(parse_sftp_folder(folder), parse_sftp_folder(other))
    paths = [PurePosixPath(posixpath.normpath(each)) for each in (folder, other)]
    return paths[0].is_relative_to(paths[1]) or paths[1].is_relative_to(paths[0])
