"""Which addenda there are, how each is laid out, and what they make of their entry."""

from enum import StrEnum
from typing import Any, Final

from brim.core.rails.ach.nacha.fields import Layout
from brim.core.rails.ach.nacha.records import (
    CHANGE_ADDENDA,
    CONTEST_ADDENDA,
    DISHONOUR_ADDENDA,
    PAYMENT_ADDENDA,
    REFUSED_CHANGE_ADDENDA,
    RETURN_ADDENDA,
    Addenda,
    ChangeAddenda,
    ContestAddenda,
    DishonourAddenda,
    Entry,
    PaymentAddenda,
    RefusedChangeAddenda,
    ReturnAddenda,
)
from brim.core.rails.ach.nacha.returns import REFUSED_CHANGE_CODES, RETURN_CODES, Stage


class ItemKind(StrEnum):
    """What an entry is. Its addenda decide, never the transaction code."""

    FORWARD = "forward"
    RETURN = "return"
    CHANGE = "change"
    REFUSED_CHANGE = "refused_change"
    DISHONOUR = "dishonour"
    CONTEST = "contest"
    UNKNOWN = "unknown"
    """It could not be read."""


_KINDS: Final[dict[type[Addenda], ItemKind]] = {
    PaymentAddenda: ItemKind.FORWARD,
    ReturnAddenda: ItemKind.RETURN,
    DishonourAddenda: ItemKind.DISHONOUR,
    ContestAddenda: ItemKind.CONTEST,
    ChangeAddenda: ItemKind.CHANGE,
    RefusedChangeAddenda: ItemKind.REFUSED_CHANGE,
}

_LAYOUTS: Final[dict[type[Addenda], Layout[Any]]] = {
    PaymentAddenda: PAYMENT_ADDENDA,
    ReturnAddenda: RETURN_ADDENDA,
    DishonourAddenda: DISHONOUR_ADDENDA,
    ContestAddenda: CONTEST_ADDENDA,
    ChangeAddenda: CHANGE_ADDENDA,
    RefusedChangeAddenda: REFUSED_CHANGE_ADDENDA,
}

_BY_STAGE: Final[dict[Stage, Layout[Any]]] = {
    Stage.RETURN: RETURN_ADDENDA,
    Stage.DISHONOUR: DISHONOUR_ADDENDA,
    Stage.CONTEST: CONTEST_ADDENDA,
}


def kind_of(addenda: tuple[Addenda, ...]) -> ItemKind:
    """Return what an entry with these addenda is."""
    for each in addenda:
        if not isinstance(each, PaymentAddenda):
            return _KINDS[type(each)]
    return ItemKind.FORWARD


def notices_in(addenda: tuple[Addenda, ...]) -> int:
    """Return how many addenda are those of a return or a change."""
    return sum(not isinstance(each, PaymentAddenda) for each in addenda)


def layout_of(addenda: Addenda) -> Layout[Any]:
    """Return how an addenda is written."""
    return _LAYOUTS[type(addenda)]


def layout_for(text: str) -> Layout[Any] | None:
    """Return how an addenda that was read is laid out, None where its type is unknown."""
    addenda_type, code = text[1:3], text[3:6]
    if addenda_type == "05":
        return PAYMENT_ADDENDA
    if addenda_type == "98":
        return REFUSED_CHANGE_ADDENDA if code in REFUSED_CHANGE_CODES else CHANGE_ADDENDA
    if addenda_type == "99":
        return _BY_STAGE[RETURN_CODES[code].stage if code in RETURN_CODES else Stage.RETURN]
    return None


def code_of(entry: Entry) -> str:
    """Return the code of the return or change that an entry is; "" for a forward entry."""
    for addenda in entry.addenda:
        match addenda:
            case ReturnAddenda() | DishonourAddenda() | ContestAddenda():
                return addenda.return_reason_code
            case ChangeAddenda():
                return addenda.change_code
            case RefusedChangeAddenda():
                return addenda.refused_change_code
            case PaymentAddenda():
                pass
    return ""
