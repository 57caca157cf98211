"""The blocks of docs/operations.md are scripts for hosts, and what they ask of Brim exists.

`make operations-drill` runs them; this is what can be told at once.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator

import click
import pytest
from operations.document import DOCUMENT, Block, UnnamedBlockError, blocks_of

from brim.cli.root import cli

TEXT = DOCUMENT.read_text(encoding="utf-8")
BLOCKS = blocks_of(TEXT)
PROGRAM = re.compile(r"/opt/brim[^/]*/bin/brim")
HEREDOC = re.compile(r"<<(-?)'?EOF'?.*?^EOF$", re.DOTALL | re.MULTILINE)


def commands_of(script: str) -> Iterator[list[str]]:
    """Yield the words after `brim` of each such command in a script."""
    lines = HEREDOC.sub("<<EOF", script).replace("\\\n", " ").splitlines()
    for line in lines:
        words = re.sub(r"\$\([^()]*\)", "value", line)
        if "brim" in words and not words.startswith("#"):
            yield from _after_brim(list(shlex.shlex(words, posix=True, punctuation_chars=True)))


def _after_brim(words: list[str]) -> Iterator[list[str]]:
    for place, word in enumerate(words):
        first = place == 0 or words[place - 1] in {"!", "&&", "||", ";", "("} or words[place - 1].startswith("root@")
        if PROGRAM.fullmatch(word) or (word == "brim" and first):
            rest = words[place + 1 :]
            ends = (at for at, token in enumerate(rest) if set(token) <= set("&|;()<>"))
            yield rest[: next(ends, len(rest))]


def unknown_in(words: list[str]) -> str | None:
    """Return what of a command's words Brim does not know."""
    command: click.Command = cli
    while isinstance(command, click.Group):
        name = words[0] if words else ""
        if name not in command.commands:
            return name
        command, words = command.commands[name], words[1:]
    options = {name for option in command.params for name in option.opts}
    given = [word.partition("=")[0] for word in words if word.startswith("-")]
    return next((option for option in given if option not in options), None)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{'+'.join(block.hosts)}: {block.title}")
def test_a_block_is_a_script_whose_commands_of_brim_exist(block: Block) -> None:
    parsed = subprocess.run(["bash", "-n"], input=block.script, capture_output=True, text=True, check=False)
    assert (parsed.returncode, parsed.stderr) == (0, "")
    assert [unknown for words in commands_of(block.script) if (unknown := unknown_in(words)) is not None] == []


def test_commands_in_sentences_exist() -> None:
    named = [shlex.split(text) for text in re.findall(r"`brim ([^`]+)`", TEXT)]
    assert named
    assert [words for words in named if unknown_in(words) is not None] == []


def test_commands_of_brim_are_found_and_titles_tell_blocks_apart() -> None:
    found = [words for block in BLOCKS for words in commands_of(block.script)]
    assert ["keys", "create"] in found
    assert any(words[:1] == ["operators"] for words in found)
    assert len({(block.hosts, block.title) for block in BLOCKS}) == len(BLOCKS)
    assert TEXT.count("```") == 2 * len(BLOCKS)


def test_a_block_without_a_host_and_a_command_that_does_not_exist_are_seen() -> None:
    with pytest.raises(UnnamedBlockError):
        blocks_of("```sh\nls\n```\n")
    with pytest.raises(UnnamedBlockError):
        blocks_of("```sh\n# on moon: ls\nls\n```\n")
    (block,) = blocks_of("```sh\n# on app: x\nX=1 /opt/brim/bin/brim migrate --now && brim keys make\n```\n")
    assert [unknown_in(words) for words in commands_of(block.script)] == ["--now", "make"]
