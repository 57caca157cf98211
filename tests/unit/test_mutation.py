"""The runner of `make mutants`, on a module of a few lines: what it changes, what it notices, what it keeps."""

import time
from pathlib import Path
from typing import Final

import pytest
from mutation import report
from mutation.mutant import Mutant, diff
from mutation.operators import mutants_of
from mutation.results import Results, digest
from mutation.run import Group, Told, run_group
from mutation.sql import mutants_of_statement

TOY: Final = '''"""A fee."""

LEAST = 5


def fee(amount: int) -> int:
    """Return the fee."""
    if amount < 100:
        return LEAST
    return amount // 10
'''
CONSTANTLESS: Final = TOY.replace("LEAST = 5\n\n\n", "").replace("LEAST", "5")
STRONG: Final = """
import toy

def test_fee():
    assert [toy.fee(n) for n in (0, 99, 100, 205)] == [5, 5, 10, 20]
"""
WEAK: Final = """
import toy

def test_fee():
    assert [toy.fee(n) for n in (0, 99, 205)] == [5, 5, 20]
"""
NONE: Final = """
import toy

def test_nothing():
    assert toy
"""


def _changes(source: str) -> set[str]:
    return {mutant.id for mutant in mutants_of(source)}


def _run(folder: Path, source: str, tests: str) -> Told:
    (folder / "toy.py").write_text(source, encoding="utf-8")
    (folder / "test_toy.py").write_text(tests, encoding="utf-8")
    group = Group("toy", [folder / "toy.py"], ["test_toy.py"], database=False, strict=True, spare_s=1)
    (told,) = run_group(group, folder, folder / "kept", time.time() + 600)
    return told


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("x = a < b", {"a < b -> a <= b"}),
        ("x = a == b", {"a == b -> a != b"}),
        ("x = a is None", {"a is None -> a is not None"}),
        ("x = a not in b", {"a not in b -> a in b"}),
        ("x = a <= b < c", {"a <= b < c -> a < b < c", "a <= b < c -> a <= b <= c"}),
        ("x = a + b", {"a + b -> (a - b)"}),
        ("x = a // b", {"a // b -> (a * b)"}),
        ("x = a and b", {"a and b -> (a or b)"}),
        ("x = not a", {"not a -> (a)"}),
        ("x = 7", {"7 -> 8"}),
        ("x = True", {"True -> False"}),
        ("x = 'code'", {"'code' -> 'XXcode'"}),
        ("x = max(a, b)", {"max(a, b) -> min(a, b)"}),
        ("f(x)", {"f(x) -> pass"}),
        ("x[y] = z", {"x[y] = z -> pass"}),
        ("raise x", {"raise x -> pass"}),
        ("if a:\n    pass", {"a -> (not (a))"}),
        ("try:\n    pass\nexcept E:\n    x = y", {"except E: handled -> raise"}),
    ],
)
def test_each_kind_of_change_is_made(source: str, changes: set[str]) -> None:
    assert _changes(source) == {f"<module>: {change}" for change in changes}


def test_functions_and_their_defaults_are_changed_under_their_names() -> None:
    source = "class A:\n    def f(self, n: int = 3) -> int:\n        return n\n"
    assert _changes(source) == {"A.f: 3 -> 4", "A.f: return n -> return None"}
    default, body = mutants_of(source)
    assert (default.warm, body.warm) == (None, (2, "f"))


@pytest.mark.parametrize(
    "source",
    [
        '"""Text."""',
        "import a",
        "x: 'int' = y",
        "x = f'{a} 1'",
        "x = 'two words'",
        "log.info('code')",
        "__all__ = ['a']",
        "if TYPE_CHECKING:\n    x = 1",
    ],
)
def test_what_no_behavior_depends_on_is_left_alone(source: str) -> None:
    assert _changes(source) == set()


def test_a_change_keeps_the_rest_of_the_text_and_equal_ones_are_numbered() -> None:
    first, second = mutants_of("x = [1,  # one\n     1]\n")
    assert (first.id, second.id) == ("<module>: 1 -> 2", "<module>: 1 -> 2 #2")
    assert second.text == "x = [1,  # one\n     2]\n"
    assert diff("x = [1,  # one\n     1]\n", second).splitlines()[1:] == ["-     1]", "+     2]"]


def test_statements_of_sql_are_changed_outside_of_comments() -> None:
    text = "SELECT a -- b = 1 AND c = 2\nFROM t\nWHERE a = $1 AND b < 5\nORDER BY a"
    changes = {" ".join(mutant.text.split("\n", 1)[1].split()) for mutant in mutants_of_statement("s", text)}
    assert changes == {
        "FROM t WHERE b < 5 ORDER BY a",
        "FROM t WHERE a = $1 ORDER BY a",
        "FROM t WHERE a = $1 AND b <= 5 ORDER BY a",
        "FROM t WHERE a = $1 AND b < 6 ORDER BY a",
    }


def test_tests_that_say_what_must_hold_let_nothing_survive(tmp_path: Path) -> None:
    """One mutant is a constant of the module, which only an import under the change shows."""
    told = _run(tmp_path, TOY, STRONG)
    assert {name: result.outcome for name, result in told.results.items()} == {
        "<module>: 5 -> 6": "killed",
        "fee: amount < 100 -> amount <= 100": "killed",
        "fee: 100 -> 101": "killed",
        "fee: amount < 100 -> (not (amount < 100))": "killed",
        "fee: return LEAST -> return None": "killed",
        "fee: return amount // 10 -> return None": "killed",
        "fee: amount // 10 -> (amount * 10)": "killed",
        "fee: 10 -> 11": "killed",
    }
    assert report.faults([told], tmp_path, {}) == []
    assert list(report.table([told], tmp_path, {}))[-1] == "| all | 8 | 8 | 0 | 0 | 0 | 100.0 |"


def test_a_test_that_is_left_out_is_missed(tmp_path: Path) -> None:
    told = _run(tmp_path, CONSTANTLESS, NONE)
    assert len(report.survivors(told)) == len(told.module.mutants) == 8
    assert {result.killer for result in told.results.values()} == {"no test runs the line"}


def test_a_weakened_test_is_reported_by_the_survivors_it_lets_through(tmp_path: Path) -> None:
    """In a strict group they fail the run until they are explained; an explanation that is not needed fails it, too."""
    weak = _run(tmp_path, CONSTANTLESS, WEAK)
    assert report.survivors(weak) == ["fee: amount < 100 -> amount <= 100", "fee: 100 -> 101"]
    assert report.faults([weak], tmp_path, {}) == [
        f"toy.py: survived without an explanation: {name}" for name in report.survivors(weak)
    ]
    assert report.faults([weak._replace(group=weak.group._replace(strict=False))], tmp_path, {}) == []
    (told, _) = report.listed([weak], tmp_path, {})
    assert told.splitlines()[1:] == [
        "toy.py fee: amount < 100 -> amount <= 100", "@@ -5 +5 @@", "-    if amount < 100:", "+    if amount <= 100:"
    ]  # fmt: skip
    reasons = {"toy.py": dict.fromkeys(report.survivors(weak), "Nobody pays so little.")}
    assert report.faults([weak], tmp_path, reasons) == []
    assert list(report.listed([weak], tmp_path, reasons)) == []
    stale = {"toy.py": {**reasons["toy.py"], "fee: 10 -> 11": "", "fee: gone": ""}}
    assert report.faults([weak], tmp_path, stale) == [
        "toy.py: explained, but killed: fee: 10 -> 11",
        "toy.py: explained, but there is no such mutant: fee: gone",
    ]


def test_a_change_that_never_ends_is_timed_out(tmp_path: Path) -> None:
    source = "def f(n):\n    while n > 0:\n        n -= 1\n    return n\n"
    told = _run(tmp_path, source, "import toy\n\ndef test_f():\n    assert toy.f(3) == 0\n")
    assert told.results["f: n -= 1 -> pass"].outcome == "timed out"


def test_a_change_of_what_a_function_closes_over_is_made_too(tmp_path: Path) -> None:
    source = "class E(Exception):\n    def __init__(self):\n        super().__init__('text')\n"
    told = _run(tmp_path, source, "import toy\n\ndef test_e():\n    assert toy.E()\n")
    assert told.results["E.__init__: super().__init__('text') -> pass"].outcome == "survived"


def test_tests_that_fail_without_a_change_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        _run(tmp_path, TOY, STRONG.replace("20]", "21]"))


def test_results_are_kept_until_what_decided_them_changes(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    one, other = Mutant("f", "1 -> 2", ""), Mutant("f", "2 -> 3", "")
    before = Results(file, module="m", tests={"a": "1", "b": "1"})
    before.add(one.id, "killed", "a::test")
    before.add(other.id, "survived", "")
    before.write()

    def known(*, module: str = "m", a: str = "1", b: str = "1") -> list[bool]:
        results = Results(file, module=module, tests={"a": a, "b": b})
        return [results.find(mutant) is not None for mutant in (one, other)]

    assert known() == [True, True]
    assert known(b="2") == [True, False]  # it may be killed now
    assert known(a="2") == [False, False]
    assert known(module="n") == [False, False]


def test_a_file_that_changes_has_another_digest(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_text("a", encoding="utf-8")
    before = digest(file)
    file.write_text("b", encoding="utf-8")
    assert digest(file) != before
