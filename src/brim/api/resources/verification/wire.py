"""How a verification of the books is written for clients. Ours, in the wire's manner."""

from typing import Annotated, Final

import msgspec

from brim.api.framework.schema import LIVEMODE, TEXT, TIME, constant, described
from brim.base.json_codec import encode
from brim.core.ledger import Head
from brim.core.verification import PastRun, RunStatus, RunWarning, VerificationRun


class DifferenceObject(msgspec.Struct, frozen=True, kw_only=True):
    """A row that differs from what it should be."""

    account: Annotated[str, described("The account that the row belongs to.", **TEXT)]
    expected: Annotated[str | None, described("What it should be; null if the row shouldn't exist.")]
    found: Annotated[str | None, described("What it is; null if the row is missing.")]
    livemode: Annotated[bool, LIVEMODE]
    row: Annotated[str, described("The table, and the key of the row.")]


class VerificationTotalObject(msgspec.Struct, frozen=True, kw_only=True):
    """The total of all balances in a currency and mode."""

    accounts: Annotated[int, described("How many accounts have a balance in it.", minimum=0)]
    available: Annotated[int, described("The sum of their available balances, in the smallest currency unit.")]
    currency: Annotated[str, described("The currency.", **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    reserved: Annotated[int, described("The sum of their reserved balances, in the smallest currency unit.")]


class VerificationRunObject(msgspec.Struct, frozen=True, kw_only=True):
    """A verification of the books. Before the first one, most attributes are null. Brim only."""

    id: Annotated[str | None, described("Unique identifier of the verification; null before the first.", **TEXT)]
    object: Annotated[str, constant("brim.verification")] = "brim.verification"
    asked_by: Annotated[str | None, described("Who requested it; null if it ran on schedule.", **TEXT)]
    checked: Annotated[
        dict[str, int] | None, described("How many rows of each table were read; null if that isn't known.")
    ]
    created: Annotated[int | None, described("When it began, or was requested.", **TIME)]
    differences: Annotated[list[DifferenceObject], described("The differences found; only the first are listed.")]
    duration_ms: Annotated[int | None, described("How long the attempt took, in milliseconds.", minimum=0)]
    heads: Annotated[int | None, described("The number of hash chains; null if they weren't checked.", minimum=0)]
    sealed: Annotated[
        int | None, described("The number of sealed journal entries; null if the chains weren't checked.", minimum=0)
    ]
    status: Annotated[
        str,
        described(
            "Whether everything that was checked agrees. `waiting`, `running` and `interrupted` have no result.",
            enum=[*sorted(status.value for status in RunStatus), "none_yet"],
        ),
    ]
    totals: Annotated[
        list[VerificationTotalObject], described("The totals of all balances, by mode and currency; empty if unknown.")
    ]
    transfers: Annotated[
        int | None, described("The number of journal entries; null if the chains weren't checked.", minimum=0)
    ]
    unsealed: Annotated[
        int | None,
        described(
            "The number of journal entries that aren't sealed yet; null if the chains weren't checked.", minimum=0
        ),
    ]
    warnings: Annotated[
        list[str],
        described(
            "What limits the result: `nothing_checked` (there are no rows), `chain_not_checked`, "
            "`stopped_early` (after 20 differences), `unsealed_entries` (not yet in a chain), `coverage_unknown`, "
            "`outdated` (no result for several intervals).",
            items={"type": "string", "enum": sorted(warning.value for warning in RunWarning)},
        ),
    ]


class ChainHeadObject(msgspec.Struct, frozen=True, kw_only=True):
    """The head of an account's hash chain. A copy kept elsewhere proves that nothing before it was changed."""

    object: Annotated[str, constant("brim.chain_head")] = "brim.chain_head"
    account: Annotated[str, described("The account that the chain belongs to.", **TEXT)]
    hash: Annotated[str, described("The hash of the last seal, in hexadecimal.", **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    position: Annotated[int, described("The position of the last seal.", minimum=0)]


NO_VERIFICATION: Final = VerificationRunObject(
    id=None,
    asked_by=None,
    checked=None,
    created=None,
    differences=[],
    duration_ms=None,
    heads=None,
    sealed=None,
    status="none_yet",
    totals=[],
    transfers=None,
    unsealed=None,
    warnings=["nothing_checked"],
)
"""What is said before the first verification."""


def past_run_json(past: PastRun) -> bytes:
    """Return a verification's compact JSON, also of one that has no result."""
    if past.run is not None:
        return verification_json(past.run)
    return encode(
        msgspec.structs.replace(
            NO_VERIFICATION,
            id=past.id,
            asked_by=past.asked_by,
            created=past.began_ms // 1000,
            status=past.status,
            warnings=[],
        )
    )


def head_json(head: Head) -> bytes:
    """Return where a chain ends as compact JSON."""
    return encode(
        ChainHeadObject(
            account=head.scope.account, hash=head.hash.hex(), livemode=head.scope.livemode, position=head.position
        )
    )


def verification_json(run: VerificationRun | None, *, is_outdated: bool = False) -> bytes:
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
            asked_by=run.asked_by,
            checked=run.covered.rows if run.covered else None,
            created=run.began_ms // 1000,
            differences=differences,
            duration_ms=run.ended_ms - run.began_ms,
            heads=run.heads,
            sealed=run.sealed,
            status="differ" if differences else "agree",
            totals=[
                VerificationTotalObject(
                    accounts=total.accounts,
                    available=total.available,
                    currency=total.currency,
                    livemode=total.livemode,
                    reserved=total.reserved,
                )
                for total in run.totals or ()
            ],
            transfers=run.entries,
            unsealed=run.unsealed,
            warnings=[*run.warnings, *([RunWarning.OUTDATED] if is_outdated else ())],
        )
    )
