"""What `help` prints: the commands there are, the operations of a resource, the flags of a command.

Source: the shape of the help of version 1.52.0 of the official CLI; the sentences are those of our own operations.
"""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from brim.core.triggers import TRIGGERS
from brim.web.shell import colours
from brim.web.shell.commands import Command, Flag, Words
from brim.web.shell.flags import PLAIN_FLAGS, REQUEST_FLAGS
from brim.web.shell.streams import LISTEN_FLAGS, TAIL_FLAGS

_WIDTH: Final = 88
_COLUMN: Final = 30

BUILTINS: Final[Mapping[Words, str]] = {
    ("listen",): "Print events as they happen",
    ("trigger",): "Trigger an event",
    ("logs", "tail"): "Print API requests as they complete",
    ("get",): "Send a GET request",
    ("post",): "Send a POST request",
    ("delete",): "Send a DELETE request",
    ("resources",): "List the resources",
    ("status",): "Show whether the service is ready",
    ("whoami",): "Show your account, mode and role",
    ("version",): "Show the version",
    ("help",): "Show help for a command",
}
"""The commands that are no operation, and what they do."""

SCREEN_COMMANDS: Final[Mapping[str, str]] = {"clear": "Clear the screen", "history": "Show earlier commands"}
"""What is typed without a program before it."""

TRIGGER_FLAGS: Final = (
    Flag(name="add", kind="list", description="Add a parameter, as step:name=value"),
    Flag(name="api-version", kind="string", description="The API version to use"),
    Flag(name="help", letter="h", kind="boolean", description="Show this help"),
    Flag(name="override", kind="list", description="Override a parameter, as step:name=value"),
    Flag(name="remove", kind="list", description="Remove a parameter, as step:name"),
    Flag(name="stripe-account", kind="string", description="The account to act for"),
)

_USAGES: Final[Mapping[Words, tuple[str, Sequence[Flag], Sequence[str]]]] = {
    ("listen",): ("listen [flags]", LISTEN_FLAGS, ("listen", "listen --events topup.succeeded,topup.failed")),
    ("trigger",): ("trigger <event> [flags]", TRIGGER_FLAGS, ("trigger topup.failed",)),
    ("logs", "tail"): ("logs tail [flags]", TAIL_FLAGS, ("logs tail --filter-status-code-type 4XX",)),
    ("get",): ("get <id or path> [flags]", PLAIN_FLAGS, ("get /v1/topups --limit 3",)),
    ("post",): ("post <path> [flags]", REQUEST_FLAGS, ("post /v1/topups -d amount=2000 -d currency=usd",)),
    ("delete",): ("delete <id or path> [flags]", REQUEST_FLAGS, ("delete /v1/webhook_endpoints/we_... --confirm",)),
}


def overview(program: str, commands: Mapping[Words, Command]) -> str:
    """Return the page of `help`."""
    builtins = "\n".join(_row(" ".join(words), text) for words, text in BUILTINS.items())
    screen = "\n".join(_row(name, text) for name, text in SCREEN_COMMANDS.items())
    return "\n\n".join(
        (
            (
                f"{colours.bold('Usage:')}\n  {program} <command> [flags]\n"
                f"  {program} <resource> <operation> [parameters...]"
            ),
            f"{colours.bold('Commands:')}\n{builtins}",
            f"{colours.bold('Resources:')}\n{_resource_rows(commands)}",
            f"{colours.bold('On this screen:')}\n{screen}",
            (
                "Tab completes, the arrow keys recall earlier commands, Ctrl+C stops. "
                f"Run `{program} help <resource> <operation>` for details.\n"
            ),
        )
    )


def resources(commands: Mapping[Words, Command]) -> str:
    """Return the page of `resources`."""
    return f"{colours.bold('Resources:')}\n{_resource_rows(commands)}\n"


def group(program: str, words: Words, commands: Mapping[Words, Command]) -> str:
    """Return the page of a resource, or of what holds several: what may follow."""
    rows = {}
    for known, command in commands.items():
        if known[: len(words)] == words:
            follows = known[len(words)]
            rows[follows] = command.summary if len(known) == len(words) + 1 else "..."
    name = " ".join(words)
    table = "\n".join(_row(follows, text) for follows, text in sorted(rows.items()))
    return (
        f"{colours.bold('Usage:')}\n  {program} {name} <operation> [parameters...]\n\n"
        f"{colours.bold('Available Operations:')}\n{table}\n"
    )


def trigger_events() -> str:
    """Return what `trigger` alone prints."""
    return "Trigger an event, with all requests that lead to it.\n\nSupported events:\n" + "".join(
        f"  {event}\n" for event in TRIGGERS
    )


def builtin(program: str, words: Words) -> str:
    """Return the page of a command that is no operation."""
    text = BUILTINS[words]
    usage, flags, examples = _USAGES.get(words, (" ".join(words), (), ()))
    parts = [f"{text}.", f"{colours.bold('Usage:')}\n  {program} {usage}"]
    if examples:
        parts.append(f"{colours.bold('Examples:')}\n" + "\n".join(f"  {program} {example}" for example in examples))
    if words == ("trigger",):
        parts.append("Supported events:\n" + "\n".join(f"  {event}" for event in TRIGGERS))
    if flags:
        parts.append(f"{colours.bold('Flags:')}\n{_flag_rows(flags)}")
    return "\n\n".join(parts) + "\n"


def operation(program: str, command: Command) -> str:
    """Return the page of an operation's command."""
    name = " ".join(command.words)
    marks = "[]" if command.path_without else "<>"
    argument = "".join(f" {marks[0]}{name}{marks[1]}" for name in command.arguments)
    parts = [
        f"{command.summary}: {command.method} {command.path}",
        f'{colours.bold("Usage:")}\n  {program} {name}{argument} [--param=value] [-d "nested[param]=value"]',
    ]
    required = [f"--{flag.name} <{_value(flag)}>" for flag in command.flags if flag.required]
    if required:
        parts.append(f"{colours.bold('Examples:')}\n  {program} {name}{argument} {' '.join(required)}")
    if command.flags:
        parts.append(f"{colours.bold('Request Parameters:')}\n" + "\n".join(map(_parameter, command.flags)))
    parts.append(f"{colours.bold('Flags:')}\n{_flag_rows(REQUEST_FLAGS)}")
    return "\n\n".join(parts) + "\n"


def _parameter(flag: Flag) -> str:
    repeated = "  [can be specified multiple times]" if flag.kind == "list" else ""
    text = textwrap.fill(flag.description, _WIDTH, initial_indent=" " * 10, subsequent_indent=" " * 10)
    return f"      --{flag.name} <{_value(flag)}>{repeated}" + (f"\n{text}" if text.strip() else "")


def _value(flag: Flag) -> str:
    """Return what a flag's value is called: the values there are, or their kind."""
    if flag.choices:
        shown = "|".join(flag.choices[:5])
        return f"{shown}|..." if len(flag.choices) > 5 else shown
    return {"boolean": "true|false", "integer": "integer"}.get(flag.kind, "string")


def _flag_rows(flags: Iterable[Flag]) -> str:
    def row(flag: Flag) -> str:
        letter = f"-{flag.letter}, " if flag.letter else "    "
        value = "" if flag.kind == "boolean" else " string"
        return _row(f"{letter}--{flag.name}{value}", flag.description)

    return "\n".join(row(flag) for flag in flags)


def _resource_rows(commands: Mapping[Words, Command]) -> str:
    operations: dict[str, list[str]] = {}
    for words in commands:
        operations.setdefault(" ".join(words[:-1]), []).append(words[-1])
    return "\n".join(_row(resource, ", ".join(sorted(names))) for resource, names in operations.items())


def _row(name: str, text: str) -> str:
    """Return a row of two columns; where the first is too wide, the second stands below."""
    wrapped = textwrap.wrap(text, _WIDTH - _COLUMN - 2) or [""]
    indent = f"\n{' ' * (_COLUMN + 2)}"
    if len(name) < _COLUMN:
        return f"  {name:<{_COLUMN}}{indent.join(wrapped)}".rstrip()
    return f"  {name}{indent}{indent.join(wrapped)}"
