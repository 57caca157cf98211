"""What the Shell says of a line that it does not carry out; the sentences are the official CLI's where it has one.

Source: the messages of version 1.52.0 of the official CLI, observed.
"""

from collections.abc import Sequence

from brim.base.errors import BrimError


class ShellError(BrimError):
    """A command line that is not carried out, or not to its end."""


class LineTooLongError(ShellError):
    """The line is longer than any command is."""

    def __init__(self, most: int) -> None:
        super().__init__(f"This line is too long: at most {most:,} characters.")


class TooManyWordsError(ShellError):
    """The line has more words than any command has."""

    def __init__(self, most: int) -> None:
        super().__init__(f"This line has too many words: at most {most}.")


class OpenQuoteError(ShellError):
    """A quotation mark or a backslash waits for something that does not come."""

    def __init__(self) -> None:
        super().__init__("A quotation mark isn't closed, or the line ends in a backslash.")


class UnknownCommandError(ShellError):
    """There is no such command."""

    def __init__(self, program: str, given: str, similar: str | None) -> None:
        hint = f' Did you mean "{similar}"?\nIf not, see' if similar else "\nSee"
        super().__init__(f'Unknown command "{given}" for "{program}".{hint} "{program} --help" for a list of commands.')


class UnknownProgramError(ShellError):
    """The line begins with no program that the Shell knows."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f'Unknown program "{given}": commands begin with stripe or brim. Run `stripe help` to list commands. '
            "Nothing runs on the server's operating system."
        )


class ElsewhereError(ShellError):
    """The command needs a computer of the visitor's, or a terminal on the server."""

    def __init__(self, command: str) -> None:
        super().__init__(f'"{command}" runs only on your own computer and is not available in the Shell.')


class UnknownFlagError(ShellError):
    """The command has no such flag."""

    def __init__(self, given: str) -> None:
        super().__init__(f"unknown flag: {given}")


class UnknownShorthandError(ShellError):
    """The command has no flag of that letter."""

    def __init__(self, letter: str, word: str) -> None:
        super().__init__(f"unknown shorthand flag: {letter!r} in {word}")


class MissingValueError(ShellError):
    """A flag stands at the end and has no value."""

    def __init__(self, flag: str) -> None:
        super().__init__(f"flag needs an argument: {flag}")


class UnreadableValueError(ShellError):
    """A flag's value is not of its kind."""

    def __init__(self, flag: str, given: str, reason: str) -> None:
        super().__init__(f'invalid argument "{given}" for "{flag}" flag: {reason}')


class UselessFlagError(ShellError):
    """A flag of the official CLI that means nothing here."""

    def __init__(self, flag: str) -> None:
        super().__init__(f"{flag} isn't supported in the Shell, which uses your session's key and mode.")


class WrongArgumentsError(ShellError):
    """The command takes another number of arguments."""

    def __init__(self, command: str, wanted: int) -> None:
        plural = "argument" if wanted == 1 else "arguments"
        super().__init__(
            f"`{command}` requires exactly {wanted} positional {plural}. See `{command} --help` for supported flags "
            "and usage"
        )


class UnreadableFieldError(ShellError):
    """What follows `-d` is not of the form `name=value`."""

    def __init__(self, given: str) -> None:
        super().__init__(f"invalid data argument: {given}")


class FieldSetTwiceError(ShellError):
    """A parameter is given by its flag and by `-d`."""

    def __init__(self, name: str) -> None:
        super().__init__(f'flag "{name}" already set')


class UnrecognizedIdError(ShellError):
    """An id whose kind has no address of its own."""

    def __init__(self, given: str) -> None:
        super().__init__(f"unrecognized object id: {given}")


class UnacceptableError(ShellError):
    """A value that is none of those there are."""

    def __init__(self, given: str, what: str, choices: Sequence[str]) -> None:
        super().__init__(f"{given} is not an acceptable {what} ({', '.join(choices)})")


class UnconfirmedError(ShellError):
    """What deletes something is asked for twice."""

    def __init__(self) -> None:
        super().__init__("This deletes an object. To confirm, add --confirm (or -c).")


class ReadOnlyError(ShellError):
    """Something else than a GET, where only looking is allowed."""

    def __init__(self, method: str, *, livemode: bool) -> None:
        where = "The Shell is read-only in live mode" if livemode else "Your role is read-only"
        super().__init__(f"{where}: {method} requests are not sent. Nothing was changed.")


class RefusedKeyError(ShellError):
    """The API answered 401: nothing else will work either."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"Request failed, status={status}, body={body}")


class TriggerFailedError(ShellError):
    """A request on the way to an event was refused."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"Trigger failed: Request failed, status={status}, body={body}")


class UnsupportedEventError(ShellError):
    """Nothing leads to this event."""

    def __init__(self, event: str, supported: Sequence[str]) -> None:
        super().__init__(f"The event `{event}` cannot be triggered. These can: {', '.join(supported)}.")


class ListeningFailedError(ShellError):
    """No session to listen in was given out, or it was taken away."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Error while listening: {reason}")


class OutputLimitError(ShellError):
    """A command printed more than one command may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"Output truncated: a command prints at most {most // 1024:,} KiB.")


class TimeLimitError(ShellError):
    """A command ran longer than one command may."""

    def __init__(self, seconds: float) -> None:
        shown = f"{seconds / 60:.0f} minutes" if seconds >= 60 else f"{seconds:g} seconds"
        super().__init__(f"Stopped after {shown}. A request that was already sent may still have been carried out.")


class BusyError(ShellError):
    """A pane runs one command at a time."""

    def __init__(self) -> None:
        super().__init__("A command is already running. Stop it with Ctrl+C, or open another pane.")


class UnusableKeyError(ShellError):
    """The key that was given is none that the API takes."""
