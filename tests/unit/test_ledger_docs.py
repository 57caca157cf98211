"""What docs/ledger.md says of the chart of accounts is what the code has."""

import re
from pathlib import Path

from brim.core.ledger import CHART
from brim.web.dashboard.wording import ledger_account_words, ledger_step_words

_PAGE = Path(__file__).parents[2] / "docs" / "ledger.md"


def test_the_page_shows_the_chart() -> None:
    chart = _PAGE.read_text(encoding="utf-8").partition("## Chart of accounts")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in re.findall(r"^\| `.*$", chart, re.MULTILINE)]
    assert rows == [
        [
            f"`{account.code}`",
            account.normal_side,
            account.overdraft,
            "yes" if account.returns_to_zero else "no",
            account.description,
        ]
        for account in CHART
    ]


def test_the_pages_have_words_for_every_account_and_step() -> None:
    for account in CHART:
        code = account.code + "ba_1" * account.code.endswith(":")
        assert ledger_account_words(code) != code
    assert ledger_account_words("bank:ba_1") == "Bank account ba_1"
    assert ledger_step_words("bank_return:2") == "Return confirmed by the bank (2)"
    assert ledger_step_words("topup") == "Top-up arrived"
    assert ledger_step_words("something_else") == "something_else"
