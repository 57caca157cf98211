"""A form as its page shows it again: what was typed, and what was wrong with it, at its field."""

from collections.abc import Mapping
from typing import Final

import msgspec

from brim.web.api_client import ApiRefusedError

_EMPTY: Final = frozenset({"parameter_invalid_empty", "parameter_missing"})
_REQUIRED: Final = "This field is required."


class Form(msgspec.Struct, kw_only=True):
    """A form's fields by name: their values, and the errors to show at them.

    `message` is what is wrong with the whole; `idempotency_key` is under which its request may come again.
    """

    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    message: str | None = None
    idempotency_key: str = ""

    def refuse(self, error: ApiRefusedError, fields: Mapping[str, str] | None = None) -> None:
        """Take in what the API refused.

        Args:
            error: the refusal.
            fields: the form's name for each of the API's parameters that it calls otherwise.
        """
        name = (fields or {}).get(error.param or "", error.param)
        if name in self.values:
            self.errors[name] = _REQUIRED if error.code in _EMPTY else error.message
        else:
            self.message = error.message

    def forget(self, name: str) -> None:
        """Empty a field that no page shows again, and say so at the field where it was filled in."""
        if self.values.get(name) and name not in self.errors:
            self.errors[name] = "Enter this again. It isn't kept when a form has errors."
        self.values[name] = ""

    @property
    def is_right(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.errors and self.message is None
