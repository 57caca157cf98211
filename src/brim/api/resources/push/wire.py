"""How funding instructions and incoming transfers are written for clients.

Instructions have the vendor's shape, so that its libraries read them; what they lack there is beside it. Source: Stripe
API reference, the Funding Instructions object. Transfers are ours.
"""

from datetime import date
from typing import Annotated

import msgspec

from brim.api.framework.schema import CURRENCY, LIVEMODE, METADATA, TEXT, TIME, constant, described, identifier
from brim.base.json_codec import encode
from brim.core.bank_accounts import is_iban
from brim.core.push import (
    BankDetails,
    FundingInstructions,
    IncomingTransfer,
    InstructionsStatus,
    KnownPayer,
    Proposal,
    SuspenseReason,
    TransferStatus,
)
from brim.core.rails.ach import TransferPayers


class AbaObject(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account in the United States."""

    account_holder_name: Annotated[str, described("The name of the account holder.", **TEXT)]
    account_number: Annotated[str, described("The account number.", **TEXT)]
    account_type: Annotated[str, described("The type of the account.", enum=["checking"])] = "checking"
    bank_name: Annotated[str, described("The name of the bank.", **TEXT)]
    routing_number: Annotated[str, described("The routing number of the bank.", **TEXT)]


class IbanObject(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account that has an IBAN."""

    account_holder_name: Annotated[str, described("The name of the account holder.", **TEXT)]
    bank_name: Annotated[str, described("The name of the bank.", **TEXT)]
    country: Annotated[str, described("The country of the bank account.", **TEXT)]
    iban: Annotated[str, described("The IBAN.", **TEXT)]


class FinancialAddressObject(msgspec.Struct, frozen=True, kw_only=True):
    """Where money can be sent, and by which networks."""

    aba: Annotated[AbaObject | msgspec.UnsetType, described("The bank account, if `type` is `aba`.")] = msgspec.UNSET
    iban: Annotated[IbanObject | msgspec.UnsetType, described("The bank account, if `type` is `iban`.")] = msgspec.UNSET
    supported_networks: Annotated[tuple[str, ...], described("The networks that reach it.")]
    type: Annotated[str, described("The type of address.", enum=["aba", "iban"])]


class BankTransferObject(msgspec.Struct, frozen=True, kw_only=True):
    """The bank account to pay to."""

    country: Annotated[str, described("The country of the bank account.", **TEXT)]
    financial_addresses: Annotated[tuple[FinancialAddressObject, ...], described("Where to send the money.")]
    is_virtual: Annotated[
        bool,
        described(
            "Whether the account number is this account's own: what comes to it is credited whether or not it states a "
            "reference."
        ),
    ]
    type: Annotated[str, described("The type of transfer.", enum=["us_bank_transfer", "eu_bank_transfer"])]


class FundingInstructionsObject(msgspec.Struct, frozen=True, kw_only=True):
    """How an account is paid by bank transfer: the bank account, and the reference that the payer has to state."""

    id: Annotated[str, identifier("fi", "funding_instructions")]
    object: Annotated[str, constant("funding_instructions")] = "funding_instructions"
    account: Annotated[str, described("The account that is credited.", **TEXT)]
    amount: Annotated[
        int | None,
        described("How much is expected, in minor units; null for instructions that can be paid any number of times."),
    ]
    amount_received: Annotated[
        int, described("How much has come and was not taken back, held parts included.", minimum=0)
    ]
    amount_remaining: Annotated[int | None, described("How much has not come; null if no amount is expected.")]
    bank_transfer: Annotated[BankTransferObject, described("Where the money is to be sent.")]
    created: Annotated[int, described("When they were created.", **TIME)]
    currency: Annotated[str, CURRENCY]
    description: Annotated[str | None, described("The description of the top-ups that come of them.", **TEXT)]
    expires_at: Annotated[int | None, described("Until when the money is expected; null for no limit.", **TIME)]
    funding_type: Annotated[str, constant("bank_transfer", "How the balance is funded.")] = "bank_transfer"
    livemode: Annotated[bool, LIVEMODE]
    metadata: Annotated[dict[str, str], METADATA]
    payers: Annotated[
        str | None,
        described(
            "From whom transfers are credited; null if that is for your platform to say.",
            enum=[*(each.value for each in TransferPayers), None],
        ),
    ]
    reference: Annotated[
        str,
        described(
            "The reference that the payer has to state: a creditor reference by ISO 11649, with check digits.", **TEXT
        ),
    ]
    status: Annotated[
        str,
        described(
            "How far an expected amount is paid. Instructions without an amount stay `open`.",
            enum=[status.value for status in InstructionsStatus],
        ),
    ]


class KnownPayerObject(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may pay an account of which not everybody may."""

    id: Annotated[str, identifier("kpay", "known_payer")]
    object: Annotated[str, constant("brim.known_payer")] = "brim.known_payer"
    account: Annotated[str, described("The account that they may pay.", **TEXT)]
    approved_by: Annotated[str, described("Who approved that.", **TEXT)]
    created: Annotated[int, described("Since when they may.", **TIME)]
    created_by: Annotated[str, described("Who proposed that.", **TEXT)]
    ended: Annotated[int | None, described("Until when they might; null while they may.", **TIME)]
    incoming_transfer: Annotated[str, described("The transfer with whose assignment they were allowed.", **TEXT)]
    last4: Annotated[str | None, described("The last digits of their bank account; null if it is unknown.", **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    name: Annotated[str | None, described("Their name; null if it is unknown.", **TEXT)]


class TransferPayerObject(msgspec.Struct, frozen=True, kw_only=True):
    """Who has sent a transfer, as the statement says."""

    last4: Annotated[str | None, described("The last digits of their bank account; null if it does not say.", **TEXT)]
    name: Annotated[str | None, described("Their name; null if it does not say.", **TEXT)]


class ProposalObject(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants done with a transfer in suspense, which another person approves."""

    account: Annotated[str | None, described("The account to credit; null to send it back.", **TEXT)]
    action: Annotated[str, described("What is proposed.", enum=[each.value for each in Proposal])]
    created: Annotated[int, described("When it was proposed.", **TIME)]
    created_by: Annotated[str, described("Who proposed it.", **TEXT)]
    remember_payer: Annotated[bool, described("Whether whoever has sent it may pay the account from then on.")]


class TransferSuggestionObject(msgspec.Struct, frozen=True, kw_only=True):
    """An account that a transfer in suspense may be for."""

    account: Annotated[str, described("The account.", **TEXT)]
    because: Annotated[
        str,
        described(
            "Why: `named` if the transfer names several references of which this is one, `reference` if what it names "
            "is one mistake away from it, `amount` if exactly that amount is expected.",
            enum=["named", "reference", "amount"],
        ),
    ]
    funding_instructions: Annotated[str, described("The instructions by which it would be.", **TEXT)]


class IncomingTransferObject(msgspec.Struct, frozen=True, kw_only=True):
    """A credit on a bank statement that a customer sent, and its outcome."""

    id: Annotated[str, identifier("itr", "incoming_transfer")]
    object: Annotated[str, constant("brim.incoming_transfer")] = "brim.incoming_transfer"
    account: Annotated[str | None, described("The account that was credited; null if none was.", **TEXT)]
    account_number: Annotated[
        str | None,
        described("The virtual account number that it was sent to; null if its statement names none.", **TEXT),
    ]
    amount: Annotated[int, described("How much, in minor units.", minimum=1)]
    bank_account: Annotated[str, described("The bank account, by its name in the ledger.", **TEXT)]
    bank_reference: Annotated[str | None, described("The bank's reference of the statement line.", **TEXT)]
    booked_on: Annotated[date, described("The day on which the bank booked it.")]
    created: Annotated[int, described("When it was read.", **TIME)]
    currency: Annotated[str, CURRENCY]
    decided_by: Annotated[str | None, described("Who approved what was proposed.", **TEXT)]
    description: Annotated[str | None, described("What the bank's statement says.", **TEXT)]
    ended_by: Annotated[str | None, described("The statement line that took it back.", **TEXT)]
    funding_instructions: Annotated[
        str | None,
        described("The instructions whose reference it names, or whose account number it was sent to.", **TEXT),
    ]
    handled_by: Annotated[str | None, described("The operator that it is assigned to.", **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    note: Annotated[str | None, described("A note about it.", **TEXT)]
    part: Annotated[
        int,
        described("1 for a line, or what of it was expected; 2 for what is more than that.", minimum=1, maximum=2),
    ]
    payer: Annotated[TransferPayerObject | None, described("Who has sent it; null if the statement does not say.")]
    proposal: Annotated[ProposalObject | None, described("What is proposed; null if nothing was.")]
    reason: Annotated[
        str | None,
        described("Why it is, or was, in suspense.", enum=[*(reason.value for reason in SuspenseReason), None]),
    ]
    reference: Annotated[str | None, described("The reference that it names.", **TEXT)]
    return_reference: Annotated[
        str,
        described("The reference to state when it is sent back, by which the bank's debit is recognized.", **TEXT),
    ]
    statement_line: Annotated[str | None, described("The line of the bank's statement.", **TEXT)]
    status: Annotated[
        str,
        described(
            "`credited` if it is a top-up, `suspended` if it is in suspense, `returning` if it is to be sent back and "
            "`returned` once the statement shows that; `recalled` if the bank took it back, `itemized` if the bank has "
            "listed the payments in it since, each of which is a transfer of its own.",
            enum=[status.value for status in TransferStatus],
        ),
    ]
    suggestions: Annotated[list[TransferSuggestionObject], described("The accounts that it may be for.")]
    topup: Annotated[str | None, described("The top-up that it became.", **TEXT)]


def instructions_json(found: FundingInstructions, details: BankDetails, *, now_ms: int) -> bytes:
    """Return the compact JSON of instructions."""
    return encode(
        FundingInstructionsObject(
            id=found.id,
            account=found.owner,
            amount=found.amount,
            amount_received=found.received,
            amount_remaining=found.remaining,
            bank_transfer=_bank_transfer(details),
            created=found.created_ms // 1000,
            currency=found.currency,
            description=found.description,
            expires_at=None if found.expires_ms is None else found.expires_ms // 1000,
            livemode=found.scope.livemode,
            metadata=dict(sorted(found.metadata.items())),
            payers=found.payers,
            reference=found.reference,
            status=found.status(now_ms=now_ms),
        )
    )


def _bank_transfer(details: BankDetails) -> BankTransferObject:
    """Return where money is to be sent, in the vendor's shape."""
    number = details.account_number
    if is_iban(number):
        iban = IbanObject(
            account_holder_name=details.account_holder_name,
            bank_name=details.bank_name,
            country=number[:2],
            iban=number,
        )
        address = FinancialAddressObject(iban=iban, supported_networks=("swift",), type="iban")
        return BankTransferObject(
            country=iban.country, financial_addresses=(address,), is_virtual=details.is_virtual, type="eu_bank_transfer"
        )
    aba = AbaObject(
        account_holder_name=details.account_holder_name,
        account_number=number,
        bank_name=details.bank_name,
        routing_number=details.routing_number,
    )
    address = FinancialAddressObject(aba=aba, supported_networks=("ach", "domestic_wire_us"), type="aba")
    return BankTransferObject(
        country="US", financial_addresses=(address,), is_virtual=details.is_virtual, type="us_bank_transfer"
    )


def transfer_json(found: IncomingTransfer) -> bytes:
    """Return the compact JSON of a transfer."""
    proposal = None
    if found.proposed is not None:
        proposal = ProposalObject(
            account=found.proposed_owner,
            action=found.proposed,
            created=(found.proposed_ms or 0) // 1000,
            created_by=found.proposed_by or "",
            remember_payer=bool(found.remember_payer),
        )
    payer = found.payer
    return encode(
        IncomingTransferObject(
            id=found.id,
            account=found.owner,
            account_number=found.number,
            amount=found.amount,
            bank_account=found.bank_account,
            bank_reference=found.bank_reference,
            booked_on=found.booked_on,
            created=found.created_ms // 1000,
            currency=found.currency,
            decided_by=found.decided_by,
            description=found.description,
            ended_by=found.ended_by,
            funding_instructions=found.instructions,
            handled_by=found.handled_by,
            livemode=found.scope.livemode,
            note=found.note,
            part=found.part,
            payer=None if payer is None else TransferPayerObject(last4=payer.last4, name=payer.name),
            proposal=proposal,
            reason=found.reason,
            reference=found.reference,
            return_reference=found.return_reference,
            statement_line=found.statement_line,
            status=found.status,
            suggestions=[
                TransferSuggestionObject(
                    account=each.account, because=each.because, funding_instructions=each.instructions
                )
                for each in found.suggestions
            ],
            topup=found.topup,
        )
    )


def payer_json(found: KnownPayer) -> bytes:
    """Return the compact JSON of a known payer."""
    return encode(
        KnownPayerObject(
            id=found.id,
            account=found.owner,
            approved_by=found.approved_by,
            created=found.created_ms // 1000,
            created_by=found.proposed_by,
            ended=None if found.ended_ms is None else found.ended_ms // 1000,
            incoming_transfer=found.transfer,
            last4=found.last4,
            livemode=found.scope.livemode,
            name=found.name,
        )
    )
