"""The wire format of settlements of statement lines. Ours."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from brim.api.framework.schema import CURRENCY, LIVEMODE, TEXT, TIME, constant, described, identifier
from brim.api.resources.ach.actions import ActionObject
from brim.base.json_codec import encode
from brim.core.line_settlements import LineSettlement, Part, PartKind, SettlementStatus


class SettledLineObject(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a settlement."""

    amount: Annotated[int, described("The settled amount, in signed minor units: all that was open.")]
    line: Annotated[str, described("The statement line.", **TEXT)]


class LineSettlementObject(msgspec.Struct, frozen=True, kw_only=True):
    """A settlement of open statement lines. Amounts are in signed minor units; credits are positive."""

    id: Annotated[str, identifier("lset", "settlement")]
    object: Annotated[str, constant("brim.line_settlement")] = "brim.line_settlement"
    actions: Annotated[
        list[ActionObject] | msgspec.UnsetType,
        described(
            "The actions that its status allows, and whether you can do them. Only present when a single "
            "settlement is retrieved."
        ),
    ] = msgspec.UNSET
    amount: Annotated[int, described("The total open amount of the lines.")]
    batches: Annotated[list[str], described("The batches that the lines settle, each as file and number.")]
    bank_account: Annotated[str, described("The bank account of the lines, by its name in the ledger.", **TEXT)]
    created: Annotated[int, described("When it was proposed.", **TIME)]
    created_by: Annotated[str, described("Who proposed it.", **TEXT)]
    currency: Annotated[str, CURRENCY]
    decided: Annotated[int | None, described("When it was posted or rejected; null while it is proposed.", **TIME)]
    decided_by: Annotated[str | None, described("Who confirmed or rejected it; null while it is proposed.", **TEXT)]
    fees: Annotated[int, described("The part that is a bank charge or interest.")]
    lines: Annotated[list[SettledLineObject], described("The lines, with the settled amount of each.")]
    livemode: Annotated[bool, LIVEMODE]
    note: Annotated[str, described("The explanation, as whoever proposed it gave it.", **TEXT)]
    one_person: Annotated[
        bool, described("Whether one person proposed and confirmed it, because there was no second operator.")
    ]
    refunds: Annotated[list[str], described("The refunds that the lines pay.")]
    returned_debits: Annotated[
        list[str], described("The returned debits that the lines book, each as top-up and number.")
    ]
    returned_transfers: Annotated[list[str], described("The incoming transfers that the lines reverse.")]
    status: Annotated[
        str,
        described(
            "The status: `proposed` until another person confirms it (`posted`) or rejects it (`rejected`); "
            "`undo_proposed` if undoing it is proposed, and `undone` once a reversing entry is posted.",
            enum=[status.value for status in SettlementStatus],
        ),
    ]
    suspense: Annotated[int, described("The part that isn't identified yet.")]
    transfer: Annotated[int, described("The part that is a transfer from a customer.")]
    undo_by: Annotated[str | None, described("Who proposed to undo it; null if nobody did.", **TEXT)]
    undo_note: Annotated[str | None, described("Why it should be undone; null if nobody proposed that.", **TEXT)]
    undone: Annotated[int | None, described("When it was undone; null if it wasn't.", **TIME)]
    undone_by: Annotated[str | None, described("Who confirmed undoing it; null if it wasn't undone.", **TEXT)]


def targets_of(parts: Iterable[Part], kind: PartKind) -> list[str]:
    """Return what parts of a kind are about."""
    return [part.target for part in parts if part.kind is kind and part.target is not None]


def settlement_json(found: LineSettlement, *, actions: list[ActionObject] | msgspec.UnsetType = msgspec.UNSET) -> bytes:
    """Return the compact JSON of a settlement, with what may be done with it where that is given."""
    parts = {part.kind: part.amount for part in found.parts}
    return encode(
        LineSettlementObject(
            id=found.id,
            actions=actions,
            amount=found.amount,
            batches=targets_of(found.parts, PartKind.BATCH),
            bank_account=found.bank_account,
            created=found.proposed_ms // 1000,
            created_by=found.proposed_by,
            currency=found.currency,
            decided=None if found.decided_ms is None else found.decided_ms // 1000,
            decided_by=found.decided_by,
            fees=parts.get(PartKind.FEES, 0),
            lines=[SettledLineObject(amount=each.amount, line=each.line) for each in found.lines],
            livemode=found.scope.livemode,
            note=found.note,
            one_person=found.one_person,
            refunds=targets_of(found.parts, PartKind.REFUND),
            returned_debits=targets_of(found.parts, PartKind.RETURN),
            returned_transfers=targets_of(found.parts, PartKind.TRANSFER_BACK),
            status=found.status,
            suspense=parts.get(PartKind.SUSPENSE, 0),
            transfer=parts.get(PartKind.TRANSFER, 0),
            undo_by=found.undo_by,
            undo_note=found.undo_note,
            undone=None if found.undone_ms is None else found.undone_ms // 1000,
            undone_by=found.undone_by,
        )
    )
