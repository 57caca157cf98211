"""How a profile names a folder on a bank's SFTP server, and the keys by which that server is known. Pure.

Sources: RFC 4251 and 4253 for host keys, their names and their encoding; OpenSSH for fingerprints (`SHA256:` and the
unpadded base64 of the hash of the key) and for lines of public keys.
"""

import base64
import binascii
import hashlib
import posixpath
import re
from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, urlsplit

SCHEME: Final = "sftp://"
DEFAULT_PORT: Final = 22

_FINGERPRINT: Final = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_HOME: Final = "/~/"
_PLAIN: Final = re.compile(r"[!-~]+")
_RSA: Final = "ssh-rsa"


class Upload(StrEnum):
    """How a file gets its final name on the bank's server."""

    RENAME = "rename"
    """It is written under a temporary name and renamed, so that the bank never finds a partial file."""
    DIRECT = "direct"
    """It is written under its own name, because the bank's server forbids renaming."""


class AfterReading(StrEnum):
    """What happens to a file on the bank's server once it is stored here."""

    KEEP = "keep"
    DELETE = "delete"
    ARCHIVE = "archive"
    """It is moved into another folder of the server."""


class Authentication(StrEnum):
    """How Brim authenticates to the bank's server."""

    KEY = "key"
    PASSWORD = "password"  # noqa: S105  the method's name
    BOTH = "key_and_password"


class SftpFolder(NamedTuple):
    """A folder on a bank's server. A path without a leading slash is relative to the user's home."""

    user: str
    host: str
    port: int
    path: str

    @property
    def address(self) -> str:
        """The user and host that credentials are kept for."""
        return f"{self.user}@{self.host}"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORT else f":{self.port}"
        path = self.path if self.path.startswith("/") else _HOME + self.path
        return f"{SCHEME}{quote(self.user)}@{host}{port}{quote(path, safe='/~')}"


def is_sftp(folder: str) -> bool:
    """Tell whether a folder of a profile is on an SFTP server."""
    return folder.startswith(SCHEME)


def parse_sftp_folder(text: str) -> SftpFolder:
    """Return the folder that `sftp://user@host:port/path` names; `/~/` begins a path below the user's home.

    Raises:
        ValueError: it names none; the sentence never repeats the text, which may have a password in it.
    """
    try:
        parts = urlsplit(text)
        port = parts.port or DEFAULT_PORT
    except ValueError:
        raise ValueError("its address cannot be read.") from None
    if parts.scheme != "sftp" or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("it must be sftp://user@host/path, with :port after the host if it is not 22.")
    if parts.password is not None:
        raise ValueError("it must not contain a password: keep that in the folder of the setting SFTP_CREDENTIALS.")
    user, path = unquote(parts.username or ""), unquote(parts.path)
    if not user or not _PLAIN.fullmatch(user) or "/" in user or user.startswith("."):
        raise ValueError("it must name the user, as in sftp://user@host/path.")
    if not path.startswith("/") or "\0" in path or ".." in path.split("/"):
        raise ValueError("it must have a path from the root, or from /~/ for the user's home, without `..`.")
    inside = path.removeprefix(_HOME) if path.startswith(_HOME) else path
    return SftpFolder(user, parts.hostname, port, posixpath.normpath(inside or "."))


def do_overlap(one: SftpFolder, other: SftpFolder) -> bool:
    """Tell whether two folders of one user of a server are one, or one of them is inside the other."""
    if (one.user, one.host, one.port) != (other.user, other.host, other.port):
        return False
    first, second = one.path.rstrip("/"), other.path.rstrip("/")
    return first == second or first.startswith(f"{second}/") or second.startswith(f"{first}/")


def fingerprint_of(host_key: str) -> str:
    """Return the SHA256 fingerprint of a pinned host key, which is written as one, or as a line of a public key.

    Raises:
        ValueError: it is neither.
    """
    text = host_key.strip()
    if _FINGERPRINT.fullmatch(text):
        return text
    return fingerprint(_blob_of(text))


def fingerprint(blob: bytes) -> str:
    """Return the SHA256 fingerprint of an encoded public key, as OpenSSH writes it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def algorithms_of(host_keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return by which algorithms the server shall show its key, so that it shows one that is pinned.

    None at all where a pin is a fingerprint, which does not say of what kind its key is.
    """
    kinds: list[str] = []
    for host_key in host_keys:
        kind = host_key.split()[0]
        if _FINGERPRINT.fullmatch(kind):
            return ()
        kinds += ["rsa-sha2-256", "rsa-sha2-512"] if kind == _RSA else [kind]
    return tuple(dict.fromkeys(kinds))


def _blob_of(line: str) -> bytes:
    kind, _, rest = line.partition(" ")
    try:
        blob = base64.b64decode(rest.split(" ")[0], validate=True)
    except binascii.Error:
        blob = b""
    if not rest or blob[:4] != len(kind).to_bytes(4) or not blob[4:].startswith(kind.encode()) or "-cert-" in kind:
        raise ValueError(
            "each must be SHA256: and a fingerprint, or a public key line such as ssh-ed25519 AAAA..., as "
            "ssh-keygen -l and ssh-keyscan show them."
        )
    return blob
