"""What people read names no class of ours and no path of the API: a finance person has neither."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import brim

SOURCE: Final = Path(brim.__file__).parent
LOGGED: Final = frozenset({"debug", "info", "warning", "error", "exception"})
"""Methods of loggers: whoever reads a log may know classes."""

NOT_SHOWN: Final = {
    ("core/direct_debits/trouble.py", "cause"),  # tells breaks apart, and is shown to nobody
    ("worker/loop.py", "kind"),  # goes into the log
}
FOR_PEOPLE: Final = ("core", "cli", "worker", "host", "platform")
"""Packages whose sentences reach pages, terminals and the API alike. A resource of the API may name its paths."""

A_PATH: Final = re.compile(r"/v1/brim\b")
TEMPLATES: Final = ("dashboard", "operators")


def _modules(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    for package in packages:
        for path in sorted((SOURCE / package).rglob("*.py")):
            yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _names_class(node: ast.AST) -> bool:
    """Tell whether it is `type(x).__name__` or `x.__class__.__name__`."""
    if not isinstance(node, ast.Attribute) or node.attr not in {"__name__", "__qualname__"}:
        return False
    of = node.value
    is_type = isinstance(of, ast.Call) and isinstance(of.func, ast.Name) and of.func.id == "type"
    return is_type or (isinstance(of, ast.Attribute) and of.attr == "__class__")


def _allowed(tree: ast.Module, path: str) -> set[ast.AST]:
    """Return what stands in calls of a logger, or where `NOT_SHOWN` says that nobody sees it."""
    allowed: set[ast.AST] = set()
    for node in ast.walk(tree):
        if _is_logged(node) or (path, _target(node)) in NOT_SHOWN:
            allowed |= set(ast.walk(node))
    return allowed


def _is_logged(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOGGED


def _target(node: ast.AST) -> str | None:
    """Return the argument or the variable that a value is for."""
    if isinstance(node, ast.keyword):
        return node.arg
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return None


def class_names(path: str, tree: ast.Module) -> list[str]:
    allowed = _allowed(tree, path)
    return [
        f"{path}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and _names_class(node) and node not in allowed
    ]


def api_paths(path: str, tree: ast.Module) -> list[str]:
    """Return sentences that point to a path of the API; a path alone is for programs, and so are docstrings."""
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    } | {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        f"{path}:{node.lineno}: {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node not in docstrings
        and " " in node.value.strip()
        and A_PATH.search(node.value)
    ]


def test_nobody_is_shown_the_name_of_a_class() -> None:
    found = [
        line for path, tree in _modules(*FOR_PEOPLE, "web", "api", "base", "http") for line in class_names(path, tree)
    ]
    assert found == []


def test_sentences_point_to_pages_and_commands_and_not_to_paths_of_the_api() -> None:
    assert [line for path, tree in _modules(*FOR_PEOPLE) for line in api_paths(path, tree)] == []
    for folder in TEMPLATES:
        for template in sorted((SOURCE / "web" / "templates" / folder).glob("*.html")):
            assert not A_PATH.search(template.read_text(encoding="utf-8")), template.name


def test_the_search_finds_both() -> None:
    tree = ast.parse(
        'def f(error):\n    """See /v1/brim/x for more."""\n    log.error("x", kind=type(error).__name__)\n'
        '    raise E(f"{type(error).__name__}: {error}", "Ask at /v1/brim/x first.", "/v1/brim/x/")\n'
    )
    assert class_names("x.py", tree) == ["x.py:4"]
    assert api_paths("x.py", tree) == ["x.py:4: Ask at /v1/brim/x first."]
