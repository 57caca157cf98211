"""What of another service's top-ups these books can hold, and under which ids."""

from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.base.errors import BrimError
from brim.base.ids import IdFactory, created_of
from brim.base.scope import AccountScope
from brim.cli.client import ForeignAnswerError, NoAnswerError, RefusedError
from brim.cli.imports import Get, RepeatingClient
from brim.core.imports import UnreadableSourceError
from brim.core.imports.rules import (
    RefusedTopupError,
    can_become,
    has_ended,
    history_of,
    kept_id,
    read_topup,
    read_transaction,
)
from brim.core.topups import Status
from brim.core.topups.importing import IMPORT_RAIL

_SCOPE: Final = AccountScope("acct_1", livemode=False)
_TOPUP_ID: Final = IdFactory().new_at("tu_", 1_700_000_000_000)
_CREDIT_ID: Final = IdFactory().new_at("txn_", 1_700_000_001_000)
_RETURN_ID: Final = IdFactory().new_at("txn_", 1_700_000_002_000)


def _transaction(transaction_id: str = _CREDIT_ID, *, amount: int = 100, **more: object) -> dict[str, Any]:
    kind = "topup" if amount > 0 else "topup_reversal"
    second = created_of(transaction_id) if len(transaction_id) == 28 else 1_700_000_001
    dates = {"created": second, "available_on": second}
    return (
        {"id": transaction_id, "amount": amount, "net": amount, "fee": 0, "currency": "usd", "type": kind}
        | dates
        | more
    )


_REVERSAL: Final = _transaction(_RETURN_ID, amount=-100)


def _topup(**more: object) -> dict[str, Any]:
    plain = {"id": _TOPUP_ID, "amount": 100, "created": 1_700_000_000, "currency": "usd", "livemode": False}
    return plain | {"status": "succeeded", "balance_transaction": _transaction()} | more


def _history(given: dict[str, Any], reversal: dict[str, Any] | None = None) -> Any:
    return history_of(_SCOPE, read_topup(given), read_transaction(reversal) if reversal else None)


_FAILED: Final = {"status": "failed", "balance_transaction": None, "failure_code": "no_account"}


@pytest.mark.parametrize(
    ("given", "reversal", "sentence"),
    [
        (_topup(currency="xxd"), None, "Brim has no top-ups of 100 xxd"),
        (_topup(amount=0), None, "Brim has no top-ups of 0 usd"),
        (_topup(amount=10**12), None, "Brim has no top-ups of 1000000000000 usd"),
        (_topup(description="a\x00b"), None, "it has a text with a character that a database cannot hold"),
        (_topup(source={"id": "\ud800"}), None, "it has a text with a character that a database cannot hold"),
        (_topup(payment_method="pm_1", source={"id": "src_1"}), None, "it names a source and a payment method"),
        (_topup(**_FAILED, description="x") | {"failure_code": None}, None, "it failed without a failure_code"),
        (_topup(failure_code="x"), None, "it is succeeded and says why it failed"),
        (_topup(balance_transaction=None), None, "it is succeeded, and its balance transaction is missing"),
        (_topup(**_FAILED | {"balance_transaction": _transaction()}), None, "its balance transaction is there"),
        (_topup(status="reversed"), None, "its balance transaction of type topup_reversal is missing"),
        (_topup(balance_transaction=_transaction(fee=1, net=99)), None, "has a fee of 1, and Brim's top-ups have none"),
        (_topup(balance_transaction=_transaction(amount=101)), None, "is a topup of 101 usd, not a topup of 100 usd"),
        (_topup(balance_transaction=_transaction(currency="eur")), None, "is a topup of 100 eur, not a topup"),
        (
            _topup(status="reversed"),
            _REVERSAL | {"amount": -99},
            "is a topup_reversal of -99 usd, not a topup_reversal",
        ),
        (
            _topup(id="tu_1NG6yj2eZvKYlo2C1FOBiHya", metadata={str(number): "" for number in range(50)}),
            None,
            "its metadata have no room for the ids that it has at the source",
        ),
    ],
)
def test_what_the_books_cannot_hold_is_refused(
    given: dict[str, Any], reversal: dict[str, Any] | None, sentence: str
) -> None:
    with pytest.raises(RefusedTopupError) as refused:
        _history(given, reversal)
    assert sentence in refused.value.message


def test_ids_that_say_when_they_were_made_are_kept() -> None:
    history = _history(_topup(status="reversed", failure_code="no_account"), _REVERSAL)
    assert (history.topup.id, history.topup.metadata, history.topup.rail) == (_TOPUP_ID, {}, IMPORT_RAIL)
    assert (history.topup.balance_transaction, history.credit.id, history.reversal.id) == (
        _CREDIT_ID,
        _CREDIT_ID,
        _RETURN_ID,
    )
    assert history.topup.due_ms is None


def test_ids_that_do_not_are_replaced_and_stay_in_the_metadata() -> None:
    foreign = "tu_1NG6yj2eZvKYlo2C1FOBiHya"
    history = _history(
        _topup(
            id=foreign,
            status="reversed",
            failure_code="no_account",
            balance_transaction=_transaction("txn_1A"),
            metadata={"order": "7"},
        ),
        _transaction("txn_1B", amount=-100),
    )
    assert history.topup.metadata == {
        "order": "7",
        "import_id": foreign,
        "import_balance_transaction": "txn_1A",
        "import_reversal": "txn_1B",
    }
    assert history.credit.source == history.topup.id != foreign
    assert history.topup.balance_transaction == history.credit.id


@given(st.text(min_size=1), st.text(min_size=1), st.integers(0, 4_000_000_000))
def test_an_id_always_says_when_and_is_the_same_each_time(one: str, other: str, created: int) -> None:
    first, second = kept_id("tu_", one, created), kept_id("tu_", other, created)
    assert created_of(first) == created
    assert first == kept_id("tu_", one, created)
    assert (first == second) == (one == other)


def test_only_imported_top_ups_go_on_and_only_forward() -> None:
    before = _history(_topup()).topup
    after = _history(_topup(status="reversed", failure_code="no_account"), _REVERSAL).topup
    assert can_become(before, after)
    assert not can_become(after, before)
    assert not can_become(before, before)
    assert not can_become(msgspec.structs.replace(before, rail="sandbox"), after)
    assert not can_become(msgspec.structs.replace(before, amount=101), after)
    assert can_become(before, msgspec.structs.replace(before, description="x"))
    failed = _history(_topup(**_FAILED)).topup
    assert not can_become(failed, before)


def test_pending_ones_have_not_ended_and_unknown_statuses_are_not_guessed() -> None:
    assert not has_ended(read_topup(_topup(status="pending", balance_transaction=None)))
    assert has_ended(read_topup(_topup(status=str(Status.CANCELED))))
    with pytest.raises(UnreadableSourceError, match="its status is 'paused'"):
        has_ended(read_topup(_topup(status="paused")))
    for wrong in ({"id": _TOPUP_ID}, _topup(created=-1), _topup(created=10**12), _topup(amount=2**63)):
        with pytest.raises(UnreadableSourceError, match=_TOPUP_ID):
            read_topup(wrong)


def _failing(*errors: BrimError) -> Get:
    """Return what sends requests that end in one error after another, and then succeed."""
    left = [*errors]

    def get(_path: str, _parameters: object) -> dict[str, Any]:
        if left:
            raise left.pop(0)
        return {"answered": True}

    return get


def test_pauses_double_and_end() -> None:
    pauses: list[float] = []
    passing = (
        RefusedError(429, "", None),
        NoAnswerError("x", "y"),
        ForeignAnswerError("x", 502),
        RefusedError(500, "", None),
    )
    client = RepeatingClient(_failing(*passing), pauses.append)
    assert client.get("/v1/topups", {}) == {"answered": True}
    longest = [0.5, 1, 2, 4]
    assert all(most / 2 <= pause <= most for pause, most in zip(pauses, longest, strict=True))


def test_what_does_not_pass_is_not_asked_again() -> None:
    for error in (RefusedError(401, "no", None), ForeignAnswerError("x", 302)):
        client = RepeatingClient(_failing(error), lambda _seconds: pytest.fail("waited"))
        with pytest.raises(type(error)):
            client.get("/v1/topups", {})
    always = RepeatingClient(_failing(*[NoAnswerError("x", "y")] * 8), lambda _seconds: None)
    with pytest.raises(NoAnswerError):
        always.get("/v1/topups", {})
