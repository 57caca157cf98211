"""Operators by name on pages, where the API says their ids."""

from brim.core.operators import Operator, Role
from brim.web.dashboard.who import names_of


def _operator(number: int, name: str) -> Operator:
    return Operator(
        id=f"op_{number}", email=f"{number}@example.com", name=name, role=Role.FINANCE, created=1, has_password=True
    )


def test_operators_are_named_and_whoever_shares_a_name_is_told_apart() -> None:
    names = names_of([_operator(1, "Ada"), _operator(2, "Grace"), _operator(3, "Ada")], you="op_2")
    assert [names.who(kept) for kept in ("op_1", "op_2", "op_3", "op_4", "profile", "root")] == [
        "Ada (1@example.com)", "You", "Ada (3@example.com)", "op_4", "Automatic", "root",
    ]  # fmt: skip
    assert names.in_text("An operator other than op_2, or op_4 or shop_1.") == (
        "An operator other than Grace, or op_4 or shop_1."
    )
    assert (names.is_operator("op_1"), names.is_operator("profile")) == (True, False)
