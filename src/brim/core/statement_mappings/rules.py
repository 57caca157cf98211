"""A saved mapping, and what keeps one from being saved."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core.reconciliation.formats import MappingError, StatementMapping, check_mapping

MAPPING_PREFIX: Final = "stmap_"


class SavedMapping(msgspec.Struct, frozen=True, kw_only=True):
    """The mapping of a bank account, which is named as in the ledger; times are Unix milliseconds."""

    scope: AccountScope
    id: str
    bank_account: str
    version: int = 1
    mapping: StatementMapping
    created_ms: int
    updated_ms: int
    changed_by: str


class MappingExistsError(BrimError):
    """The bank account already has a mapping."""

    def __init__(self, found: SavedMapping) -> None:
        super().__init__(f"The bank account {found.bank_account} already has a mapping, {found.id}. Update it instead.")


class MappingChangedError(BrimError):
    """The mapping has changed since you saw it."""

    def __init__(self, found: SavedMapping, expected: int) -> None:
        super().__init__(f"{found.id} has version {found.version} now, not {expected}. Retrieve it again first.")


def mapping_of(fields: Mapping[str, Any]) -> StatementMapping:
    """Return the mapping that fields describe.

    Raises:
        MappingError: a field is missing or unknown, or no file could be read with them.
    """
    try:
        mapping = msgspec.convert(dict(fields), StatementMapping)
    except msgspec.ValidationError as error:
        sentence, _, path = str(error).partition(" - at `$.")
        field = path.rstrip("`").partition("[")[0] or sentence.rpartition("field `")[2].partition("`")[0]
        raise MappingError(field or "mapping", f"{sentence[:1].lower()}{sentence[1:]}.") from None
    check_mapping(mapping)
    return mapping
