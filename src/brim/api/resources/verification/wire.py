"""How a verification of the books is written for clients. Ours, in the wire's manner."""

from typing import Annotated, Final

import msgspec

from brim.api.framework.schema import LIVEMODE, TEXT, TIME, constant, described
from brim.base.json_codec import encode
from brim.core.verification import VerificationRun


class DifferenceObject(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is not what it should be; null where there is nothing, or should be nothing."""

    account: Annotated[str, described("Whose row it is.", **TEXT)]
    expected: Annotated[str | None, described("What it should be; null when it should not be there.")]
    found: Annotated[str | None, described("What it is; null when it is not there.")]
    livemode: Annotated[bool, LIVEMODE]
    row: Annotated[str, described("The table and what names the row in it.")]


class VerificationRunObject(msgspec.Struct, frozen=True, kw_only=True):
    """The latest verification of the books; ours, in the wire's manner. Before the first one most of it is null."""

    id: Annotated[str | None, described("Which verification it is; null before the first.", **TEXT)]
    object: Annotated[str, constant("brim.verification")] = "brim.verification"
    created: Annotated[int | None, described("When it began.", **TIME)]
    differences: Annotated[
        list[DifferenceObject], described("What does not agree, first things first; at most the first few are named.")
    ]
    duration_ms: Annotated[int | None, described("How long it took, in milliseconds.", minimum=0)]
    heads: Annotated[
        int | None, described("How many hash chains there are; null when they were not followed.", minimum=0)
    ]
    sealed: Annotated[
        int | None, described("How many transfers are sealed; null when the chains were not followed.", minimum=0)
    ]
    status: Annotated[str, described("Whether everything agrees.", enum=["agree", "differ", "none_yet"])]
    transfers: Annotated[int | None, described("How many transfers there are; null when not followed.", minimum=0)]
    unsealed: Annotated[
        int | None, described("How many transfers wait for their seal; null when not followed.", minimum=0)
    ]


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
