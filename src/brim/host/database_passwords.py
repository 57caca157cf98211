"""The passwords of the embedded database's two roles: known to Brim alone, and required of everybody.

The database listens on a socket that other processes of its user can reach too; as root that user is `nobody`, whom
many services share. So nobody is let in without a password. They lie in a file beside the database's folder, which
belongs to whoever started Brim and not to the database's user. The database has only verifiers, from which no password
can be found.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from brim.base.errors import BrimError

_BYTES: Final = 32
_ITERATIONS: Final = 1
"""Iterations make words that a person can remember expensive to guess. A password of 256 random bits needs none, and
PostgreSQL's default of 4,096 would cost every new connection some ten milliseconds of processor time."""


class PasswordsUnreadableError(BrimError):
    """The file does not hold the two passwords."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"The file {file} does not hold the embedded database's passwords. Remove it: new ones are set at the next "
            "start."
        )


@dataclass(frozen=True)
class Passwords:
    """The password of the tables' owner and that of the service's role."""

    owner: str
    service: str

    @property
    def fingerprint(self) -> str:
        """Which passwords these are, without telling them."""
        return hashlib.sha256(f"{self.owner}\n{self.service}".encode()).hexdigest()[:32]


def read_passwords(folder: Path) -> Passwords | None:
    """Return the passwords of the database in a folder; None where an earlier version left it without.

    Raises:
        PasswordsUnreadableError: the file holds something else.
    """
    file = _file_of(folder)
    try:
        kept = json.loads(file.read_bytes())
        return Passwords(owner=str(kept["owner"]), service=str(kept["service"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise PasswordsUnreadableError(file) from None


def keep_passwords(folder: Path) -> Passwords:
    """Return the passwords of the database in a folder, made and kept where there are none yet.

    Raises:
        PasswordsUnreadableError: the file holds something else.
    """
    kept = read_passwords(folder)
    if kept is None:
        kept = Passwords(owner=secrets.token_urlsafe(_BYTES), service=secrets.token_urlsafe(_BYTES))
        _write(_file_of(folder), kept)
    return kept


def scram_verifier(password: str) -> str:
    """Return what PostgreSQL stores for a password; always the same for the same one, so that it can be compared.

    Source: RFC 5802 section 3 and RFC 7677; PostgreSQL documentation, "pg_authid", for the text's form. The password
    is ASCII, so SASLprep leaves it as it is.
    """
    salt = hashlib.sha256(b"salt of " + password.encode()).digest()[:16]
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    stored_key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    in_base64 = [base64.b64encode(value).decode() for value in (salt, stored_key, server_key)]
    return f"SCRAM-SHA-256${_ITERATIONS}:{in_base64[0]}${in_base64[1]}:{in_base64[2]}"


def _file_of(folder: Path) -> Path:
    return folder.with_name(folder.name + ".passwords")


def _write(file: Path, passwords: Passwords) -> None:
    """Write the file so that a crash leaves all of it or nothing; nobody else may read it, not even for a moment."""
    unfinished = file.with_name(file.name + ".new")
    unfinished.unlink(missing_ok=True)  # one that a crash left, or that somebody laid there
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(json.dumps(asdict(passwords)).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
