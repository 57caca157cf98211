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
            "Whether the account number is reserved for this account: transfers to it are credited with or "
            "without a reference."
        ),
    ]
    type: Annotated[str, described("The type of transfer.", enum=["us_bank_transfer", "eu_bank_transfer"])]


class FundingInstructionsObject(msgspec.Struct, frozen=True, kw_only=True):
    """How to top up a balance by bank transfer: the bank account to pay to, and the reference to use."""

    id: Annotated[str, identifier("fi", "funding_instructions")]
    object: Annotated[str, constant("funding_instructions")] = "funding_instructions"
    account: Annotated[str, described("The account that is credited.", **TEXT)]
    amount: Annotated[
        int | None,
        described("The expected amount, in minor units; null for instructions that can be used any number of times."),
    ]
    amount_received: Annotated[
        int, described("The amount received, less recalled transfers, including parts in suspense.", minimum=0)
    ]
    amount_remaining: Annotated[int | None, described("The amount still expected; null if no amount is expected.")]
    bank_transfer: Annotated[BankTransferObject, described("Where to send the money.")]
    created: Annotated[int, described("When they were created.", **TIME)]
    currency: Annotated[str, CURRENCY]
    description: Annotated[str | None, described("The description of the resulting top-ups.", **TEXT)]
    expires_at: Annotated[int | None, described("When they expire; null if they don't.", **TIME)]
    funding_type: Annotated[str, constant("bank_transfer", "How the balance is funded.")] = "bank_transfer"
    livemode: Annotated[bool, LIVEMODE]
    metadata: Annotated[dict[str, str], METADATA]
    payers: Annotated[
        str | None,
        described(
            "Whose transfers are credited; null if your platform's setting applies.",
            enum=[*(each.value for each in TransferPayers), None],
        ),
    ]
    reference: Annotated[
        str,
        described(
            "The reference that the payer must give: an ISO 11649 creditor reference, with check digits.", **TEXT
        ),
    ]
    status: Annotated[
        str,
        described(
            "The status of the expected payment. Instructions without an amount stay `open`.",
            enum=[status.value for status in InstructionsStatus],
        ),
    ]


class KnownPayerObject(msgspec.Struct, frozen=True, kw_only=True):
    """A payer whose transfers are credited to an account that only accepts known payers."""

    id: Annotated[str, identifier("kpay", "known_payer")]
    object: Annotated[str, constant("brim.known_payer")] = "brim.known_payer"
    account: Annotated[str, described("The account whose known payer it is.", **TEXT)]
    approved_by: Annotated[str, described("Who approved adding the payer.", **TEXT)]
    created: Annotated[int, described("When the payer was added.", **TIME)]
    created_by: Annotated[str, described("Who proposed adding the payer.", **TEXT)]
    ended: Annotated[int | None, described("When the payer was removed; null if they weren't.", **TIME)]
    incoming_transfer: Annotated[str, described("The transfer whose assignment added the payer.", **TEXT)]
    last4: Annotated[str | None, described("The last digits of their bank account; null if it is unknown.", **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    name: Annotated[str | None, described("Their name; null if it is unknown.", **TEXT)]


class TransferPayerObject(msgspec.Struct, frozen=True, kw_only=True):
    """The payer of a transfer, as on the statement."""

    last4: Annotated[str | None, described("The last digits of their bank account; null if unknown.", **TEXT)]
    name: Annotated[str | None, described("Their name; null if unknown.", **TEXT)]


class ProposalObject(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal for a transfer in suspense, which another person has to approve."""

    account: Annotated[str | None, described("The account to credit; null to send it back.", **TEXT)]
    action: Annotated[str, described("What is proposed.", enum=[each.value for each in Proposal])]
    created: Annotated[int, described("When it was proposed.", **TIME)]
    created_by: Annotated[str, described("Who proposed it.", **TEXT)]
    remember_payer: Annotated[bool, described("Whether to add the payer to the account's known payers.")]


class TransferSuggestionObject(msgspec.Struct, frozen=True, kw_only=True):
    """An account that a transfer in suspense may be for."""

    account: Annotated[str, described("The account.", **TEXT)]
    because: Annotated[
        str,
        described(
            "Why: `named` if this account's reference is one of several in the transfer, `reference` if the "
            "transfer's reference is one typo away from it, `amount` if exactly that amount is expected.",
            enum=["named", "reference", "amount"],
        ),
    ]
    funding_instructions: Annotated[str, described("The instructions by which it would be credited.", **TEXT)]


class IncomingTransferObject(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's transfer on a bank statement, and its outcome."""

    id: Annotated[str, identifier("itr", "incoming_transfer")]
    object: Annotated[str, constant("brim.incoming_transfer")] = "brim.incoming_transfer"
    account: Annotated[str | None, described("The account that was credited; null if none was.", **TEXT)]
    account_number: Annotated[
        str | None,
        described("The virtual account number that it was sent to; null if the statement doesn't have one.", **TEXT),
    ]
    amount: Annotated[int, described("How much, in minor units.", minimum=1)]
    bank_account: Annotated[str, described("The bank account, by its name in the ledger.", **TEXT)]
    bank_reference: Annotated[str | None, described("The bank's reference of the statement line.", **TEXT)]
    booked_on: Annotated[date, described("The day on which the bank booked it.")]
    created: Annotated[int, described("When it was read.", **TIME)]
    currency: Annotated[str, CURRENCY]
    decided_by: Annotated[str | None, described("Who approved what was proposed.", **TEXT)]
    description: Annotated[str | None, described("What the bank's statement says.", **TEXT)]
    ended_by: Annotated[str | None, described("The statement line that recalled it or sent it back.", **TEXT)]
    funding_instructions: Annotated[
        str | None,
        described("The instructions whose reference it has, or whose account number it was sent to.", **TEXT),
    ]
    handled_by: Annotated[str | None, described("The owner: the person who handles it.", **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    note: Annotated[str | None, described("A note about it.", **TEXT)]
    part: Annotated[
        int,
        described(
            "1 for the whole line, or for the expected part of it; 2 for the part above the expected amount.",
            minimum=1,
            maximum=2,
        ),
    ]
    payer: Annotated[TransferPayerObject | None, described("The payer; null if the statement doesn't name one.")]
    proposal: Annotated[ProposalObject | None, described("The proposal; null if there is none.")]
    reason: Annotated[
        str | None,
        described("Why it is or was in suspense.", enum=[*(reason.value for reason in SuspenseReason), None]),
    ]
    reference: Annotated[str | None, described("The reference of the transfer.", **TEXT)]
    return_reference: Annotated[
        str,
        described("The reference to use when you send it back, by which the bank's debit is matched.", **TEXT),
    ]
    statement_line: Annotated[str | None, described("The line of the bank's statement.", **TEXT)]
    status: Annotated[
        str,
        described(
            "The status: `credited` if it became a top-up, `suspended` if it is in suspense, `returning` if it "
            "is to be sent back and `returned` once that is on a statement; `recalled` if the bank reversed it, "
            "`itemized` if the bank has since listed its payments, each of which is a separate transfer.",
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
