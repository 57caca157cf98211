"""How authorizations and verified bank accounts are written for clients. Ours, in the wire's manner."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

import msgspec

from brim.api.framework.schema import LIVEMODE, TEXT, TIME, constant, described, identifier
from brim.api.resources.topups.wire import RailChangeObject, RailReturnObject, entry_fields
from brim.base.json_codec import encode
from brim.core.bank_accounts import Verification
from brim.core.direct_debits import Entry, EntryStatus, Limit, Prenote, PrenoteStatus, expires_ms
from brim.core.funding import FundingSource
from brim.core.originators import Authorization, ExportedProof, MandateAmendment
from brim.core.rails.ach import SecCode
from brim.core.rails.sepa import SequenceType

SEC_CODES = [code.value for code in SecCode]
SEQUENCE_TYPES = [each.value for each in SequenceType]


class EvidenceObject(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence of an authorization."""

    ip_address: Annotated[str | None, described("The IP address that the holder used.", **TEXT)] = None
    reference: Annotated[str | None, described("Where the proof is kept, such as the name of a document.", **TEXT)] = (
        None
    )
    user_agent: Annotated[str | None, described("The browser that the holder used.", **TEXT)] = None


class MandateAmendmentObject(msgspec.Struct, frozen=True, kw_only=True):
    """The previous values of an amended mandate; null for those that didn't change."""

    created: Annotated[int, described("When it was amended.", **TIME)]
    former_creditor_identifier: Annotated[str | None, described("The previous creditor identifier.", **TEXT)]
    former_creditor_name: Annotated[str | None, described("The previous name of the creditor.", **TEXT)]
    former_funding_source: Annotated[str | None, described("The previous bank account.", **TEXT)]
    former_reference: Annotated[str | None, described("The previous reference.", **TEXT)]
    presented_on: Annotated[
        date | None, described("The day of the settled collection that notified banks of it; null until then.")
    ]


class AuthorizationObject(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account holder's authorization of debits."""

    id: Annotated[str, identifier("auth", "authorization")]
    object: Annotated[str, constant("brim.authorization")] = "brim.authorization"
    accepted_at: Annotated[int, described("When the holder authorized debits.", **TIME)]
    amendments: Annotated[list[MandateAmendmentObject], described("The amendments of a mandate, in order.")]
    confirmed_at: Annotated[
        int | None,
        described("When the debtor confirmed a B2B mandate to their bank; null until then.", **TIME),
    ]
    created: Annotated[int, described("When it was recorded.", **TIME)]
    end_reason: Annotated[str | None, described("Why it ended; null while it is in force.", **TEXT)]
    ended_at: Annotated[int | None, described("When it ended; null while it is in force.", **TIME)]
    evidence: Annotated[EvidenceObject, described("The evidence for it.")]
    funding_source: Annotated[str, described("The id of the bank account that may be debited.", **TEXT)]
    lapses_on: Annotated[
        date | None,
        described("The last day on which anything can be collected under a mandate; null for other authorizations."),
    ]
    livemode: Annotated[bool, LIVEMODE]
    mandate_reference: Annotated[
        str | None, described("The mandate reference that is sent to banks; null for other authorizations.", **TEXT)
    ]
    sec_code: Annotated[
        str,
        described(
            "How the holder authorized debits: in writing (`PPD`), online (`WEB`), as a company (`CCD`), or by a "
            "SEPA Core or B2B mandate (`CORE`, `B2B`).",
            enum=SEC_CODES,
        ),
    ]
    sequence_type: Annotated[
        str | None,
        described(
            "Whether a mandate is recurrent (`RCUR`) or one-off (`OOFF`); null for other authorizations.",
            enum=[*SEQUENCE_TYPES, None],
        ),
    ]
    status: Annotated[str, described("Whether debits can be sent under it.", enum=["active", "ended"])]
    text: Annotated[str, described("The wording that the holder agreed to.", **TEXT)]
    used_by: Annotated[
        str | None,
        described(
            "The top-up that is the single collection of a one-off mandate, or that notifies banks of an amendment.",
            **TEXT,
        ),
    ]


class VerifiedFundingObject(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account on file, and whether it can be debited."""

    id: Annotated[str, described("The id of the source or PaymentMethod.", **TEXT)]
    object: Annotated[str, constant("brim.funding_source")] = "brim.funding_source"
    created: Annotated[int, described("When it was stored.", **TIME)]
    last4: Annotated[str, described("The last four digits of the account number.", maxLength=4)]
    livemode: Annotated[bool, LIVEMODE]
    routing_number: Annotated[
        str | None, described("The bank's ACH routing number; null with an IBAN.", pattern="^[0-9]{9}$")
    ]
    verification: Annotated[
        str, described("Whether it can be debited.", enum=sorted(each.value for each in Verification))
    ]


class PrenoteEntryObject(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a prenote. `file`, `batch` and `trace` are null until it is in a file."""

    batch: Annotated[int | None, described("The number of its batch.", minimum=1)]
    change: Annotated[RailChangeObject | None, described("The bank's notification of change; null if there is none.")]
    confirmed: Annotated[int | None, described("When the bank's confirmation was applied; null until then.", **TIME)]
    confirmed_by: Annotated[str | None, described("What confirmed it, such as a bank file.", **TEXT)]
    effective_date: Annotated[date | None, described("The day on which the banks settle it.")]
    file: Annotated[str | None, described("The ACH file that it is in.", **TEXT)]
    number: Annotated[int, described("Its number: 1, or higher if the prenote was sent again.", minimum=1)]
    returned: Annotated[RailReturnObject | None, described("Why it was returned; null if it wasn't.")]
    status: Annotated[str, described("Its status.", enum=[status.value for status in EntryStatus])]
    trace: Annotated[str | None, described("Its trace number, which identifies it to banks.", **TEXT)]


class PrenoteObject(msgspec.Struct, frozen=True, kw_only=True):
    """A zero-dollar entry, which verifies a live bank account unless its bank returns it."""

    id: Annotated[str, identifier("pren", "prenote")]
    object: Annotated[str, constant("brim.prenote")] = "brim.prenote"
    change_code: Annotated[
        str | None,
        described("The code of the bank's notification of change, such as `C01`; null if there is none.", **TEXT),
    ]
    created: Annotated[int, described("When it was started.", **TIME)]
    ended: Annotated[int | None, described("When it ended. Null while it is pending.", **TIME)]
    entries: Annotated[
        list[PrenoteEntryObject] | msgspec.UnsetType,
        described("Its entries in files, in order; only present when a single prenote is retrieved."),
    ] = msgspec.UNSET
    expected_verification: Annotated[int, described("When the bank account should be verified.", **TIME)]
    funding_source: Annotated[str, described("The id of the bank account.", **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    reason: Annotated[str | None, described("Why it ended, if no code says so.", **TEXT)]
    return_code: Annotated[str | None, described("The return code, such as `R03`; null if it wasn't returned.", **TEXT)]
    status: Annotated[
        str,
        described(
            "The status. A late return can change `verified` to `failed`.",
            enum=[each.value for each in PrenoteStatus],
        ),
    ]


class MicrodepositEntryObject(msgspec.Struct, frozen=True, kw_only=True):
    """A micro-deposit, or the debit of their sum. Amounts are never shown.

    `file`, `batch` and `trace` are null until it is in a file.
    """

    batch: Annotated[int | None, described("The number of its batch.", minimum=1)]
    change: Annotated[RailChangeObject | None, described("The bank's notification of change; null if there is none.")]
    confirmed: Annotated[int | None, described("When the bank's confirmation was applied; null until then.", **TIME)]
    confirmed_by: Annotated[str | None, described("What confirmed it, such as a statement line.", **TEXT)]
    direction: Annotated[
        str,
        described("Whether the holder receives the amount (`credit`) or pays it (`debit`).", enum=["credit", "debit"]),
    ]
    effective_date: Annotated[date | None, described("The day on which the banks settle it.")]
    file: Annotated[str | None, described("The ACH file that it is in.", **TEXT)]
    number: Annotated[int, described("1 and 2 are the credits, 3 is the debit.", minimum=1, maximum=3)]
    returned: Annotated[RailReturnObject | None, described("Why it was returned; null if it wasn't.")]
    status: Annotated[str, described("Its status.", enum=[status.value for status in EntryStatus])]
    trace: Annotated[str | None, described("Its trace number, which identifies it to banks.", **TEXT)]


class MicrodepositsObject(msgspec.Struct, frozen=True, kw_only=True):
    """Two small credits to a live bank account, which is verified once its holder confirms their amounts."""

    id: Annotated[str, identifier("mdep", "microdeposits")]
    object: Annotated[str, constant("brim.microdeposits")] = "brim.microdeposits"
    change_code: Annotated[
        str | None,
        described("The code of the bank's notification of change, such as `C01`; null if there is none.", **TEXT),
    ]
    created: Annotated[int, described("When they were started.", **TIME)]
    ended: Annotated[int | None, described("When they ended. Null while they are pending.", **TIME)]
    entries: Annotated[
        list[MicrodepositEntryObject] | msgspec.UnsetType,
        described("Their entries in files, in order; only present when a single set of micro-deposits is retrieved."),
    ] = msgspec.UNSET
    expected_arrival: Annotated[int, described("When they should have arrived.", **TIME)]
    expires: Annotated[int, described("The time until which their amounts can be confirmed.", **TIME)]
    funding_source: Annotated[str, described("The id of the bank account.", **TEXT)]
    has_debit: Annotated[bool, described("Whether a debit recovers their sum.")]
    limit: Annotated[
        str | None,
        described(
            "In `brim.microdeposits.limit_reached`, the limit of the originator's profile that was reached; "
            "otherwise null.",
            enum=[*(each.value for each in Limit), None],
        ),
    ]
    livemode: Annotated[bool, LIVEMODE]
    reason: Annotated[str | None, described("Why they ended, if no code says so.", **TEXT)]
    return_code: Annotated[str | None, described("The return code, such as `R03`; null if none was returned.", **TEXT)]
    status: Annotated[
        str,
        described(
            "The status. A late return can change `verified` to `failed`.",
            enum=[each.value for each in PrenoteStatus],
        ),
    ]


def microdeposits_json(
    microdeposits: Prenote, limit: Limit | None = None, *, entries: Iterable[Entry] | None = None
) -> bytes:
    """Return the compact JSON of micro-deposits, with their entries where they are given; never their amounts."""
    return encode(
        MicrodepositsObject(
            id=microdeposits.id,
            change_code=microdeposits.change_code,
            created=microdeposits.created_ms // 1000,
            ended=microdeposits.ended_ms // 1000 if microdeposits.ended_ms is not None else None,
            entries=msgspec.UNSET if entries is None else [_microdeposit_object(entry) for entry in entries],
            expected_arrival=microdeposits.expected_ms // 1000,
            expires=expires_ms(microdeposits) // 1000,
            funding_source=microdeposits.funding_source,
            has_debit=bool(microdeposits.has_debit),
            limit=limit,
            livemode=microdeposits.scope.livemode,
            reason=microdeposits.reason,
            return_code=microdeposits.return_code,
            status=microdeposits.status,
        )
    )


def _microdeposit_object(entry: Entry) -> MicrodepositEntryObject:
    fields = entry_fields(entry) | {"direction": "credit" if entry.is_credit else "debit"}
    return MicrodepositEntryObject(**{name: fields[name] for name in MicrodepositEntryObject.__struct_fields__})


def prenote_json(prenote: Prenote, entries: Iterable[Entry] | None = None) -> bytes:
    """Return a prenote's compact JSON, with its entries where they are given."""
    shown = msgspec.UNSET if entries is None else [_entry_object(entry) for entry in entries]
    return encode(
        PrenoteObject(
            id=prenote.id,
            change_code=prenote.change_code,
            created=prenote.created_ms // 1000,
            ended=prenote.ended_ms // 1000 if prenote.ended_ms is not None else None,
            entries=shown,
            expected_verification=prenote.expected_ms // 1000,
            funding_source=prenote.funding_source,
            livemode=prenote.scope.livemode,
            reason=prenote.reason,
            return_code=prenote.return_code,
            status=prenote.status,
        )
    )


def _entry_object(entry: Entry) -> PrenoteEntryObject:
    fields = entry_fields(entry)
    return PrenoteEntryObject(**{name: fields[name] for name in PrenoteEntryObject.__struct_fields__})


def authorization_json(authorization: Authorization, amendments: Iterable[MandateAmendment] = ()) -> bytes:
    """Return the compact JSON of an authorization, and of how it was amended."""
    has_ended = authorization.ended_ms is not None
    return encode(
        AuthorizationObject(
            id=authorization.id,
            accepted_at=authorization.accepted_ms // 1000,
            amendments=[_amendment_object(each) for each in amendments],
            confirmed_at=authorization.confirmed_ms // 1000 if authorization.confirmed_ms is not None else None,
            created=authorization.created_ms // 1000,
            end_reason=authorization.end_reason,
            ended_at=authorization.ended_ms // 1000 if authorization.ended_ms is not None else None,
            evidence=msgspec.convert(dict(authorization.evidence), EvidenceObject),
            funding_source=authorization.funding_source,
            lapses_on=authorization.lapses_on,
            livemode=authorization.scope.livemode,
            mandate_reference=authorization.mandate_reference,
            sec_code=authorization.sec_code,
            sequence_type=authorization.sequence_type,
            status="ended" if has_ended else "active",
            text=authorization.text,
            used_by=authorization.used_by,
        )
    )


def _amendment_object(amendment: MandateAmendment) -> MandateAmendmentObject:
    return MandateAmendmentObject(
        created=amendment.created_ms // 1000,
        former_creditor_identifier=amendment.former_creditor_identifier,
        former_creditor_name=amendment.former_creditor_name,
        former_funding_source=amendment.former_funding_source,
        former_reference=amendment.former_reference,
        presented_on=amendment.presented_on,
    )


class ProofAccountObject(msgspec.Struct, frozen=True, kw_only=True):
    """The bank account of an authorization, masked."""

    account_type: Annotated[str | None, described("Checking or savings.", **TEXT)]
    bank_name: Annotated[str | None, described("The bank's name. Null if it isn't known.", **TEXT)]
    holder_name: Annotated[str | None, described("The holder's name.", **TEXT)]
    last4: Annotated[str | None, described("The last four digits of the account number.", **TEXT)]
    routing_number: Annotated[str | None, described("The bank's ACH routing number.", **TEXT)]


class ProofActorObject(msgspec.Struct, frozen=True, kw_only=True):
    """Who did something, according to the audit log."""

    id: Annotated[str | None, described("The key or operator.", **TEXT)]
    kind: Annotated[str, described("What they are, such as `api_key` or `operator`.", **TEXT)]
    name: Annotated[str | None, described("Their name.", **TEXT)]
    request: Annotated[str | None, described("The API request that did it.", **TEXT)]


class ProofObject(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the proof, with its members in alphabetical order."""

    accepted_at: Annotated[int, described("When the holder authorized debits.", **TIME)]
    account: Annotated[str, described("The account that debits.", **TEXT)]
    authorization: Annotated[str, described("The authorization.", **TEXT)]
    bank_account: Annotated[ProofAccountObject, described("The bank account, masked.")]
    created: Annotated[int, described("When it was recorded.", **TIME)]
    end_reason: Annotated[str | None, described("Why it ended; null while it is in force.", **TEXT)]
    ended_at: Annotated[int | None, described("When it ended; null while it is in force.", **TIME)]
    ended_by: Annotated[ProofActorObject | None, described("Who ended it; null if the audit log does not have it.")]
    evidence: Annotated[
        EvidenceObject, described("Evidence of the authorization: IP address, browser, where a document is kept.")
    ]
    funding_source: Annotated[str, described("The id of the bank account.", **TEXT)]
    is_erased: Annotated[bool, described("Whether the holder's personal data has been erased elsewhere.")]
    recorded_by: Annotated[
        ProofActorObject | None, described("Who recorded it; null if the audit log does not have it.")
    ]
    sec_code: Annotated[str, described("How the holder agreed.", enum=SEC_CODES)]
    text: Annotated[str, described("The wording that the holder agreed to.", **TEXT)]


class AuthorizationProofObject(msgspec.Struct, frozen=True, kw_only=True):
    """The proof of an authorization, for a dispute."""

    object: Annotated[str, constant("brim.authorization_proof")] = "brim.authorization_proof"
    document: Annotated[str, described("The proof as human-readable text.", **TEXT)]
    proof: Annotated[ProofObject, described("The proof.")]
    sha256: Annotated[
        str,
        described(
            "The SHA-256, in hexadecimal, of `proof` as JSON without whitespace and with its members in "
            "alphabetical order.",
            pattern="^[0-9a-f]{64}$",
        ),
    ]


def proof_json(exported: ExportedProof) -> bytes:
    """Return the compact JSON of a proof; `proof` in it has the very bytes that its checksum is of."""
    return encode(
        {
            "object": "brim.authorization_proof",
            "document": exported.document,
            "proof": exported.proof,
            "sha256": exported.sha256,
        }
    )


def verified_json(source: FundingSource) -> bytes:
    """Return the compact JSON of a bank account with its state."""
    return encode(
        VerifiedFundingObject(
            id=source.id,
            created=source.created,
            last4=source.bank_account.last4,
            livemode=source.scope.livemode,
            routing_number=source.bank_account.routing_number or None,
            verification=source.verification.value,
        )
    )
