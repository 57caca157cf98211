"""Exports an account with all that belongs to it into one file, and imports it into another installation.

Whoever adds a table says in `table_rules` how it is exported, or why not. Neighbours: `account_closing` closes an
account before its live money moves, `platform.sealing` encrypts the file, `imports` is about another thing, the history
of another service. Start reading at `table_rules`, then `exporting`.
"""

from brim.core.portability.export_keys import ExportSecret
from brim.core.portability.exporting import Exported, export_account
from brim.core.portability.importing import ImportChoices, import_account
from brim.core.portability.reading import Checked, check_export, is_encrypted, open_export
from brim.core.portability.rules import ExportBrokenError, ExportKind, FileExistsAlreadyError, LiveMoneyError, Manifest

__all__ = [
    "Checked",
    "ExportBrokenError",
    "ExportKind",
    "ExportSecret",
    "Exported",
    "FileExistsAlreadyError",
    "ImportChoices",
    "LiveMoneyError",
    "Manifest",
    "check_export",
    "export_account",
    "import_account",
    "is_encrypted",
    "open_export",
]
