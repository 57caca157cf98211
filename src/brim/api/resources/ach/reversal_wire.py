"""The wire format of reversals of debits. Ours."""

from datetime import date
from typing import Annotated

import msgspec

from brim.api.framework.schema import LIVEMODE, TEXT, TIME, constant, described, identifier
from brim.base.json_codec import encode
from brim.core.rails.ach.nacha import RETURN_CODES
from brim.core.reversals import Reversal, ReversalReason, ReversalStatus


class ReversalObject(msgspec.Struct, frozen=True, kw_only=True):
    """A reversal of a debit, and its outcome. `file` and `trace` are null until it is in a file."""

    id: Annotated[str, identifier("achr", "ach_reversal")]
    object: Annotated[str, constant("brim.ach_reversal")] = "brim.ach_reversal"
    account: Annotated[str, described("The account of the top-up.", **TEXT)]
    amount: Annotated[int, described("The amount of the debit, in cents, all of which is reversed.", minimum=1)]
    created: Annotated[int, described("When it was requested.", **TIME)]
    created_by: Annotated[str, described("Who requested it.", **TEXT)]
    credited: Annotated[
        bool,
        described(
            "Whether the money is in the account's balance again, because the reversal was returned or never sent."
        ),
    ]
    debit_settled_on: Annotated[date, described("The day on which the debit settled.")]
    entry_number: Annotated[int, described("Which presentment of the top-up it reverses.", minimum=1)]
    entry_trace: Annotated[str, described("The trace number of the debit.", **TEXT)]
    file: Annotated[str | None, described("The ACH file that it is in.", **TEXT)]
    leaves: Annotated[int, described("The cut-off by which it is sent, in a file of its own if necessary.", **TIME)]
    livemode: Annotated[bool, LIVEMODE]
    originator: Annotated[str, described("The originator whose debit it reverses.", **TEXT)]
    reason: Annotated[
        str | None,
        described(
            "What was wrong with the debit; null if the reversal was found in a file after a restore.",
            enum=[*(reason.value for reason in ReversalReason), None],
        ),
    ]
    return_code: Annotated[
        str | None,
        described("The network's code if it was returned, such as `R02`.", enum=[*sorted(RETURN_CODES), None]),
    ]
    sendable_until: Annotated[
        int, described("The deadline for sending it: the last cut-off of the fifth banking day.", **TIME)
    ]
    settled_on: Annotated[date | None, described("The day on which the bank booked it; null until then.")]
    status: Annotated[
        str,
        described(
            "The status: `requested` until the bank has booked it, then `settled`. `returned` if the receiving "
            "bank returned it, `missed` if it wasn't sent in time or no statement booked it: in both cases the "
            "money is in the account's balance again. `superseded` if it wasn't sent, because the debit was "
            "already returned or was rejected.",
            enum=[status.value for status in ReversalStatus],
        ),
    ]
    topup: Annotated[str, described("The top-up whose debit it reverses.", **TEXT)]
    trace: Annotated[str | None, described("Its trace number.", **TEXT)]


def reversal_json(found: Reversal) -> bytes:
    """Return the compact JSON of a reversal."""
    return encode(
        ReversalObject(
            id=found.id,
            account=found.owner,
            amount=found.amount,
            created=found.requested_ms // 1000,
            created_by=found.requested_by,
            credited=found.is_credited,
            debit_settled_on=found.debited_on,
            entry_number=found.number,
            entry_trace=found.original_trace,
            file=found.file,
            leaves=found.leaves_ms // 1000,
            livemode=found.scope.livemode,
            originator=found.originator,
            reason=found.reason,
            return_code=found.return_code,
            sendable_until=found.sendable_until_ms // 1000,
            settled_on=found.settled_on,
            status=found.status,
            topup=found.topup,
            trace=found.trace,
        )
    )
