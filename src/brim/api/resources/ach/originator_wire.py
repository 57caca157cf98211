"""How originators are written for clients. Ours, in the wire's manner."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from brim.api.framework.schema import LIVEMODE, TEXT, TIME, constant, described, identifier
from brim.api.resources.ach.actions import ActionObject
from brim.api.resources.ach.wire import CutoffObject, cutoff_object
from brim.base.json_codec import encode
from brim.core.direct_debits import Cutoff
from brim.core.originators import Originator, OriginatorStatus
from brim.core.rails.ach import (
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

_CENTS = {"minimum": 1}
_DAYS = {"minimum": 0, "maximum": 60}
_TIME = {"pattern": "^[0-9]{2}:[0-9]{2}$"}
_ROUTING = {"pattern": "^[0-9]{9}$"}


class SepaTermsObject(msgspec.Struct, frozen=True, kw_only=True):
    """The creditor of an originator that collects by SEPA."""

    bic: Annotated[str, described("The BIC of the bank that receives the messages.", maxLength=11)]
    creditor_identifier: Annotated[str, described("The creditor identifier.", maxLength=35)]
    creditor_name: Annotated[str, described("The creditor's name on debtors' statements.", maxLength=70)]
    message: Annotated[str, described("The version of pain.008.", enum=[each.value for each in Version])]
    prenotification_days: Annotated[int, described("How many days before a collection debtors are notified.", **_DAYS)]
    remittance: Annotated[str, described("The remittance information of each collection.", maxLength=140)]


class ProfileObject(msgspec.Struct, frozen=True, kw_only=True):
    """What an originator and its bank have agreed, by which files are created. Amounts are in cents."""

    alarm_after_hours: Annotated[
        int, described("Hours without a response to a file after which an alert is raised.", minimum=1)
    ]
    approval_from_entry: Annotated[
        int | None,
        described(
            "Files with a debit of at least this amount need approval; null if there is no such limit, or if "
            "every file needs it.",
            **_CENTS,
        ),
    ]
    approval_from_total: Annotated[
        int | None,
        described(
            "Files with at least this total need approval; null if there is no such limit, or if every file needs it.",
            **_CENTS,
        ),
    ]
    bank_account: Annotated[str, described("The name of the bank account in the ledger.", maxLength=32)]
    company_id: Annotated[str, described("The company identification that the bank assigned.", maxLength=10)]
    company_name: Annotated[str, described("The company name on account holders' statements.", maxLength=16)]
    confirmation: Annotated[
        str, described("What counts as the bank's confirmation.", enum=[each.value for each in Confirmation])
    ]
    cutoffs: Annotated[tuple[str, ...], described("The cut-off times of a banking day.")]
    day_cap: Annotated[int, described("The daily cap per account.", **_CENTS)]
    duplicate_window_minutes: Annotated[
        int,
        described(
            "For how many minutes a debit of the same amount from the same bank account is refused as a duplicate; 0 "
            "for never.",
            minimum=0,
        ),
    ]
    entry_cap: Annotated[int, described("The cap per debit.", **_CENTS)]
    entry_description: Annotated[
        str, described("The company entry description on account holders' statements.", maxLength=10)
    ]
    file_cap: Annotated[int, described("The cap per file.", **_CENTS)]
    file_name: Annotated[str, described("The pattern of file names.", **TEXT)]
    hold_days: Annotated[int, described("Banking days from settlement until the money is available.", **_DAYS)]
    immediate_destination: Annotated[
        str | None, described("The immediate destination in file headers; null for the bank itself.", **_ROUTING)
    ]
    immediate_origin: Annotated[str, described("The immediate origin that the bank assigned.", maxLength=10)]
    incoming_folder: Annotated[str, described("The folder where the bank's files arrive.", **TEXT)]
    lead_days: Annotated[int, described("Banking days from the file to its effective date.", minimum=1, maximum=1)]
    line_ending: Annotated[str, described("The line ending of files.", enum=["crlf", "lf"])]
    max_file_entries: Annotated[int, described("The maximum number of entries in a file.", minimum=1)]
    max_file_lines: Annotated[int, described("The maximum number of lines in a file.", minimum=100)]
    microdeposit_return_percent: Annotated[
        int,
        described("The return rate of micro-deposits, in percent, at which no more are sent.", minimum=1, maximum=100),
    ]
    microdeposits: Annotated[
        str,
        described("Whether bank accounts are verified by micro-deposits.", enum=[each.value for each in Microdeposits]),
    ]
    microdeposits_per_account_day: Annotated[
        int, described("The maximum number of micro-deposits per account per day.", minimum=1)
    ]
    microdeposits_per_bank_account: Annotated[
        int, described("The maximum number of micro-deposits to one account number in thirty days.", minimum=1)
    ]
    microdeposits_per_day: Annotated[
        int, described("The maximum number of micro-deposits of all accounts per day.", minimum=1)
    ]
    minimum_hold_days: Annotated[
        int, described("The minimum hold, which no account's own settlement days can go below.", **_DAYS)
    ]
    odfi_name: Annotated[str, described("The bank's name.", maxLength=23)]
    odfi_routing_number: Annotated[
        str,
        described(
            "The routing number of the bank that receives the files (the ODFI); empty for SEPA.",
            pattern="^([0-9]{9})?$",
        ),
    ]
    offset: Annotated[
        str, described("The type of account that each batch's offset credits.", enum=[each.value for each in Offset])
    ]
    opening: Annotated[str, described("The time of a banking day from which money is available.", **_TIME)]
    origin_name: Annotated[str, described("The immediate origin name in file headers.", maxLength=23)]
    outgoing_folder: Annotated[str, described("The folder where the bank picks up files.", **TEXT)]
    requires_approval: Annotated[bool, described("Whether an operator must approve each file.")]
    return_rate_minimum: Annotated[
        int, described("The minimum number of debits in sixty days for return rates to count.", minimum=1)
    ]
    retry_schedule: Annotated[
        tuple[str, ...],
        described("When a debit returned for insufficient or uncollected funds is re-presented; empty for never."),
    ]
    same_day_cap: Annotated[int, described("The cap for a same-day debit.", **_CENTS)]
    same_day_cutoffs: Annotated[tuple[str, ...], described("The cut-offs whose files settle on the same day.")]
    second_approval_from_total: Annotated[
        int | None,
        described("Two operators must approve files with at least this total; null if there is no limit.", **_CENTS),
    ]
    sec_code: Annotated[
        str, described("The standard entry class: how account holders authorize debits.", enum=list(NACHA_CLASSES))
    ]
    sepa: Annotated[SepaTermsObject | None, described("The creditor for SEPA; null for ACH.")]
    sftp_after_reading: Annotated[
        str,
        described(
            "What happens to a file on the bank's server once it is stored.", enum=[each.value for each in AfterReading]
        ),
    ]
    sftp_archive_folder: Annotated[str | None, described("The server's folder for files that were read.", **TEXT)]
    sftp_authentication: Annotated[
        str, described("How Brim authenticates to the server.", enum=[each.value for each in Authentication])
    ]
    sftp_host_keys: Annotated[tuple[str, ...], described("The host keys that the bank's server may present.")]
    sftp_poll_seconds: Annotated[int, described("Seconds between polls of the server.", minimum=10, maximum=120)]
    sftp_records_folder: Annotated[str | None, described("Where the list of sent files is kept.", **TEXT)]
    sftp_upload: Annotated[
        str, described("How a file gets its final name on the server.", enum=[each.value for each in Upload])
    ]
    source_pending_cap: Annotated[int, described("The cap on what is pending from one bank account.", **_CENTS)]
    time_zone: Annotated[str, described("The bank's time zone, by its IANA name.", **TEXT)]
    transfers: Annotated[
        str,
        described(
            "Whether incoming credits that match nothing else are treated as transfers from customers.",
            enum=[each.value for each in Transfers],
        ),
    ]
    transfers_late: Annotated[
        str,
        described(
            "What happens to a transfer that arrives after its instructions have expired.",
            enum=[each.value for each in TransferPolicy],
        ),
    ]
    transfers_numbers: Annotated[
        str | None, described("The virtual account numbers of the bank account; null for none.", **TEXT)
    ]
    transfers_over: Annotated[
        str,
        described("What happens to an overpayment.", enum=[each.value for each in TransferPolicy]),
    ]
    transfers_payers: Annotated[
        str, described("Whose transfers are credited.", enum=[each.value for each in TransferPayers])
    ]
    transfers_short: Annotated[
        str,
        described("What happens to an underpayment.", enum=[each.value for each in TransferPolicy]),
    ]


class OriginatorObject(msgspec.Struct, frozen=True, kw_only=True):
    """Who debits bank accounts for a platform, and how."""

    id: Annotated[str, identifier("orig", "originator")]
    object: Annotated[str, constant("brim.ach_originator")] = "brim.ach_originator"
    actions: Annotated[
        list[ActionObject] | msgspec.UnsetType,
        described(
            "The actions that its status allows, and whether you can do them. Only present when a single object is "
            "retrieved."
        ),
    ] = msgspec.UNSET
    activated: Annotated[int | None, described("When it was last activated. Null if it never was.", **TIME)]
    activated_by: Annotated[str | None, described("Who last activated it. Null if nobody did.", **TEXT)]
    changed_by: Annotated[str, described("Who last changed the profile.", **TEXT)]
    created: Annotated[int, described("When it was created, in Unix seconds.", **TIME)]
    last4: Annotated[str, described("The last four digits of its bank account number.", maxLength=4)]
    livemode: Annotated[bool, LIVEMODE]
    next_cutoffs: Annotated[list[CutoffObject], described("Its next cut-offs, in order.")]
    profile: Annotated[ProfileObject, described("What you and the bank have agreed.")]
    status: Annotated[
        str, described("Whether live top-ups are collected through it.", enum=[each.value for each in OriginatorStatus])
    ]
    version: Annotated[int, described("The version of the profile: how often it was saved.", minimum=1)]


def originator_json(
    originator: Originator,
    cutoffs: Sequence[Cutoff],
    *,
    actions: list[ActionObject] | msgspec.UnsetType = msgspec.UNSET,
) -> bytes:
    """Return an originator's compact JSON, with its next cut-offs, and what may be done with it where that is given."""
    activated_ms = originator.activated_ms
    return encode(
        OriginatorObject(
            id=originator.id,
            actions=actions,
            activated=activated_ms // 1000 if activated_ms is not None else None,
            activated_by=originator.activated_by,
            changed_by=originator.changed_by,
            created=originator.created_ms // 1000,
            last4=originator.last4,
            livemode=originator.scope.livemode,
            next_cutoffs=[cutoff_object(each) for each in cutoffs],
            profile=msgspec.convert(originator.profile, ProfileObject, from_attributes=True),
            status=originator.status,
            version=originator.version,
        )
    )
