"""What people read keeps to the field's words: those that `words.toml` lists are not in pages, help and documents."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import click
import pytest

import brim
from brim.bank.commands import bank
from brim.cli.root import cli
from tests.support.words import LABELS, PHRASES, banned_in, banned_label, may_have_banned

SOURCE: Final = Path(brim.__file__).parent
TREE: Final = Path(__file__).parents[2]
DOCUMENTS: Final = (TREE / "README.md", TREE / "CONTRIBUTING.md", *sorted((TREE / "docs").glob("*.md")))

NOT_YET: Final = frozenset[tuple[str, str]]()
"""Files that still have a banned phrase: this list only shrinks."""

_MARKUP: Final = re.compile(
    r"\{#.*?#\}|<!--.*?-->|</?(?:strong|em|code|a|b)\b(?:[^<>{]|\{\{.*?\}\}|\{%.*?%\})*>", re.DOTALL
)
"""Comments, and tags that stand within sentences."""
_TEXT: Final = re.compile(r">([^<>{}]+)<")
"""What stands between two tags alone."""
_WORDS: Final = re.compile(r"[A-Za-z]{2}")
_JOINED: Final = re.compile(r"""(["'])\s+[rf]?\1""")
"""The seam of a text that is written as several strings."""


def of_template(text: str) -> Iterator[str]:
    """Yield what is wrong with a template's words."""
    yield from banned_in(_MARKUP.sub("", text))
    for found in _TEXT.findall(text):
        yield from banned_label(found)


def of_source(text: str) -> Iterator[str]:
    """Yield what is wrong with the texts of a module: its strings, and not what documents its code."""
    if not may_have_banned(_JOINED.sub("", text)):
        return
    tree = ast.parse(text)
    documentation = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts: set[ast.AST] = {part for node in ast.walk(tree) if _is_of_names(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts.update(node.values)
            yield from banned_in(
                "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node in documentation or node in parts or not _WORDS.search(node.value):
                continue
            yield from banned_in(node.value)
            yield from banned_label(node.value)


def _is_of_names(node: ast.AST) -> bool:
    """Tell whether it is `__all__ = [...]`."""
    return isinstance(node, ast.Assign) and any(
        isinstance(each, ast.Name) and each.id == "__all__" for each in node.targets
    )


def of_command(command: click.Command) -> Iterator[str]:
    """Yield what is wrong with the help of a command and of those below it."""
    yield from banned_in(command.help or "")
    for param in command.params:
        yield from banned_in(getattr(param, "help", None) or "")
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            below = command.get_command(click.Context(command), name)
            assert below is not None
            yield from of_command(below)


def _all_of(paths: list[Path], checked: Callable[[str], Iterator[str]]) -> list[str]:
    return [
        f"{path.relative_to(TREE).as_posix()}: {wrong}"
        for path in paths
        for wrong in checked(path.read_text(encoding="utf-8"))
        if not any(path == TREE / name and phrase in wrong for name, phrase in NOT_YET)
    ]


def test_templates_keep_to_the_words() -> None:
    assert _all_of(sorted((SOURCE / "web" / "templates").rglob("*.html")), of_template) == []


def test_sources_keep_to_the_words() -> None:
    assert _all_of(sorted(SOURCE.rglob("*.py")), of_source) == []


def test_scripts_keep_to_the_words() -> None:
    scripts = [path for path in sorted((SOURCE / "web" / "static").rglob("*.js")) if "vendor" not in path.parts]
    assert scripts
    assert _all_of(scripts, banned_in) == []


@pytest.mark.parametrize("command", [cli, bank], ids=["brim", "bank"])
def test_the_help_of_every_command_keeps_to_the_words(command: click.Command) -> None:
    assert list(of_command(command)) == []


def test_documents_keep_to_the_words() -> None:
    assert _all_of(list(DOCUMENTS), banned_in) == []


def test_no_replacement_has_a_word_that_may_not_come_back() -> None:
    for instead in (*PHRASES.values(), *LABELS.values()):
        assert list(banned_in(instead)) == []


@pytest.mark.parametrize(
    "text",
    [
        "<p>Nobody\n  waits</p>",
        "<p>nobody waits.</p>",
        '<button title="Play the bank">Go</button>',
        "<p>I <strong>have</strong> kept it</p>",
        "<p>{% if it %}Nobody waits{% endif %}</p>",
        '<th scope="col">Made</th>',
        "<button> Make it </button>",
    ],
)
def test_a_template_with_a_banned_word_is_found(text: str) -> None:
    assert len(list(of_template(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        'TEXT = "Nobody waits"',
        'TEXT = "It is so: nobody " "waits."',
        'TEXT = f"{many} endpoints: nobody waits"',
        'LABEL = "Made"',
        'TEXT = {"made": "Made"}',
    ],
)
def test_a_source_with_a_banned_word_is_found(text: str) -> None:
    assert len(list(of_source(text))) == 1


def test_a_command_with_a_banned_word_is_found() -> None:
    option = click.Option(["--key"], help="The oldest when left out.")
    below = click.Command("below", params=[option], help="Make a key and show it.")
    assert len(list(of_command(click.Group("above", commands={"below": below})))) == 2


@pytest.mark.parametrize(
    "text",
    [
        "<p>Made by hand in May.</p>",
        "<p>Everybody waitstaff</p>",
        "{# Nobody waits #}<p>Delivered</p>",
        '<div data-made="Made"></div>',
    ],
)
def test_a_template_without_one_is_let_pass(text: str) -> None:
    assert list(of_template(text)) == []


def test_what_documents_code_is_let_pass() -> None:
    assert list(of_source('"""Nobody waits."""\n\nLIMIT = 1\n"""Nobody waits."""\n# Nobody waits\n')) == []
