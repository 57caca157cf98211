"""Where the text of a setting comes from: the command line, the environment, a TOML file, another file or a command.

A flag wins over the environment, which wins over the configuration file. In the environment and in the file a secret
may be named instead of written: by a file that holds it, or by a command that prints it.
"""

import difflib
import os
import shlex
import subprocess
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from brim.base.errors import BrimError

CONFIG_VARIABLE: Final = "BRIM_CONFIG"
_FILE: Final = "_FILE"
_COMMAND: Final = "_COMMAND"
_COMMAND_TIMEOUT_S: Final = 30.0
_OPEN_TO_OTHERS: Final = 0o077


class ConfigFileError(BrimError):
    """The configuration file cannot be used."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The configuration file {path} cannot be used: {reason}")


class SecretSourceError(BrimError):
    """A secret cannot be had from where a setting says."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")


class TwoSourcesError(BrimError):
    """The environment says in two ways what a setting is."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"{' and '.join(names)} are both set. Keep one of them.")


@dataclass(frozen=True)
class SettingNames:
    """What one setting is called on the command line, in the environment and in the file; whether it is a secret."""

    field: str
    flag: str
    variable: str
    key: str
    is_secret: bool


@dataclass(frozen=True)
class GivenText:
    """The text of a setting, by what name it was given there, and where that is, for people to read."""

    text: str
    name: str
    source: str


@dataclass(frozen=True)
class ConfigFile:
    """What a configuration file says, by key; no file says nothing. `problems` are its keys that are no settings."""

    path: Path | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[ConfigFileError, ...] = ()


def read_config_file(path: Path, keys: Iterable[str]) -> ConfigFile:
    """Return what a TOML file says.

    Raises:
        ConfigFileError: it cannot be read, or is not TOML.
    """
    try:
        with path.open("rb") as opened:
            values = tomllib.load(opened)
    except OSError as error:
        raise ConfigFileError(path, f"{error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigFileError(path, f"{error}.") from error
    known = sorted(keys)
    problems = tuple(_unknown_key(path, key, known) for key in values if key not in known)
    return ConfigFile(path, values, problems)


def _unknown_key(path: Path, key: str, known: Sequence[str]) -> ConfigFileError:
    near = difflib.get_close_matches(key, known, n=1)
    hint = f" Do you mean {near[0]}?" if near else ""
    return ConfigFileError(path, f"there is no setting {key}.{hint}")


def find_text(
    names: SettingNames, flag_text: str | None, environ: Mapping[str, str], file: ConfigFile
) -> GivenText | None:
    """Return the text of a setting, or None where nothing gives one; an empty variable gives none.

    Raises:
        TwoSourcesError: the environment has it more than once.
        SecretSourceError: a file or a command does not give the secret.
        ConfigFileError: the file has a value of a kind that no setting takes.
    """
    if flag_text is not None:
        return GivenText(flag_text, names.flag, f"flag {names.flag}") if flag_text else None
    return _from_environment(names, environ) or _from_file(names, file)


def secret_variables(names: SettingNames) -> tuple[str, ...]:
    """Return the variables that may name where a secret is."""
    return (names.variable + _FILE, names.variable + _COMMAND) if names.is_secret else ()


def is_open_to_others(path: Path) -> bool:
    """Tell whether other users than the owner may read or write a file."""
    return bool(path.stat().st_mode & _OPEN_TO_OTHERS)


def _from_environment(names: SettingNames, environ: Mapping[str, str]) -> GivenText | None:
    given = [name for name in (names.variable, *secret_variables(names)) if environ.get(name)]
    if len(given) > 1:
        raise TwoSourcesError(given)
    if not given:
        return None
    name, text = given[0], environ[given[0]]
    if name == names.variable:
        return GivenText(text, name, f"variable {name}")
    if name.endswith(_FILE):
        return GivenText(_read_secret(name, Path(text)), name, f"file {text}, by variable {name}")
    words = _split(name, text)
    return GivenText(_run(name, words), name, f"command {words[0]}, by variable {name}")


def run_secret_command(name: str, text: str) -> str:
    """Return the secret that a command line prints; `name` says where the command line is from.

    Raises:
        SecretSourceError: it prints none.
    """
    return _run(name, _split(name, text))


def _split(name: str, text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise SecretSourceError(name, f"the command cannot be read: {error}.") from error
    if not words:
        raise SecretSourceError(name, "the command is empty.")
    return words


def _from_file(names: SettingNames, file: ConfigFile) -> GivenText | None:
    value = file.values.get(names.key)
    if file.path is None or value is None:
        return None
    source = f"file {file.path}"
    if not isinstance(value, dict):
        return GivenText(_write(file.path, names.key, value), names.key, source)
    kinds: dict[str, Callable[[Any], str]] = {
        "file": lambda path: _read_secret(names.key, Path(path)),
        "command": lambda words: _run(names.key, words),
    }
    (kind, given), *more = [*value.items()] or [("", None)]
    fits = isinstance(given, str) if kind == "file" else isinstance(given, list) and _are_words(given)
    if not names.is_secret or more or kind not in kinds or not fits:
        takes = '{ file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }' if names.is_secret else "no table"
        raise ConfigFileError(file.path, f"{names.key} takes {takes}.")
    shown = given if kind == "file" else given[0]
    return GivenText(kinds[kind](given), names.key, f"{kind} {shown}, by {source}")


def _are_words(given: Sequence[Any]) -> bool:
    return bool(given) and all(isinstance(word, str) for word in given)


def _write(path: Path, key: str, value: Any) -> str:
    """Return a value of TOML as the text that a variable would have."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    if isinstance(value, str | int | float):
        return str(value)
    raise ConfigFileError(path, f"{key} takes a string, a number, true or false, or a list of strings.")


def _read_secret(name: str, path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SecretSourceError(name, f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    return _without_line_end(name, text, f"{path} is empty.")


def _run(name: str, words: Sequence[str]) -> str:
    """Return what a command prints; what it writes to standard error is for people, and passes through."""
    program = words[0]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("BRIM_")}
    try:
        done = subprocess.run(  # noqa: S603  the operator's own command, and no shell
            words,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=environ,
            timeout=_COMMAND_TIMEOUT_S,
            check=False,
        )
        text = done.stdout.decode()
    except subprocess.TimeoutExpired:
        reason = f"{program} has not answered within {_COMMAND_TIMEOUT_S:g} seconds."
        raise SecretSourceError(name, reason) from None
    except OSError as error:
        raise SecretSourceError(name, f"{program} cannot be run: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise SecretSourceError(name, f"{program} printed something that isn't text.") from None
    if done.returncode:
        raise SecretSourceError(name, f"{program} exited with {done.returncode}.")
    return _without_line_end(name, text, f"{program} has printed nothing.")


def _without_line_end(name: str, text: str, empty: str) -> str:
    secret = text.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise SecretSourceError(name, empty)
    return secret
