"""What a capability brings to a verification: checks, each of what must hold in one range of keys after another."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any, ClassVar, Final, TypeAlias

import msgspec

from brim.base.scope import AccountScope
from brim.core.verification.rules import Difference
from brim.core.verification.walk import Range, Walk
from brim.platform.database import Conn

WHOLE_TABLE_TIMEOUT_S: Final = 3600.0
"""How long a statement may take that reads whole tables to name what is wrong: nobody waits for it but a person."""

Ranges: TypeAlias = Callable[[Walk], AsyncIterator[Range]]
"""Walks along a table once more, for a check that has found that something is wrong and looks for what."""

Rows: TypeAlias = Sequence[tuple[Any, ...]]
"""Rows of a small table that a statement joins, such as what each status calls for; there is at least one."""


class Check:
    """Something that must hold, checked over the ranges of one walk.

    A check belongs to one verification, so it may carry sums from range to range.
    """

    walk: ClassVar[Walk]
    is_of_one_moment: ClassVar[bool] = False
    """Whether it adds up over ranges, so that all of them have to be read in one snapshot."""

    async def begin(self, conn: Conn) -> None:
        """Read what the check needs before the walk."""

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:
        """Return what does not hold in a range, at most `limit` differences."""
        raise NotImplementedError

    async def conclude(self, conn: Conn, ranges: Ranges, *, limit: int) -> list[Difference]:  # noqa: ARG002  most checks have nothing to add
        """Return what does not hold of all ranges together."""
        return []


class Sum(msgspec.Struct, frozen=True):
    """Minor units of one currency that some rows of an account add up to."""

    scope: AccountScope
    currency: str
    total: int


def differences(records: Iterable[Any]) -> list[Difference]:
    """Return the rows of a statement that finds differences: account, livemode, row_name, expected, found."""
    return [
        Difference(
            scope=AccountScope(record["account"], record["livemode"]),
            row=record["row_name"],
            expected=record["expected"] or None,
            found=record["found"] or None,
        )
        for record in records
    ]


def arrays(rows: Rows) -> Iterable[list[Any]]:
    """Return the rows of a small table as one array for each column."""
    return map(list, zip(*rows, strict=True))
