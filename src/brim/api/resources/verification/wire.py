"""How a verification of the books is written for clients. Ours, in the wire's manner."""

from typing import Final

import msgspec

from brim.base.json_codec import encode
from brim.core.verification import VerificationRun


class DifferenceObject(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is not what it should be; null where there is nothing, or should be nothing."""

    account: str
    expected: str | None
    found: str | None
    livemode: bool
    row: str


class VerificationRunObject(msgspec.Struct, frozen=True, kw_only=True):
    """The latest verification of the books; ours, in the wire's manner. Before the first one most of it is null."""

    id: str | None
    object: str = "brim.verification"
    created: int | None
    differences: list[DifferenceObject]
    duration_ms: int | None
    heads: int | None
    sealed: int | None
    status: str
    transfers: int | None
    unsealed: int | None


NO_VERIFICATION: Final = VerificationRunObject(
    id=None,
    created=None,
    differences=[],
    duration_ms=None,
    heads=None,
    sealed=None,
    status="none_yet",
    transfers=None,
    unsealed=None,
)
"""What is said before the first verification."""


def verification_json(run: VerificationRun | None) -> bytes:
    """Return a verification's compact JSON; that of none yet, where there is none."""
    if run is None:
        return encode(NO_VERIFICATION)
    differences = [
        DifferenceObject(
            account=difference.scope.account,
            expected=difference.expected,
            found=difference.found,
            livemode=difference.scope.livemode,
            row=difference.row,
        )
        for difference in run.differences
    ]
    return encode(
        VerificationRunObject(
            id=run.id,
            created=run.began_ms // 1000,
            differences=differences,
            duration_ms=run.ended_ms - run.began_ms,
            heads=run.heads,
            sealed=run.sealed,
            status="differ" if differences else "agree",
            transfers=run.entries,
            unsealed=run.unsealed,
        )
    )
