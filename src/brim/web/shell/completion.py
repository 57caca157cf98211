"""What Tab offers: programs, commands, operations, flags and the values there are."""

import re
from collections.abc import Iterable, Mapping

import msgspec

from brim.core.triggers import TRIGGERS
from brim.web.shell import manual
from brim.web.shell.commands import Command, Flag, Words
from brim.web.shell.failures import ShellError
from brim.web.shell.flags import PLAIN_FLAGS, REQUEST_FLAGS
from brim.web.shell.interpreter import PROGRAMS
from brim.web.shell.streams import LISTEN_FLAGS, TAIL_FLAGS
from brim.web.shell.words import MAX_LINE, split_line

_BUILTIN_FLAGS: Mapping[Words, Iterable[Flag]] = {
    ("get",): PLAIN_FLAGS,
    ("post",): REQUEST_FLAGS,
    ("delete",): REQUEST_FLAGS,
    ("listen",): LISTEN_FLAGS,
    ("logs", "tail"): TAIL_FLAGS,
    ("trigger",): manual.TRIGGER_FLAGS,
}


class Completion(msgspec.Struct, frozen=True):
    """What may stand in a line from `start` up to the cursor instead of what stands there, in order."""

    start: int
    choices: list[str]


def complete(commands: Mapping[Words, Command], line: str, cursor: int) -> Completion:
    """Return what may be meant at the cursor; `start` and `cursor` count characters.

    A choice that ends in `=` waits for a value, any other is a whole word.
    """
    before = line[:cursor]
    partial = re.split(r"\s", before)[-1]
    start = len(before) - len(partial)
    if len(line) > MAX_LINE:
        return Completion(start, [])
    try:
        words = split_line(before[:start])
    except ShellError:  # inside a quotation
        return Completion(start, [])
    choices = _choices(commands, words, partial)
    return Completion(start, sorted({choice for choice in choices if choice.startswith(partial)}))


def _choices(commands: Mapping[Words, Command], words: list[str], partial: str) -> Iterable[str]:
    if not words:
        return (*PROGRAMS, "help", *manual.SCREEN_COMMANDS)
    if words[0] == "help":
        return _words_after(commands, words[1:])
    if words[0] not in PROGRAMS:
        return ()
    if words[1:2] == ["help"]:
        return _words_after(commands, words[2:])
    flags = _flags(commands, words[1:])
    return _words_after(commands, words[1:]) if flags is None else _values(flags, words[1:], partial)


def _values(flags: tuple[Flag, ...], words: list[str], partial: str) -> Iterable[str]:
    """Return what may stand behind a whole command: a flag, a flag's value, an event to trigger."""
    if partial.startswith("-"):
        return _flag_choices(flags, partial)
    waiting = _flag_before(flags, words)
    if waiting:
        return waiting.choices
    return TRIGGERS if words == ["trigger"] else ()


def _words_after(commands: Mapping[Words, Command], words: list[str]) -> Iterable[str]:
    """Return the words that may follow on the way to a command."""
    beginning = tuple(words)
    known = (*commands, *manual.BUILTINS)
    return (
        each[len(beginning)] for each in known if each[: len(beginning)] == beginning and len(each) > len(beginning)
    )


def _flags(commands: Mapping[Words, Command], words: list[str]) -> tuple[Flag, ...] | None:
    """Return the flags of the command that a line begins with; None where it is no whole command yet."""
    for length in (3, 2, 1):
        name = tuple(words[:length])
        if name in commands:
            return (*commands[name].flags, *REQUEST_FLAGS)
        if name in _BUILTIN_FLAGS:
            return tuple(_BUILTIN_FLAGS[name])
    return None


def _flag_choices(flags: tuple[Flag, ...], partial: str) -> Iterable[str]:
    """Return flags, or, behind an equals sign, the values of one."""
    name, equals, _ = partial.partition("=")
    if equals:
        flag = next((flag for flag in flags if f"--{flag.name}" == name), None)
        return [f"{name}={choice}" for choice in flag.choices] if flag else ()
    return [f"--{flag.name}" if flag.kind == "boolean" else f"--{flag.name}=" for flag in flags]


def _flag_before(flags: tuple[Flag, ...], words: list[str]) -> Flag | None:
    """Return the flag that waits for its value."""
    last = words[-1] if words else ""
    names = (flag for flag in flags if flag.kind != "boolean")
    return next((flag for flag in names if last in {f"--{flag.name}", f"-{flag.letter}"}), None)
