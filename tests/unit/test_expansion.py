"""Which paths may be expanded, and what of a path is left for the objects it leads into."""

import pytest

from brim.api.framework.expansion import EXPANDABLE, check_path, check_property, paths_below
from brim.api.resources.balance import wire as balance_wire
from brim.api.resources.events import wire as event_wire
from brim.api.resources.funding import wire as funding_wire
from brim.api.resources.topups import wire as topup_wire
from brim.http.parameter_errors import ExpandTooDeepError, NotExpandableError

_STRUCTS = {
    "topup": topup_wire.TopupObject,
    "balance": balance_wire.BalanceObject,
    "balance_transaction": balance_wire.BalanceTransactionObject,
    "event": event_wire.EventObject,
    "payment_method": funding_wire.PaymentMethodObject,
    "source": funding_wire.SourceObject,
    "token": funding_wire.TokenObject,
}


@pytest.mark.parametrize("object_name", _STRUCTS)
def test_every_property_is_expandable_or_says_that_it_is_not(object_name: str) -> None:
    for name in _STRUCTS[object_name].__struct_fields__:
        if name in EXPANDABLE[object_name]:
            assert check_path(name, object_name, in_list=False) == name
            assert check_path(f"data.{name}", object_name, in_list=True) == name
        else:
            with pytest.raises(NotExpandableError):
                check_path(name, object_name, in_list=False)
            with pytest.raises(NotExpandableError):
                check_path(f"data.{name}", object_name, in_list=True)


def test_a_path_has_four_properties_at_most_with_data_among_them() -> None:
    deepest = "balance_transaction.source.balance_transaction.source"
    assert check_path(deepest, "topup", in_list=False) == deepest
    with pytest.raises(ExpandTooDeepError):
        check_path(f"data.{deepest}", "topup", in_list=True)


def test_an_inner_object_is_named_with_its_whole_path() -> None:
    with pytest.raises(NotExpandableError) as caught:
        check_property("nonsense", "balance_transaction", within="balance_transaction.")
    assert caught.value.message == "This property cannot be expanded (balance_transaction.nonsense)."


@pytest.mark.parametrize("path", ["", ".", "..", ".source", "data.", "data..source"])
def test_a_path_with_nothing_between_its_dots_names_nothing(path: str) -> None:
    with pytest.raises(NotExpandableError):
        check_path(path, "topup", in_list=True)


@pytest.mark.parametrize(
    ("paths", "below"),
    [
        ((), None),
        (("payment_method",), None),
        (("source",), ()),
        (("source.balance_transaction",), ("balance_transaction",)),
        (("source", "source.balance_transaction", "source.payment_method"), ("balance_transaction", "payment_method")),
        (("source_type",), None),
    ],
)
def test_a_property_takes_its_part_of_the_paths(paths: tuple[str, ...], below: tuple[str, ...] | None) -> None:
    assert paths_below(paths, "source") == below
