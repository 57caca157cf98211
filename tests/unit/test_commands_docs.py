"""docs/commands.md has every command of `brim`, and none that is gone."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from brim.cli.root import cli

_TEXT = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
_COMMAND = re.compile(r"`brim ((?:[a-z][a-z-]+ ?)+)")


def _commands(group: click.Group, *names: str) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if not command.hidden:
            yield *names, name
            if isinstance(command, click.Group):
                yield from _commands(command, *names, name)


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    commands = set(_commands(cli))
    documented = {tuple(words.split()) for words in _COMMAND.findall(_TEXT)}
    assert {name for name, *_ in commands} == {name for name, *_ in documented}
    assert documented <= commands
