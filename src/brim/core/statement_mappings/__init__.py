"""How each bank account's statements are written as CSV: a mapping that is saved once and read with every file.

Neighbors: `reconciliation.formats` reads files by mappings, and `ach` saves them, as it has the files that wait.
Start reading at `rules`, then `service`.
"""

from brim.core.statement_mappings.rules import (
    MAPPING_PREFIX,
    MappingChangedError,
    MappingExistsError,
    SavedMapping,
    mapping_of,
)
from brim.core.statement_mappings.service import (
    create_mapping,
    find_mapping,
    page_mappings,
    retrieve_mapping,
    update_mapping,
)

__all__ = [
    "MAPPING_PREFIX",
    "MappingChangedError",
    "MappingExistsError",
    "SavedMapping",
    "create_mapping",
    "find_mapping",
    "mapping_of",
    "page_mappings",
    "retrieve_mapping",
    "update_mapping",
]
