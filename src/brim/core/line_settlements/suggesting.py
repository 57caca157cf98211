"""What an open line may be, with reasons: for a person to choose from. Nothing is ever chosen by itself."""

from typing import Final

import msgspec

from brim.base.scope import AccountScope
from brim.core.line_settlements import store
from brim.core.line_settlements.rules import Part, PartKind
from brim.core.reconciliation import LineStatus, ShownLine, fetch_lines
from brim.platform.database import Database

_FEE_WORDS: Final = ("fee", "charge", "interest", "gebühr", "entgelt", "zinsen")
_FEE_CODES: Final = frozenset({"698", "699", "661", "398", "354", "NCHG", "FCHG", "CHRG"})
"""BAI2: 698 and 699 miscellaneous fees and debits, 661 account analysis fee, 398 miscellaneous fee refund, 354 interest
credit. SWIFT: CHG, charges and other expenses."""
_CLOSE_DAYS: Final = 5
_MOST: Final = 5


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What a line may be: the other lines and the parts of a settlement, why, and how much speaks for it (1 to 100)."""

    lines: tuple[str, ...]
    parts: tuple[Part, ...]
    reason: str
    score: int


async def suggest(database: Database, scope: AccountScope, line: ShownLine) -> list[Suggestion]:
    """Return what an open line may be, the likeliest first; nothing for one that is not open."""
    if line.status is not LineStatus.OPEN:
        return []
    amount = line.unposted
    async with database.connection() as conn:
        others = await store.open_lines_of_amount(conn, scope, -amount, line.currency)
        found = await fetch_lines(conn, scope, [each.line for each in others])
        before = await store.settled_before(conn, scope, type_code=line.type_code, description=line.description)
    suggestions = [
        _made_up(line, other)
        for other in found.values()
        if other.bank_account == line.bank_account and other.status is LineStatus.OPEN
    ]
    suggestions += [
        Suggestion(
            lines=(line.id,),
            parts=(Part(kind=kind, amount=amount),),
            reason=f"Lines of the same type and text were posted to {kind} before ({times}).",
            score=min(60 + 5 * times, 90),
        )
        for kind, times in before.items()
    ]
    if PartKind.FEES not in before and _reads_like_a_fee(line):
        suggestions.append(
            Suggestion(
                lines=(line.id,),
                parts=(Part(kind=PartKind.FEES, amount=amount),),
                reason="Its description or type code indicates a bank charge.",
                score=50,
            )
        )
    return sorted(suggestions, key=lambda each: (-each.score, each.lines))[:_MOST]


def _made_up(line: ShownLine, other: ShownLine) -> Suggestion:
    """Return that two lines make up for each other, as a payment and its return do."""
    days = abs((line.booked_on - other.booked_on).days)
    reasons = [
        f"an open line of the same amount takes it {'back' if other.amount < 0 else 'up'}, booked {_apart(days)}"
    ]
    score = 40 + (20 if days <= _CLOSE_DAYS else 0)
    if line.reference and line.reference == other.reference:
        reasons.append("with the same reference")
        score += 30
    elif line.description and line.description == other.description:
        reasons.append("with the same text")
        score += 15
    text = ", ".join(reasons)
    return Suggestion(lines=(line.id, other.id), parts=(), reason=f"{text[0].upper()}{text[1:]}.", score=score)


def _apart(days: int) -> str:
    return "on the same day" if not days else f"{days} {'day' if days == 1 else 'days'} apart"


def _reads_like_a_fee(line: ShownLine) -> bool:
    words = line.description.casefold()
    return line.type_code in _FEE_CODES or any(word in words for word in _FEE_WORDS)
