"""How legal holds are written for clients. Ours, in the wire's manner."""

from typing import Annotated

import msgspec

from brim.api.framework.schema import TEXT, TIME, constant, described, identifier
from brim.base.json_codec import encode
from brim.core.legal_holds import HoldKind, LegalHold


class LegalHoldObject(msgspec.Struct, frozen=True, kw_only=True):
    """A legal hold: while it is in force, nothing that it covers is pruned or erased, in either mode."""

    id: Annotated[str, identifier("lh", "hold")]
    object: Annotated[str, constant("brim.legal_hold")] = "brim.legal_hold"
    account: Annotated[str | None, described("The account or the platform; null for the installation.", **TEXT)]
    covers: Annotated[str, described("What is on hold.", enum=[kind.value for kind in HoldKind])]
    created: Annotated[int, described("When it was placed.", **TIME)]
    created_by: Annotated[str, described("Who placed it.", **TEXT)]
    lifted: Annotated[int | None, described("When it was lifted; null while it is in force.", **TIME)]
    lifted_by: Annotated[str | None, described("Who lifted it.", **TEXT)]
    reason: Annotated[str, described("Why it was placed.", **TEXT)]
    reference: Annotated[str | None, described("A reference, such as a case number.", **TEXT)]
    status: Annotated[str, described("Whether it is in force.", enum=["in_force", "lifted"])]


def hold_json(hold: LegalHold) -> bytes:
    """Return a hold's compact JSON."""
    return encode(
        LegalHoldObject(
            id=hold.id,
            account=hold.account or None,
            covers=hold.kind.value,
            created=hold.placed_ms // 1000,
            created_by=hold.placed_by,
            lifted=None if hold.lifted_ms is None else hold.lifted_ms // 1000,
            lifted_by=hold.lifted_by,
            reason=hold.reason,
            reference=hold.reference,
            status="in_force" if hold.lifted_ms is None else "lifted",
        )
    )
