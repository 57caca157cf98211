"""The wire format of refunds of top-ups. Ours, with the fields of the vendor's Refund where it has them."""

from datetime import date
from typing import Annotated

import msgspec

from brim.api.framework.schema import CURRENCY, LIVEMODE, METADATA, TEXT, TIME, constant, described, identifier
from brim.base.json_codec import encode
from brim.core.rails.ach import returnable_until
from brim.core.rails.ach.nacha import RETURN_CODES
from brim.core.refunds import CURRENCY as USD
from brim.core.refunds import FailureReason, Refund, RefundStatus
from brim.core.topups import MAX_DESCRIPTION

_UNAUTHORIZED = "R10"


class RefundObject(msgspec.Struct, frozen=True, kw_only=True):
    """A refund of a top-up, and its outcome. `file` and `trace` are null until it is in a file."""

    id: Annotated[str, identifier("rfnd", "refund")]
    object: Annotated[str, constant("brim.refund")] = "brim.refund"
    account: Annotated[str, described("The account of the top-up, whose balance funds the refund.", **TEXT)]
    amount: Annotated[int, described("How much is refunded, in cents.", minimum=1)]
    balance_transaction: Annotated[str, described("The balance transaction that debited the money.", **TEXT)]
    canceled_by: Annotated[str | None, described("Who canceled it.", **TEXT)]
    created: Annotated[int, described("When it was requested.", **TIME)]
    created_by: Annotated[str, described("Who requested it.", **TEXT)]
    currency: Annotated[str, CURRENCY]
    debit_returnable_until: Annotated[
        date,
        described("The last day on which the customer can have the debit returned as unauthorized, and be paid twice."),
    ]
    debit_settled_on: Annotated[date, described("The day on which the debit settled.")]
    description: Annotated[str | None, described("An arbitrary string.", maxLength=MAX_DESCRIPTION)]
    failure_balance_transaction: Annotated[
        str | None,
        described(
            "The balance transaction that credited the money again, if the refund failed or was canceled.", **TEXT
        ),
    ]
    failure_reason: Annotated[
        str | None,
        described(
            "Why it failed: `declined` if the receiving bank returned it, `charge_for_pending_refund_disputed` "
            "if the debit was returned or rejected before the refund was sent, `unknown` if its entry couldn't "
            "be put into a file or no statement booked it.",
            enum=[*(reason.value for reason in FailureReason), None],
        ),
    ]
    file: Annotated[str | None, described("The ACH file that it is in.", **TEXT)]
    last4: Annotated[str | None, described("The last digits of the bank account that it was sent to.", **TEXT)]
    leaves: Annotated[int, described("The cut-off by which it is sent, in a file of its own if necessary.", **TIME)]
    livemode: Annotated[bool, LIVEMODE]
    metadata: Annotated[dict[str, str], METADATA]
    originator: Annotated[str, described("The originator that sends it.", **TEXT)]
    return_code: Annotated[
        str | None,
        described("The network's code if it was returned, such as `R02`.", enum=[*sorted(RETURN_CODES), None]),
    ]
    settled_on: Annotated[date | None, described("The day on which the bank booked it; null until then.")]
    status: Annotated[
        str,
        described(
            "The status: `pending` until the bank has booked it, then `succeeded`. If it is `failed` or "
            "`canceled`, the money is in the account's balance again. A succeeded refund fails if the receiving "
            "bank returns it.",
            enum=[status.value for status in RefundStatus],
        ),
    ]
    topup: Annotated[str, described("The top-up that is refunded.", **TEXT)]
    trace: Annotated[str | None, described("Its trace number.", **TEXT)]


def refund_json(found: Refund) -> bytes:
    """Return the compact JSON of a refund."""
    until = returnable_until(RETURN_CODES[_UNAUTHORIZED], found.debited_on)
    return encode(
        RefundObject(
            id=found.id,
            account=found.owner,
            amount=found.amount,
            balance_transaction=found.balance_transaction,
            canceled_by=found.canceled_by,
            created=found.requested_ms // 1000,
            created_by=found.requested_by,
            currency=USD,
            debit_returnable_until=until or found.debited_on,
            debit_settled_on=found.debited_on,
            description=found.description,
            failure_balance_transaction=found.failure_balance_transaction,
            failure_reason=found.failure_reason,
            file=found.file,
            last4=found.last4,
            leaves=found.leaves_ms // 1000,
            livemode=found.scope.livemode,
            metadata=dict(sorted(found.metadata.items())),
            originator=found.originator,
            return_code=found.return_code,
            settled_on=found.settled_on,
            status=found.status,
            topup=found.topup,
            trace=found.trace,
        )
    )
