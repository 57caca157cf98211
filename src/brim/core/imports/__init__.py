"""Brings the history of another service that speaks the API into an account, and compares the two to the cent.

Neighbours: `topups` writes what is taken over, `ledger` has the balances that it is compared with; whoever calls
brings the requests. Start reading at `rules`, then `service`.
"""

from brim.core.imports.rules import Difference, ImportReport, Tally, UnreadableSourceError
from brim.core.imports.service import Fetch, import_account

__all__ = ["Difference", "Fetch", "ImportReport", "Tally", "UnreadableSourceError", "import_account"]
