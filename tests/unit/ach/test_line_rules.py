"""The document prints the rules by which lines of statements are matched, in their order."""

from pathlib import Path

from brim.core.direct_debits.line_matching import RULES
from brim.core.rails.ach import ACH
from brim.core.rails.sepa import SEPA

_DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "reconciliation.md"
_RAILS = {frozenset({ACH}): "ACH", frozenset({SEPA}): "SEPA", frozenset[str](): "both"}


def test_the_document_has_the_rules_of_the_matcher_in_their_order() -> None:
    section = _DOCUMENT.read_text().partition("## How a line is matched")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert rows == [
        f"| {number} | {rule.name} | {_RAILS[rule.rails]} | {rule.looks_at} | {rule.finds} |"
        for number, rule in enumerate(RULES, 1)
    ]
