"""How what needs attention is written for clients. Ours, in the wire's manner."""

from typing import Annotated

import msgspec

from brim.api.framework.schema import CURRENCY, LIVEMODE, TEXT, constant, described
from brim.base.json_codec import encode
from brim.core.attention import Matter, MatterKind


class AttentionAmountObject(msgspec.Struct, frozen=True, kw_only=True):
    """A total in one currency."""

    amount: Annotated[int, described("The total of what was counted, in minor units.")]
    currency: Annotated[str, CURRENCY]


class AttentionItemObject(msgspec.Struct, frozen=True, kw_only=True):
    """Something that needs attention. Brim only."""

    object: Annotated[str, constant("brim.attention_item")] = "brim.attention_item"
    account: Annotated[str, described("The account whose pages show it.", **TEXT)]
    amounts: Annotated[list[AttentionAmountObject], described("Totals by currency, if the items have amounts.")]
    count: Annotated[int, described("How many there are, counted up to 100.", minimum=1)]
    detail: Annotated[str, described("What it means, as text to show to people.", **TEXT)]
    is_complete: Annotated[bool, described("Whether `count` is all of them; otherwise there are more.")]
    kind: Annotated[str, described("The kind of item.", enum=[kind.value for kind in MatterKind])]
    livemode: Annotated[bool, LIVEMODE]
    page: Annotated[
        str, described("The path and query of the dashboard page that shows exactly what is counted.", **TEXT)
    ]
    severity: Annotated[
        str,
        described(
            "`critical` if something is wrong, `warning` if someone has to act.",
            enum=["critical", "warning"],
        ),
    ]
    title: Annotated[str, described("A title to show to people.", **TEXT)]


def attention_json(matter: Matter) -> bytes:
    """Return the compact JSON of a matter."""
    return encode(
        AttentionItemObject(
            account=matter.account,
            amounts=[AttentionAmountObject(amount=amount, currency=currency) for currency, amount in matter.amounts],
            count=matter.count,
            detail=matter.detail,
            is_complete=matter.is_complete,
            kind=matter.kind,
            livemode=matter.livemode,
            page=matter.target,
            severity="critical" if matter.is_bad else "warning",
            title=matter.title,
        )
    )
