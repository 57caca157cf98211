"""Micro-deposits: their amounts, their entries, what may leave together, and how many there may be.

Source: Nacha's rule on micro-entries: credits of less than one dollar, and debits whose sum does not exceed theirs,
under the entry description `ACCTVERIFY`, sent so that they settle together; their forward and return volumes are
monitored against fraud.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

import msgspec

from brim.base.errors import BrimError
from brim.core.bank_accounts import Guess
from brim.core.direct_debits.prenote_rules import Prenote, PrenoteStatus
from brim.core.direct_debits.rules import CHECKING_CREDIT, CHECKING_DEBIT, SAVINGS_CREDIT, SAVINGS_DEBIT, Entry
from brim.core.funding import MicrodepositsNotSentError, MicrodepositsTimedOutError, TooManyAttemptsError
from brim.core.rails.ach import OriginatorProfile, SecCode

MICRODEPOSIT_DESCRIPTION: Final = "ACCTVERIFY"
"""The entry description of micro-entries. Source: Nacha's rule on micro-entries."""
CREDITS: Final = (1, 2)
DEBIT: Final = 3
"""The numbers of a set's entries."""
CREDIT_CODES: Final = (CHECKING_CREDIT, SAVINGS_CREDIT)
DEBIT_CODES: Final = (CHECKING_DEBIT, SAVINGS_DEBIT)
MOST_CENTS: Final = 99
STATED_WITHIN_DAYS: Final = 10
"""Days from the arrival of micro-deposits within which their amounts are stated, as long as Stripe lets a customer."""
COUNTED_DAYS: Final = 30
"""Days within which micro-deposits to one account number, and those that came back, are counted."""
LEAST_COUNTED: Final = 20
"""How many there have to be before the share of those that came back says anything."""
EXPIRED: Final = "The amounts weren't confirmed in time."
TOO_MANY_ATTEMPTS: Final = "Wrong amounts were entered too often."
_DAY_MS: Final = 24 * 60 * 60 * 1000
_DIGITS: Final = 2

Draw: TypeAlias = Callable[[], tuple[int, int]]
Amounts: TypeAlias = tuple[int, int]


class Limit(StrEnum):
    """A limit on micro-deposits, by what it counts."""

    BANK_ACCOUNT = "bank_account"
    """Those to one account number, in thirty days."""
    ACCOUNT = "account"
    """Those of one account, in a day."""
    DAY = "day"
    """Those of all accounts of a platform, in a day."""
    RETURNS = "returns"
    """The share of a platform's that came back, in thirty days."""


class MicrodepositsOffError(BrimError):
    """The originator doesn't send micro-deposits."""

    def __init__(self) -> None:
        super().__init__(
            "The originator doesn't send micro-deposits. Set microdeposits in its profile, or verify the "
            "bank account with a prenote."
        )


class MicrodepositLimitError(BrimError):
    """A micro-deposit limit of the originator's profile is reached."""

    def __init__(self, limit: Limit) -> None:
        reason = {
            Limit.BANK_ACCOUNT: f"this bank account has reached its limit for {COUNTED_DAYS} days",
            Limit.ACCOUNT: "the account has reached its limit for today",
            Limit.DAY: "the limit for today is reached",
            Limit.RETURNS: f"too many of the last {COUNTED_DAYS} days were returned",
        }[limit]
        super().__init__(f"No micro-deposits can be sent now: {reason}.")
        self.limit = limit


class MicrodepositCounts(NamedTuple):
    """How many sets of micro-deposits there were: by limit, and of all in thirty days, how many came back."""

    bank_account: int
    account: int
    day: int
    sent: int
    returned: int


def draw_amounts() -> Amounts:
    """Return two different amounts in cents that nobody can foretell."""
    first, second = secrets.SystemRandom().sample(range(1, MOST_CENTS + 1), 2)
    return first, second


def encode_amounts(amounts: Amounts) -> bytes:
    """Return amounts as they are sealed: always as many bytes, so that the length says nothing."""
    return "".join(f"{amount:0{_DIGITS}}" for amount in amounts).encode()


def decode_amounts(content: bytes) -> Amounts:
    """Return what `encode_amounts` was given."""
    return int(content[:_DIGITS]), int(content[_DIGITS:])


def amount_of(entry: Entry, amounts: Amounts) -> int:
    """Return the amount of one entry of a set: the debit takes back exactly what the credits bring."""
    return sum(amounts) if entry.number == DEBIT else amounts[entry.number - 1]


def number_of(amount: int, amounts: Amounts, *, is_debit: bool) -> int | None:
    """Return which entry of a set has an amount; None where none has."""
    if is_debit:
        return DEBIT if amount == sum(amounts) else None
    return next((number for number in CREDITS if amounts[number - 1] == amount), None)


def class_of(sec_code: str, *, is_debit: bool) -> str:
    """Return the standard entry class of an entry of a set whose holder has authorized debits under a class.

    Consumers are credited under PPD however they have agreed, since WEB credits are from one person to another.
    """
    return sec_code if is_debit or sec_code == SecCode.CCD else SecCode.PPD


def judge(amounts: Amounts, stated: Amounts | None) -> Guess:
    """Return what stated amounts, in any order, are worth; None are stated where a code was, and there is none."""
    return Guess.RIGHT if stated is not None and sorted(stated) == sorted(amounts) else Guess.WRONG


def expires_ms(microdeposits: Prenote) -> int:
    """Return until when the amounts of micro-deposits can be stated."""
    return microdeposits.expected_ms + STATED_WITHIN_DAYS * _DAY_MS


def check_pending(sent: Prenote, funding_id: str) -> None:
    """Let the newest micro-deposits to a bank account pass whose amounts may be stated.

    Raises:
        MicrodepositsTimedOutError: they were not stated in time.
        TooManyAttemptsError: they were stated wrong for the last time.
        MicrodepositsNotSentError: they came back, or never left.
    """
    if sent.status is PrenoteStatus.PENDING:
        return
    if sent.reason == EXPIRED:
        raise MicrodepositsTimedOutError(funding_id)
    if sent.reason == TOO_MANY_ATTEMPTS:
        raise TooManyAttemptsError(funding_id)
    came_back = f"they came back with {sent.return_code}"
    raise MicrodepositsNotSentError(funding_id, reason=came_back if sent.return_code else "they were not sent")


def counted_since_ms(now_ms: int) -> int:
    """Return from when micro-deposits are counted."""
    return now_ms - COUNTED_DAYS * _DAY_MS


def is_at_return_limit(profile: OriginatorProfile, counts: MicrodepositCounts) -> bool:
    """Tell whether too many micro-deposits came back."""
    return counts.sent >= LEAST_COUNTED and counts.returned * 100 >= profile.microdeposit_return_percent * counts.sent


def check_limits(profile: OriginatorProfile, before: MicrodepositCounts) -> list[Limit]:
    """Return which limits one more set of micro-deposits reaches.

    Raises:
        MicrodepositLimitError: one is reached already.
    """
    limits = {
        Limit.BANK_ACCOUNT: (before.bank_account, profile.microdeposits_per_bank_account),
        Limit.ACCOUNT: (before.account, profile.microdeposits_per_account_day),
        Limit.DAY: (before.day, profile.microdeposits_per_day),
    }
    for limit, (count, most) in limits.items():
        if count >= most:
            raise MicrodepositLimitError(limit)
    if is_at_return_limit(profile, before):
        raise MicrodepositLimitError(Limit.RETURNS)
    return [limit for limit, (count, most) in limits.items() if count + 1 == most]


class Leaving(msgspec.Struct, frozen=True):
    """What becomes of queued micro-deposits when a file is made: `alone` are debits that must not leave any more."""

    entries: list[Entry]
    alone: list[Entry]


def leaving(taken: Sequence[Entry], waiting: Mapping[str, Collection[int]]) -> Leaving:
    """Return what of the entries that a file could take may leave in it: of a set, all that waits, or nothing.

    A debit whose credits do not wait with it takes nobody's money: they have left without it, or were never sent.

    Args:
        taken: entries of all kinds, in their order.
        waiting: the numbers of each set's entries that are queued.
    """
    present: dict[str, set[int]] = {}
    for entry in taken:
        if entry.is_microdeposit:
            present.setdefault(entry.topup, set()).add(entry.number)
    whole = {each for each, numbers in present.items() if numbers == set(waiting.get(each, ()))}
    alone = {each for each in whole if present[each] == {DEBIT}}
    return Leaving(
        entries=[entry for entry in taken if not entry.is_microdeposit or entry.topup in whole - alone],
        alone=[entry for entry in taken if entry.topup in alone],
    )


def batch_kind(entry: Entry) -> int:
    """Return what tells the batches of one class in a file: 0 for debits, 1 for retries, then micro-deposits."""
    if entry.is_microdeposit:
        return 2 if entry.is_credit else 3
    return int(entry.retry > 0)


def signed_total(entries: Iterable[Entry]) -> int:
    """Return what entries bring to the originator's account, negative for what they take from it."""
    return sum(-entry.amount if entry.is_credit else entry.amount for entry in entries)
