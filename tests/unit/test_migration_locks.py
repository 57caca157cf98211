"""Migrations are read for what locks a table for long, rewrites it or breaks the version before; each has a reason.

A new migration with a finding fails here. It does better without: a constraint that is `NOT VALID`, a column with a
constant default, a new table instead of a changed one. Where a finding does no harm, say why below.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Final

import pytest

from brim.platform.migrate import known_migrations

_SQUAWK: Final = Path(sys.executable).with_name("squawk")
_NOT_FOR_US: Final = (
    "prefer-bigint-over-int",  # counts and days that are bounded by what they mean
    "prefer-bigint-over-smallint",
    "require-lock-timeout",  # the runner sets one for each step
    "require-statement-timeout",  # how long a step holds its locks is measured: make lock-bench
)
_LAST_UNGUARDED: Final = 13
"""Steps up to this one are older than any version that an upgrade is promised from."""

_WRITES_ROWS: Final = re.compile(r"^(UPDATE|DELETE|INSERT)\b", re.MULTILINE)
_JUSTIFIED: Final = {
    # 2.5 s at ten million bank accounts, 1 s at four million (docs/upgrades.md); applied before there was this check.
    ("0015", "constraint-missing-not-valid"): 2,
    ("0015", "require-concurrent-index-creation"): 1,
    # accounts, and their terms: 0.7 s at 100,000 accounts (docs/upgrades.md).
    ("0016", "ban-drop-constraint"): 1,
    ("0016", "constraint-missing-not-valid"): 2,
    ("0016", "require-concurrent-index-creation"): 1,
    ("0017", "ban-drop-constraint"): 1,
    ("0017", "constraint-missing-not-valid"): 1,
    ("0017", "writes rows"): 2,
    # A post step: nobody of the version before is there to miss a name. balances has one row an account and currency.
    ("0019", "ban-drop-constraint"): 3,
    ("0019", "constraint-missing-not-valid"): 1,
    ("0019", "renaming-column"): 5,
    ("0019", "renaming-object"): 9,
    ("0019", "renaming-table"): 3,
    # A constraint gives way to a wider one, so what the version before writes is taken.
    ("0021", "ban-drop-constraint"): 1,
    ("0022", "ban-drop-constraint"): 2,
    ("0023", "ban-drop-constraint"): 1,
    ("0024", "ban-drop-constraint"): 1,
    # bank_files and breaks: some files a day, and what did not match.
    ("0026", "require-concurrent-index-creation"): 2,
    # The default is stable, so it is found once; originators has a row for each bank.
    ("0027", "adding-field-with-default"): 1,
    # What is approved and has not left: a file or two. And a row for each balance below zero.
    ("0038", "writes rows"): 1,
    ("0039", "writes rows"): 1,
    # statement_lines: a line or two a batch.
    ("0040", "require-concurrent-index-creation"): 1,
    # prenotes: one or two a bank account. The constraint gives way to a wider one.
    ("0041", "ban-drop-constraint"): 1,
    ("0041", "require-concurrent-index-creation"): 2,
    # statement_lines, breaks and bank_statements: a line or two a batch, and what did not match.
    ("0045", "require-concurrent-index-creation"): 5,
    ("0045", "writes rows"): 4,
    # statement_lines: a few a day, and the index has none of them. The constraint gives way to a wider one.
    ("0050", "ban-drop-constraint"): 1,
    ("0050", "require-concurrent-index-creation"): 1,
    # originators: a row for each bank. authorizations: one or two a bank account, none of which is a mandate yet, so
    # the index is empty; and the constraint gives way to a wider one.
    ("0051", "ban-drop-constraint"): 1,
    ("0051", "require-concurrent-index-creation"): 2,
    ("0051", "require-concurrent-index-deletion"): 1,
    # bank_files: some files a day. The constraint gives way to a wider one.
    ("0053", "ban-drop-constraint"): 1,
    ("0053", "require-concurrent-index-creation"): 1,
    # incoming_transfers: none has a number yet, so the index is empty.
    ("0054", "require-concurrent-index-creation"): 1,
    # A new table, filled while others post: its rows are locked, the newest last.
    ("0057", "writes rows"): 1,
    # topups: writes wait while the indexes are built, unless they were built before (docs/upgrades.md).
    ("0058", "require-concurrent-index-creation"): 2,
    # accounts and audit_log: what people do, and programs that set something up; creates of top-ups write to neither.
    # Both take seconds at a million rows, unless the indexes were built before (docs/upgrades.md). Few endpoints fail.
    ("0061", "require-concurrent-index-creation"): 6,
    # The constraints give way to wider ones. What is owed is few rows, and both of its indexes are empty at first;
    # ten million attempts are scanned in 2 s, unless the indexes were built before (docs/upgrades.md); of verifications
    # there are a hundred.
    ("0059", "ban-drop-constraint"): 2,
    ("0059", "require-concurrent-index-creation"): 4,
    # authorizations: one or two a bank account, and few mandates yet; the constraints give way to wider ones.
    ("0052", "ban-drop-constraint"): 2,
    ("0052", "require-concurrent-index-creation"): 1,
    # Mandates that the version before has collected under, which has only just had them; it reads none of the columns.
    ("0052", "writes rows"): 1,
    # A post step, of a table that holds two rows for each account and day.
    ("0043", "writes rows"): 2,
    # A change of the catalog, without a scan. The version before reads what is NULL then, and opens it for no money: an
    # erased bank account is detached, and an erased entry or correction has come to its end.
    ("0035", "ban-drop-not-null"): 3,
    # bank_files: some files a day.
    ("0055", "require-concurrent-index-creation"): 1,
    # ach_files: some files a day.
    ("0031", "require-concurrent-index-creation"): 1,
    # Files, some a day; keys and tokens, which are made by hand or once a bank account; days with live top-ups.
    ("0034", "require-concurrent-index-creation"): 7,
    # What the version before reads is there: nothing becomes NULL that is younger than six years.
    ("0034", "ban-drop-not-null"): 3,
    # bank_files: some files a day, and the version before names the constraint, which stays.
    ("0030", "adding-serial-primary-key-field"): 1,
    ("0030", "ban-drop-constraint"): 1,
    ("0030", "constraint-missing-not-valid"): 1,
}


def _findings(*paths: Path) -> Counter[tuple[str, str]]:
    """Return how often each rule was broken by each step, by the first four letters of its name."""
    options = [
        "--pg-version",
        "15",
        "--assume-in-transaction",
        "--reporter",
        "json",
        "--exclude",
        ",".join(_NOT_FOR_US),
    ]
    done = subprocess.run([_SQUAWK, *options, *paths], capture_output=True, text=True, check=False)
    found = Counter((Path(each["file"]).name[:4], each["rule_name"]) for each in json.loads(done.stdout))
    for path in paths:
        found[path.name[:4], "writes rows"] += len(_WRITES_ROWS.findall(path.read_text(encoding="utf-8")))
    return +found


def test_whatever_a_migration_locks_for_long_has_a_reason() -> None:
    folder = resources.files("brim.platform").joinpath("migrations")
    later = [step.name for step in known_migrations() if step.version > _LAST_UNGUARDED]
    assert _findings(*(Path(str(folder), f"{name}.sql") for name in later)) == Counter(_JUSTIFIED)


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("ALTER TABLE topups ADD CONSTRAINT a CHECK (amount > 1);", "constraint-missing-not-valid"),
        ("ALTER TABLE topups ADD CONSTRAINT a FOREIGN KEY (b) REFERENCES c;", "constraint-missing-not-valid"),
        ("CREATE INDEX a ON topups (amount);", "require-concurrent-index-creation"),
        ("ALTER TABLE topups ALTER COLUMN amount TYPE numeric;", "changing-column-type"),
        ("ALTER TABLE topups ALTER COLUMN source SET NOT NULL;", "adding-not-nullable-field"),
        ("ALTER TABLE topups ADD COLUMN a uuid DEFAULT gen_random_uuid();", "adding-field-with-default"),
        ("ALTER TABLE topups DROP COLUMN source;", "ban-drop-column"),
        ("UPDATE topups SET amount = 1;", "writes rows"),
    ],
)
def test_what_would_be_found(tmp_path: Path, sql: str, rule: str) -> None:
    step = tmp_path / "0025_pre_new.sql"
    step.write_text(f"{sql}\n")
    assert ("0025", rule) in _findings(step)


def test_a_new_table_and_its_index_are_nothing_to_find(tmp_path: Path) -> None:
    step = tmp_path / "0025_pre_new.sql"
    step.write_text('CREATE TABLE a (b text COLLATE "C" NOT NULL);\nCREATE INDEX a_by_b ON a (b);\n')
    assert not _findings(step)
