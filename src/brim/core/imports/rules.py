"""What a top-up of another service is in these books, and how the two are compared."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, TypeAlias, TypeVar

import msgspec

from brim.base import json_codec
from brim.base.currency import CURRENCIES, MAX_AMOUNT
from brim.base.errors import BrimError
from brim.base.ids import ALPHABET, BODY_CHARS, TIME_CHARS, created_of, encode_time
from brim.base.metadata import MAX_KEYS
from brim.base.scope import AccountScope
from brim.core.ledger import BalanceTransaction, BalanceTransactionType
from brim.core.topups import IMPORT_RAIL, History, Status, Topup

Read = TypeVar("Read")
Seconds: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=100_000_000_000)]
"""A Unix second that ids can say: up to the year 5138."""
Amount: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
"""An amount that columns can hold."""

ID_KEY: Final = "import_id"
TRANSACTION_KEY: Final = "import_balance_transaction"
REVERSAL_KEY: Final = "import_reversal"
"""Where the metadata keep the ids of the source, of a top-up whose ids cannot be kept."""

IMPORTED_TYPES: Final = frozenset(BalanceTransactionType)
_STATUSES: Final = {status.value: status for status in Status}
_ENDED: Final = frozenset(Status) - {Status.PENDING}
_REVISED: Final = frozenset(
    {"status", "failure_code", "failure_message", "expected_availability_date", "description", "metadata"}
)
"""What may change of a top-up that was imported before."""
_COMPARED: Final = (
    "amount",
    "currency",
    "created",
    "status",
    "balance_transaction",
    "description",
    "expected_availability_date",
    "failure_code",
    "failure_message",
    "metadata",
    "payment_method",
    "payment_method_network",
    "statement_descriptor",
    "transfer_group",
)
"""What is the same of a top-up at its source and here. Its source object is compared only where it was imported: of its
own top-ups Brim keeps less."""


class UnreadableSourceError(BrimError):
    """What the source answers is not what its API documents."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"The source's {what} cannot be read: {reason}.")


class RefusedTopupError(BrimError):
    """A top-up cannot be taken over as it is; the sentence is shown beside its id."""


class SourceTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """A balance transaction of the source; `source` is the id of what it is about, or that in full."""

    id: str
    amount: Amount
    available_on: Seconds
    created: Seconds
    currency: str
    description: str | None = None
    fee: Amount
    net: Amount
    source: str | dict[str, Any] | None = None
    type: str


class SourceTopup(msgspec.Struct, frozen=True, kw_only=True):
    """A top-up of the source, with its balance transaction in full."""

    id: str
    amount: Amount
    balance_transaction: SourceTransaction | str | None = None
    created: Seconds
    currency: str
    description: str | None = None
    expected_availability_date: Seconds | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    livemode: bool
    metadata: dict[str, str] = {}
    payment_method: str | None = None
    payment_method_options: dict[str, dict[str, Any]] | None = None
    source: dict[str, Any] | None = None
    statement_descriptor: str | None = None
    status: str
    transfer_group: str | None = None


class Difference(msgspec.Struct, frozen=True):
    """Something that is not here what it is at the source; `id` is the source's."""

    id: str
    what: str

    def __str__(self) -> str:
        return f"{self.id}: {self.what}"


class Tally(msgspec.Struct):
    """How many, and of how much in minor units."""

    count: int = 0
    amount: int = 0

    def add(self, amount: int) -> None:
        """Count one more."""
        self.count += 1
        self.amount += amount


class CurrencyBalance(msgspec.Struct, kw_only=True):
    """How the balances of one currency differ, in minor units, and why.

    `source` and `here` are the balances; `by_type` is what balance transactions of the source add up to, and `matched`
    what of those that are imported is here.
    """

    source: int = 0
    here: int = 0
    by_type: Counter[str]
    matched: int = 0

    @property
    def difference(self) -> int:
        """What the source has more than Brim."""
        return self.source - self.here

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Return what makes up the difference, in words and minor units; the parts add up to it."""
        imported = sum(self.by_type[kind] for kind in IMPORTED_TYPES)
        parts = [
            ("top-ups and reversals that are not in Brim as they are there", imported - self.matched),
            *((f"{kind}, which Brim does not import", self.by_type[kind]) for kind in sorted(self._other_types)),
            ("what the source's balance has beyond its balance transactions", self.source - self.by_type.total()),
            ("what Brim has that is not from the source", self.matched - self.here),
        ]
        return [(words, amount) for words, amount in parts if amount]

    @property
    def _other_types(self) -> set[str]:
        return set(self.by_type) - IMPORTED_TYPES


class ImportReport(msgspec.Struct, kw_only=True):
    """What came of an import: tallies by currency and status, at the source and here."""

    scope: AccountScope
    new: int = 0
    changed: int = 0
    renamed: int = 0
    source: dict[tuple[str, str], Tally] = {}
    here: dict[tuple[str, str], Tally] = {}
    differences: list[Difference] = []
    balances: dict[str, CurrencyBalance] = {}

    def tally(self, side: dict[tuple[str, str], Tally], currency: str, status: str, amount: int) -> None:
        """Count a top-up on one of the two sides."""
        side.setdefault((currency, status), Tally()).add(amount)

    def balance(self, currency: str) -> CurrencyBalance:
        """Return what is known of a currency."""
        return self.balances.setdefault(currency, CurrencyBalance(by_type=Counter()))

    @property
    def agrees(self) -> bool:
        """Whether nothing differs, pending top-ups aside."""
        return not self.differences and not any(each.difference for each in self.balances.values())


def read_topup(given: Any) -> SourceTopup:
    """Return a top-up as the source sent it.

    Raises:
        UnreadableSourceError: it is none.
    """
    return _read("top-up", given, SourceTopup)


def read_transaction(given: Any) -> SourceTransaction:
    """Return a balance transaction as the source sent it.

    Raises:
        UnreadableSourceError: it is none.
    """
    return _read("balance transaction", given, SourceTransaction)


def _read(what: str, given: Any, kind: type[Read]) -> Read:
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        name = given.get("id") if isinstance(given, Mapping) else None
        raise UnreadableSourceError(f"{what} {name}" if name else what, str(error)) from None


def has_ended(topup: SourceTopup) -> bool:
    """Tell whether a top-up is history; a pending one is collected, and may be canceled, where it was created.

    Raises:
        UnreadableSourceError: its status is none that is known.
    """
    if topup.status not in _STATUSES:
        raise UnreadableSourceError(f"top-up {topup.id}", f"its status is {topup.status!r}")
    return _STATUSES[topup.status] in _ENDED


def kept_id(prefix: str, source_id: str, created: int) -> str:
    """Return what an object of the source is called here: the same if its id sorts by when it was created.

    Lists are walked by id, so one that does not say when it was created would stand at the wrong end of them. Such an
    object gets an id made of its second and a hash of the other, the same in every run.
    """
    body = source_id.removeprefix(prefix)
    is_like_ours = source_id.startswith(prefix) and len(body) == BODY_CHARS and not set(body) - set(ALPHABET)
    if is_like_ours and created_of(source_id) == created:
        return source_id
    number = int.from_bytes(hashlib.sha256(source_id.encode()).digest())
    digits = []
    for _ in range(BODY_CHARS - TIME_CHARS):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return prefix + encode_time(created * 1000) + "".join(digits)


def history_of(scope: AccountScope, given: SourceTopup, reversal: SourceTransaction | None) -> History:
    """Return a top-up that has come to its end as it is to be here.

    Raises:
        RefusedTopupError: it cannot be taken over, and why.
    """
    status = _STATUSES[given.status]
    credit = given.balance_transaction
    _check(given, status, credit, reversal)
    names = {ID_KEY: (given.id, kept_id("tu_", given.id, given.created))}
    if isinstance(credit, SourceTransaction):
        names[TRANSACTION_KEY] = (credit.id, kept_id("txn_", credit.id, credit.created))
    if reversal is not None:
        names[REVERSAL_KEY] = (reversal.id, kept_id("txn_", reversal.id, reversal.created))
    metadata = given.metadata | {key: there for key, (there, here) in names.items() if there != here}
    if len(metadata) > MAX_KEYS:
        raise RefusedTopupError("its metadata have no room for the ids that it has at the source")
    topup_id = names[ID_KEY][1]
    topup = Topup(
        scope=scope,
        id=topup_id,
        amount=given.amount,
        currency=given.currency,
        created=given.created,
        status=status,
        balance_transaction=names[TRANSACTION_KEY][1] if TRANSACTION_KEY in names else None,
        description=given.description,
        expected_availability_date=given.expected_availability_date,
        failure_code=given.failure_code,
        failure_message=given.failure_message,
        metadata=metadata,
        payment_method=given.payment_method,
        payment_method_network=_network(given),
        source=str(given.source.get("id", "")) if given.source else None,
        source_details=json_codec.encode(given.source) if given.source else None,
        statement_descriptor=given.statement_descriptor,
        transfer_group=given.transfer_group,
        rail=IMPORT_RAIL,
    )
    return History(
        topup=topup,
        credit=transaction_of(scope, credit, topup_id) if isinstance(credit, SourceTransaction) else None,
        reversal=transaction_of(scope, reversal, topup_id) if reversal is not None else None,
    )


def transaction_of(scope: AccountScope, given: SourceTransaction, topup_id: str) -> BalanceTransaction:
    """Return a balance transaction of the source as it is to be here."""
    return BalanceTransaction(
        scope=scope,
        id=kept_id("txn_", given.id, given.created),
        amount=given.amount,
        available_on=given.available_on,
        created=given.created,
        currency=given.currency,
        description=given.description,
        fee=given.fee,
        net=given.net,
        source=topup_id,
        type=given.type,
    )


def _check(
    given: SourceTopup, status: Status, credit: SourceTransaction | str | None, reversal: SourceTransaction | None
) -> None:
    """Let a top-up pass that Brim's books can hold; what may differ here is what a Stripe account might have."""
    if not _is_storable(given):
        raise RefusedTopupError("it has a text with a character that a database cannot hold")
    if given.currency not in CURRENCIES or not 0 < given.amount <= MAX_AMOUNT:
        raise RefusedTopupError(f"Brim has no top-ups of {given.amount} {given.currency}")
    if given.payment_method is not None and given.source is not None:
        raise RefusedTopupError("it names a source and a payment method")
    if status is Status.FAILED and given.failure_code is None:
        raise RefusedTopupError("it failed without a failure_code")
    if status in {Status.SUCCEEDED, Status.CANCELED} and (given.failure_code or given.failure_message):
        raise RefusedTopupError(f"it is {status} and says why it failed")
    moved = status in {Status.SUCCEEDED, Status.REVERSED}
    if moved != isinstance(credit, SourceTransaction):
        raise RefusedTopupError(f"it is {status}, and its balance transaction is {'missing' if moved else 'there'}")
    if (status is Status.REVERSED) != (reversal is not None):
        raise RefusedTopupError("its balance transaction of type topup_reversal is missing")
    if isinstance(credit, SourceTransaction):
        _check_transaction(given, credit, BalanceTransactionType.TOPUP, given.amount)
    if reversal is not None:
        _check_transaction(given, reversal, BalanceTransactionType.TOPUP_REVERSAL, -given.amount)


def _is_storable(given: SourceTopup) -> bool:
    """Tell whether no text has a null character or half of a surrogate pair: JSON can have them, PostgreSQL cannot."""
    try:
        return b"\\u0000" not in json_codec.encode(given)
    except UnicodeEncodeError:
        return False


def _check_transaction(given: SourceTopup, shown: SourceTransaction, kind: str, amount: int) -> None:
    if shown.fee:
        raise RefusedTopupError(f"{shown.id} has a fee of {shown.fee}, and Brim's top-ups have none")
    if (shown.type, shown.amount, shown.net, shown.currency) != (kind, amount, amount, given.currency):
        is_what = f"{shown.type} of {shown.amount} {shown.currency}"
        raise RefusedTopupError(f"{shown.id} is a {is_what}, not a {kind} of {amount} {given.currency}")


def _network(given: SourceTopup) -> str | None:
    options = (given.payment_method_options or {}).get("us_bank_account") or {}
    return options.get("network")


def can_become(found: Topup, wanted: Topup) -> bool:
    """Tell whether a top-up that is here may be brought to what it is at its source: an imported one that went on."""
    changed = {name for name in _COMPARED if getattr(found, name) != getattr(wanted, name)}
    moves = found.status is wanted.status or (found.status, wanted.status) == (Status.SUCCEEDED, Status.REVERSED)
    return found.rail == IMPORT_RAIL and moves and bool(changed) and changed <= _REVISED


def topup_differences(source_id: str, found: Topup | None, wanted: Topup) -> list[Difference]:
    """Return how a top-up that is here differs from what it is at its source."""
    if found is None:
        return [Difference(source_id, "not in Brim")]
    names = [*_COMPARED, "source", "source_details"] if found.rail == IMPORT_RAIL else [*_COMPARED]
    return _differences(source_id, found, wanted, names)


def transaction_differences(
    source_id: str, found: BalanceTransaction | None, wanted: BalanceTransaction
) -> list[Difference]:
    """Return how a balance transaction that is here differs from what it is at its source."""
    if found is None:
        return [Difference(source_id, f"not in Brim: {wanted.type} of {wanted.amount} {wanted.currency}")]
    names = ("amount", "available_on", "created", "currency", "description", "fee", "net", "type")
    return _differences(source_id, found, wanted, names)


def _differences(source_id: str, found: Any, wanted: Any, names: Iterable[str]) -> list[Difference]:
    return [
        Difference(source_id, f"{name} is {_shown(there)} at the source and {_shown(here)} in Brim")
        for name in names
        if (there := getattr(wanted, name)) != (here := getattr(found, name))
    ]


def _shown(value: Any) -> str:
    return json_codec.encode_text(value.decode() if isinstance(value, bytes) else value)
