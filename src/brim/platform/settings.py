"""Settings: one table that the command line, the environment and the documents share.

A flag wins over its `BRIM_*` variable, which wins over the configuration file, which wins over the default
(`setting_sources`). A `BRIM_*` variable or a key of the file that is not in the table is refused, so that a misspelt
setting never passes unnoticed.
"""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qs, urlsplit

from brim.base.errors import BrimError
from brim.base.public_url import PublicUrl, parse_public_url
from brim.platform.setting_sources import (
    CONFIG_VARIABLE,
    ConfigFile,
    ConfigFileError,
    GivenText,
    SettingNames,
    find_text,
    read_config_file,
    secret_variables,
)

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?")
_UNIT_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, None: 1.0}
_DAY_S: Final = 86_400.0
_SIZE: Final = re.compile(r"(\d+)\s*(k|m)?i?b?", re.IGNORECASE)
_SIZE_UNIT: Final = {"k": 1024, "m": 1024 * 1024, None: 1}

DEFAULT_VERIFY_EVERY_S: Final = 3600.0
"""Often enough that a wrong row is known within the hour, seldom enough that reading all of the books costs little."""

Networks: TypeAlias = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]

CONFIG_FIELD: Final = "config"
"""What the configuration file's path is called among the flags."""

LISTEN_BACKLOG: Final = 4096
"""Connections that may wait to be accepted; the system cuts it to its own limit."""


_PREFIX: Final = "BRIM_"
_SSL_MODES: Final = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})
"""Source: PostgreSQL's libpq, the connection parameter `sslmode`."""


class InvalidSettingError(BrimError):
    """A setting has a value that cannot be used."""

    def __init__(self, name: str, value: str | None, expected: str) -> None:
        """`value` is None where it is a secret, which no message repeats."""
        wrong = f"{name} has a value that cannot be used" if value is None else f"{name} cannot be {value!r}"
        super().__init__(f"{wrong}: it must be {expected}.")


class UnknownSettingError(BrimError):
    """The environment holds `BRIM_*` names that mean nothing."""

    def __init__(self, names: list[str]) -> None:
        known = [setting.variable.removeprefix(_PREFIX) for setting in SETTINGS]
        close = dict.fromkeys(
            each for name in names for each in get_close_matches(name.removeprefix(_PREFIX), known, n=1)
        )
        hint = f"Did you mean {' or '.join(_PREFIX + each for each in close)}? " if close else ""
        super().__init__(
            f"Unknown setting in the environment: {', '.join(names)}. {hint}`brim serve --help` lists all settings."
        )


def parse_database_url(text: str) -> str:
    """Return the URL of a database.

    Raises:
        ValueError: the driver would refuse its scheme, a port or its `sslmode`.
    """
    parts = urlsplit(text)
    hosts = parts.netloc.rpartition("@")[2].split(",")
    ports = [host.rpartition("]")[2].partition(":")[2] for host in hosts]
    modes = parse_qs(parts.query).get("sslmode", [])
    if (
        parts.scheme not in {"postgresql", "postgres"}
        or not all(port.isdecimal() for port in ports if port)
        or not _SSL_MODES.issuperset(modes)
    ):
        raise ValueError(text)
    return text


def parse_duration(text: str) -> float:
    """Return seconds for `250ms`, `1s`, `5m`, `2h`, `30d`, or `0`. Others need a unit: 30 could be minutes.

    Raises:
        ValueError: for anything else.
    """
    match = _DURATION.fullmatch(text.strip())
    if not match or (match[2] is None and float(match[1])):
        raise ValueError(text)
    return float(match[1]) * _UNIT_S[match[2]]


def parse_size(text: str) -> int:
    """Return bytes for `1048576`, `512k` or `1m`.

    Raises:
        ValueError: for anything else.
    """
    match = _SIZE.fullmatch(text.strip())
    if not match:
        raise ValueError(text)
    return int(match[1]) * _SIZE_UNIT[match[2].lower() if match[2] else None]


def parse_count(text: str) -> int:
    """Return a whole number of at least 1.

    Raises:
        ValueError: for anything else.
    """
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def parse_limit(text: str) -> int:
    """Return a whole number of at least 0.

    Raises:
        ValueError: for anything else.
    """
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def parse_interval(text: str) -> float:
    """Return seconds for a duration of at least a millisecond.

    Raises:
        ValueError: for anything else.
    """
    seconds = parse_duration(text)
    if seconds < _UNIT_S["ms"]:
        raise ValueError(text)
    return seconds


@dataclass(frozen=True)
class Period:
    """Reads how long something is kept: a duration of no less than what is safe, and of no more where that is not."""

    least_s: float
    most_s: float | None = None

    def __call__(self, text: str) -> float:
        """Return seconds.

        Raises:
            ValueError: it is no duration, or too short, or too long.
        """
        seconds = parse_duration(text)
        if seconds < self.least_s or (self.most_s is not None and seconds > self.most_s):
            raise ValueError(text)
        return seconds


def parse_switch(text: str) -> bool:
    """Return whether something is on.

    Raises:
        ValueError: for anything but yes and no.
    """
    if text.lower() not in {"yes", "no"}:
        raise ValueError(text)
    return text.lower() == "yes"


def parse_port(text: str) -> int:
    """Return a TCP port; 0 asks the system for a free one.

    Raises:
        ValueError: for anything else.
    """
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError(text)
    return port


def parse_test_secret_key(text: str) -> str:
    """Return a usable test secret key; the official CLI wants 12 characters and three parts at least.

    Raises:
        ValueError: when it does not look like `sk_test_...`.
    """
    if not re.fullmatch(r"sk_test_[A-Za-z0-9]{8,200}", text):
        raise ValueError(text)
    return text


def parse_encryption_keys(text: str) -> str:
    """Return keys separated by commas, without the blanks; each is 32 bytes in URL-safe base64.

    Raises:
        ValueError: when one is anything else.
    """
    keys = [key.strip() for key in text.split(",")]
    for key in keys:
        if not re.fullmatch(r"[A-Za-z0-9_-]{43}=", key):
            raise ValueError(text)
    return ",".join(keys)


def parse_backup_store(text: str) -> str:
    """Return where backups go as it is: `s3://bucket/prefix`, or the path of a folder.

    Raises:
        ValueError: it names no bucket, or is another URL.
    """
    scheme, separator, rest = text.partition("://")
    if separator and (scheme != "s3" or not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?", rest)):
        raise ValueError(text)
    return text


def parse_networks(text: str) -> Networks:
    """Return networks, written as CIDR separated by commas; a bare address is a network of one.

    Raises:
        ValueError: when one is anything else, or has bits set beyond its prefix.
    """
    return tuple(ipaddress.ip_network(network.strip()) for network in text.split(","))


def parse_dns_servers(text: str) -> tuple[str, ...]:
    """Return DNS servers written as `10.0.0.2`, `10.0.0.2:5353`, `fd00::2` or `[fd00::2]:5353`, separated by commas.

    Raises:
        ValueError: when one is anything else.
    """
    return tuple(_parse_dns_server(server.strip()) for server in text.split(","))


def _parse_dns_server(text: str) -> str:
    with_port = re.fullmatch(r"\[(.+)\]:(\d+)|([0-9.]+):(\d+)", text)
    if not with_port:
        return str(ipaddress.ip_address(text))
    parse_port(with_port[2] or with_port[4])
    address = ipaddress.ip_address(with_port[1] or with_port[3])
    return f"[{address}]:{with_port[2]}" if with_port[2] else f"{address}:{with_port[4]}"


def parse_proxy(text: str) -> str:
    """Return the URL of an HTTP proxy as it is, `http://[user:password@]host[:port]`.

    Raises:
        ValueError: for anything else.
    """
    parts = urlsplit(text)
    if parts.scheme != "http" or parts.path not in {"", "/"} or parts.query or parts.fragment or parts.port == 0:
        raise ValueError(text)
    if "[" in parts.netloc:
        ipaddress.IPv6Address(parts.hostname or "")
    elif not re.fullmatch(r"[A-Za-z0-9._-]{1,253}", parts.hostname or ""):
        raise ValueError(text)
    return text


def parse_ca_file(text: str) -> Path:
    """Return the path of a file that certificates can be read from.

    Raises:
        ValueError: there is no such file, or no certificate in it.
    """
    import ssl  # noqa: PLC0415  it takes 8 ms, and few are given such a file

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(text)
    except (OSError, ssl.SSLError) as error:
        raise ValueError(text) from error
    return Path(text)


def parse_sender(text: str) -> str:
    """Return the sender of e-mail as it is: an address, or a name and an address in angle brackets.

    Raises:
        ValueError: for anything else.
    """
    from email.errors import MessageError  # noqa: PLC0415
    from email.headerregistry import Address  # noqa: PLC0415  few have one, and it takes a while
    from email.utils import parseaddr  # noqa: PLC0415

    name, address = parseaddr(text)
    if not address or not text.isprintable() or "@" not in address:
        raise ValueError(text)
    try:
        Address(display_name=name, addr_spec=address)
    except (IndexError, AttributeError, MessageError) as error:
        raise ValueError(text) from error
    return text


def parse_issuer(text: str) -> str:
    """Return a provider's URL as it is: https, or http on this machine, without a query.

    Raises:
        ValueError: for anything else.
    """
    parts = urlsplit(text)
    is_near = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if parts.scheme not in ({"http", "https"} if is_near else {"https"}) or not parts.hostname:
        raise ValueError(text)
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(text)
    return text


def _largest_unit(value: float, units: Mapping[str | None, float]) -> str:
    """Return a number in the largest unit in which it is whole."""
    whole = [(name, size) for name, size in units.items() if name and value >= size and (value / size).is_integer()]
    unit, size = max(whole, key=itemgetter(1), default=("", 1))
    return f"{value / size:g}{unit}"


@dataclass(frozen=True)
class Setting:
    """One row of the table: its names, its default, how its text is read and what it means."""

    field: str
    parse: Callable[[str], Any]
    default: Any
    expected: str
    meaning: str
    default_text: str | None = None

    @property
    def variable(self) -> str:
        """The environment variable."""
        return _PREFIX + self.field.removesuffix("_s").upper()

    @property
    def flag(self) -> str:
        """The command line's flag."""
        return "--" + self.field.removesuffix("_s").replace("_", "-")

    @property
    def key(self) -> str:
        """The key in the configuration file."""
        return self.field.removesuffix("_s")

    @property
    def is_secret(self) -> bool:
        """Whether its value stays out of every message."""
        return self.field in _HIDDEN

    @property
    def names(self) -> SettingNames:
        """All that it is called, for who looks for its text."""
        return SettingNames(self.field, self.flag, self.variable, self.key, self.is_secret)

    @property
    def shown_default(self) -> str | None:
        """The default as a person would write it; None where there is none."""
        return self.default_text if self.default is None or self.default_text else self.show(self.default)

    @property
    def is_duration(self) -> bool:
        """Whether its value is in seconds."""
        return self.parse in {parse_duration, parse_interval} or isinstance(self.parse, Period)

    def write(self, value: Any) -> str:
        """Return the text that a value is read from."""
        return f"{value}s" if self.is_duration else _write(value)

    def show(self, value: Any) -> str:
        """Return a value as a person would write it."""
        if value is None or value == ():
            return "unset"
        if self.is_duration:
            return _largest_unit(value, _UNIT_S)
        return _largest_unit(value, _SIZE_UNIT) if self.parse is parse_size else _write(value)

    def document_row(self) -> str:
        """Return the setting's row of docs/settings.md."""
        default = self.shown_default or "unset"
        return f"| `{self.flag}` | `{self.variable}` | {default} | {self.expected} | {self.meaning} |"


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("host", str, "127.0.0.1", "an address", "address to listen on"),
    Setting("port", parse_port, 12111, "a port, or 0 for any free one", "port to listen on"),
    Setting("unix_socket", Path, None, "a path",
            "Unix socket to listen on as well; unset means brim.sock in the data folder of brim serve, otherwise none"),
    Setting("data_dir", Path, Path("brim-data"), "a folder", "embedded database and generated keys"),
    Setting("database_url", parse_database_url, None, "a postgresql:// URL",
            "PostgreSQL 15 or newer; unset means the embedded one"),
    Setting("migration_url", parse_database_url, None, "a postgresql:// URL",
            "the owner's URL, used only for migrations and grants; unset means the database URL"),
    Setting("service_role", str, None, "the name of a role",
            "role that migrations grant the service's privileges to; unset means the role of the database URL"),
    Setting("rehearsal", parse_switch, default=False, expected="yes or no; the flag takes no value",
            meaning="makes an empty installation a permanent rehearsal; refused if it is already in use as a normal "
                    "one"),
    Setting("workers", parse_count, os.cpu_count() or 1, "a whole number, at least 1",
            "number of API processes of brim serve", default_text="the number of cores"),
    Setting("test_secret_key", parse_test_secret_key, None, "sk_test_ and 8 to 200 letters or digits",
            "the platform account's test key; unset means that brim serve generates it, prints it and keeps it in the "
            "data folder"),
    Setting("encryption_key", parse_encryption_keys, None, "keys of 32 bytes in URL-safe base64, separated by commas",
            "encryption keys for secrets at rest: the first encrypts, all decrypt; unset means that brim serve "
            "generates one and keeps it in the data folder"),
    Setting("backup_store", parse_backup_store, None, "a folder, or s3://bucket/prefix",
            "backup store of the embedded database and its WAL; unset means no backups"),
    Setting("backup_key", parse_encryption_keys, None, "keys of 32 bytes in URL-safe base64, separated by commas",
            "keys of backups: the first encrypts, all decrypt; keep them apart from the data folder and the backups"),
    Setting("backup_wal_every_s", parse_interval, 60.0, "a duration of whole seconds",
            "maximum time until written data is archived"),
    Setting("pkcs11_module", Path, None, "the path of a shared library",
            "PKCS#11 module of the key management system that wraps the encryption keys; unset means none"),
    Setting("pkcs11_token", str, None, "a label", "token of the PKCS#11 module"),
    Setting("pkcs11_key", str, None, "a label", "the token's key that wraps the encryption keys"),
    Setting("pkcs11_pin", str, None, "a string", "the PIN of the token's user"),
    Setting("sftp_credentials", Path, None, "a folder",
            "keys and passwords for banks' SFTP servers; unset means sftp in the data folder"),
    Setting("webhook_allow", parse_networks, (), "networks such as 10.1.0.0/16, separated by commas",
            "networks besides the public Internet that webhooks may reach, also in live mode", default_text="none"),
    Setting("webhook_timeout_s", parse_duration, 20.0, "a duration such as 20s",
            "timeout of a webhook attempt"),
    Setting("webhook_dns", parse_dns_servers, (), "addresses such as 10.0.0.2 or 10.0.0.2:5353, separated by commas",
            "DNS servers for webhook hosts; unset means those of /etc/resolv.conf",
            default_text="unset"),
    Setting("webhook_proxy", parse_proxy, None, "http://host:port, or http://user:password@host:port",
            "HTTP proxy for webhooks; unset means none"),
    Setting("webhook_ca_file", parse_ca_file, None, "a readable PEM file of certificates",
            "additional certificate authorities for webhook endpoints"),
    Setting("deliveries_in_flight", parse_count, 256, "a whole number, at least 1",
            "webhooks that one worker sends concurrently"),
    Setting("max_webhook_endpoints", parse_count, 16, "a whole number, at least 1",
            "maximum number of webhook endpoints per account and mode"),
    Setting("sandbox_settle_after_s", parse_duration, 1.0, "a duration such as 1s or 250ms",
            "how long a test top-up stays pending"),
    Setting("verify_every_s", parse_interval, DEFAULT_VERIFY_EVERY_S, "a duration above 0, such as 30m",
            "how often a worker verifies the books and the chain"),
    Setting("keep_events_s", Period(30 * _DAY_S), 30 * _DAY_S, "a duration of 30d or more",
            "retention of events and delivery attempts; the API returns those of the last 30 days"),
    Setting("keep_idempotency_keys_s", Period(_DAY_S, 30 * _DAY_S), _DAY_S, "a duration from 1d to 30d",
            "how long a retry with an idempotency key gets the first response"),
    Setting("keep_request_logs_s", Period(_DAY_S), 7 * _DAY_S, "a duration of 1d or more",
            "retention of request logs, up to the newest 10,000 of an account and mode"),
    Setting("keep_ended_keys_s", Period(30 * _DAY_S), 365 * _DAY_S, "a duration of 30d or more",
            "how long expired API keys stay listed"),
    Setting("keep_bank_tokens_s", Period(_DAY_S), 30 * _DAY_S, "a duration of 1d or more",
            "retention of bank account tokens, used or not"),
    Setting("keep_file_bytes_s", Period(6 * 366 * _DAY_S), 7 * 366 * _DAY_S, "a duration of 2196d (six years) or more",
            "retention of bank files' contents and of their entries' account numbers"),
    Setting("keep_reports_s", Period(_DAY_S), 400 * _DAY_S, "a duration of 1d or more",
            "retention of reports and their files"),
    Setting("metrics_dir", Path, None, "a folder",
            "folder in which the processes of a host share metrics, so that each serves /metrics for all; "
            "unset means metrics in the data folder for brim serve, otherwise not shared"),
    Setting("tracing", parse_switch, default=False, expected="yes or no; the flag takes no value",
            meaning="sends OpenTelemetry traces, configured by the OTEL_* variables; needs brim[otel]"),
    Setting("worker_port", parse_port, None, "a port",
            "port on which a worker serves /healthz, /readyz and /metrics; unset means none"),
    Setting("log_level", str.lower, "info", "debug, info, warning or error", "minimum level that is logged"),
    Setting("log_format", str.lower, "auto", "auto, json or console",
            "format of log lines; auto is console on a terminal, else JSON"),
    Setting("trusted_proxies", parse_networks, (), "networks such as 10.1.0.0/16, separated by commas",
            "networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted", default_text="none"),
    Setting("public_url", parse_public_url, None, "an http:// or https:// URL whose path isn't one of Brim's own",
            "address of Brim behind a proxy, including a path prefix; unset means the Host header"),
    Setting("max_body", parse_size, 1024 * 1024, "a size such as 1m", "maximum size of a request body"),
    Setting("max_upload", parse_size, 10 * 1024 * 1024, "a size such as 10m",
            "maximum size of a request body with a file, such as a bank file", default_text="10m"),
    Setting("rate_limit_live", parse_limit, 100, "a number, 0 for no limit",
            "live requests per second for a key and for an account, in each API process; reads and writes "
            "are counted separately"),
    Setting("rate_limit_test", parse_limit, 0, "a number, 0 for no limit",
            "test requests per second, counted in the same way; Stripe's limit is 25"),
    Setting("max_header", parse_size, 32 * 1024, "a size such as 32k",
            "maximum size of the request line and headers together"),
    Setting("max_connections", parse_count, 4096, "a whole number, at least 1", "open connections of one API process"),
    Setting("max_connections_per_address", parse_count, 1024, "a whole number, at least 1",
            "open connections of one API process from one address; trusted proxies have no such limit"),
    Setting("max_unfinished", parse_size, 64 * 1024 * 1024, "a size such as 64m",
            "memory of one API process for partially received requests and messages", default_text="64m"),
    Setting("max_unfinished_per_address", parse_size, 16 * 1024 * 1024, "a size such as 16m",
            "the same for one address", default_text="16m"),
    Setting("idle_timeout_s", parse_duration, 75.0, "a duration such as 20s",
            "how long a connection can be idle between requests"),
    Setting("read_timeout_s", parse_duration, 20.0, "a duration such as 20s",
            "how long receiving a request can take"),
    Setting("drain_timeout_s", parse_duration, 20.0, "a duration such as 20s",
            "how long a shutdown waits for requests in flight"),
    Setting("cli_reconnect_s", parse_duration, 60.0, "a duration of whole seconds, such as 60s",
            "how often the Stripe CLI reconnects while listening"),
    Setting("session_life_s", parse_interval, 12 * 3600.0, "a duration above 0, such as 30m",
            "maximum length of an operator's session"),
    Setting("session_idle_s", parse_interval, 2 * 3600.0, "a duration above 0, such as 30m",
            "how long an operator's session can be idle"),
    Setting("oidc_issuer", parse_issuer, None, "an https:// URL",
            "OpenID Connect provider for operators to sign in; unset means passwords only"),
    Setting("oidc_client_id", str, None, "a string", "client ID of Brim at that provider"),
    Setting("oidc_client_secret", str, None, "a string", "client secret of Brim at that provider; unset means none"),
    Setting("oidc_default_role", str.lower, None, "admin, developer or viewer",
            "role of new operators who sign in with the provider; unset means they are refused"),
    Setting("smtp_host", str, None, "the name of a host",
            "mail server for notifications; unset means that no email is sent"),
    Setting("smtp_port", parse_port, 587, "a port", "port of the mail server: 587 for starttls, 465 for tls"),
    Setting("smtp_security", str.lower, "starttls", "starttls, tls or none",
            "how connections to the mail server are encrypted; its certificate is verified"),
    Setting("smtp_user", str, None, "a string", "user name at the mail server; unset means none"),
    Setting("smtp_password", str, None, "a string", "password at the mail server"),
    Setting("smtp_from", parse_sender, None, "an address, such as Brim <brim@example.com>",
            "sender of emails; unset means brim@ followed by the mail server's host name"),
    Setting("smtp_ca_file", parse_ca_file, None, "a readable PEM file of certificates",
            "additional certificate authorities for the mail server"),
    Setting("database_timeout_s", parse_duration, 10.0, "a duration such as 20s",
            "statement timeout of the database; a request that exceeds it gets a 503"),
)  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """The values in force; see `SETTINGS` for what each means."""

    host: str
    port: int
    unix_socket: Path | None
    data_dir: Path
    database_url: str | None
    migration_url: str | None
    service_role: str | None
    rehearsal: bool
    workers: int
    test_secret_key: str | None
    encryption_key: str | None
    backup_store: str | None
    backup_key: str | None
    backup_wal_every_s: float
    pkcs11_module: Path | None
    pkcs11_token: str | None
    pkcs11_key: str | None
    pkcs11_pin: str | None
    sftp_credentials: Path | None
    webhook_allow: Networks
    webhook_timeout_s: float
    webhook_dns: tuple[str, ...]
    webhook_proxy: str | None
    webhook_ca_file: Path | None
    deliveries_in_flight: int
    max_webhook_endpoints: int
    sandbox_settle_after_s: float
    verify_every_s: float
    keep_events_s: float
    keep_idempotency_keys_s: float
    keep_request_logs_s: float
    keep_ended_keys_s: float
    keep_bank_tokens_s: float
    keep_file_bytes_s: float
    keep_reports_s: float
    metrics_dir: Path | None
    tracing: bool
    worker_port: int | None
    log_level: str
    log_format: str
    trusted_proxies: Networks
    public_url: PublicUrl | None
    max_body: int
    max_upload: int
    rate_limit_live: int
    rate_limit_test: int
    max_header: int
    max_connections: int
    max_connections_per_address: int
    max_unfinished: int
    max_unfinished_per_address: int
    idle_timeout_s: float
    read_timeout_s: float
    drain_timeout_s: float
    cli_reconnect_s: float
    session_life_s: float
    session_idle_s: float
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: str | None
    oidc_default_role: str | None
    smtp_host: str | None
    smtp_port: int
    smtp_security: str
    smtp_user: str | None
    smtp_password: str | None
    smtp_from: str | None
    smtp_ca_file: Path | None
    database_timeout_s: float

    def to_environment(self) -> dict[str, str]:
        """Return the `BRIM_*` variables that give a child process these same settings."""
        values = [(setting, getattr(self, setting.field)) for setting in SETTINGS]
        return {setting.variable: setting.write(value) for setting, value in values if value is not None}


_CHOICES: Final = {
    "log_level": ("debug", "info", "warning", "error"),
    "log_format": ("auto", "json", "console"),
    "smtp_security": ("starttls", "tls", "none"),
    "oidc_default_role": ("admin", "developer", "viewer"),
}
_HIDDEN: Final = frozenset(
    {
        "test_secret_key",
        "encryption_key",
        "backup_key",
        "pkcs11_pin",
        "database_url",
        "migration_url",
        "oidc_client_secret",
        "smtp_password",
        "webhook_proxy",
    }
)
"""Settings whose values no message repeats, and that a file or a command may give."""

_INTERNAL_VARIABLES: Final = frozenset(
    {"BRIM_INTERNAL_LISTEN_FDS", "BRIM_INTERNAL_ALIVE_FD", "BRIM_INTERNAL_BEGIN_FD", "BRIM_INTERNAL_FORK_SERVER_FD"}
)
"""What the supervisor tells its own children; nobody else sets these."""


@dataclass(frozen=True)
class SettingInForce:
    """One setting as it is in force, and what says so; `source` is None for the default."""

    setting: Setting
    value: Any
    source: str | None

    @property
    def shown_value(self) -> str:
        """The value as a person may read it: a secret says only that it is set."""
        return "(hidden)" if self.setting.is_secret and self.value is not None else self.setting.show(self.value)


@dataclass(frozen=True)
class Configuration:
    """All settings in force, in the order of the table, and what is wrong with those that are left out.

    `file` is the configuration file that was read, None where none was.
    """

    settings: tuple[SettingInForce, ...]
    problems: tuple[BrimError, ...]
    file: Path | None

    def to_settings(self) -> "Settings":
        """Return the values in force.

        Raises:
            BrimError: the first problem.
        """
        if self.problems:
            raise self.problems[0]
        values = {found.setting.field: found.value for found in self.settings}
        return Settings(**{field.name: values[field.name] for field in fields(Settings)})


def read_configuration(flags: Mapping[str, str | None], environ: Mapping[str, str] = os.environ) -> Configuration:
    """Return the settings in force with where each comes from, and every problem at once.

    The arguments are those of `load_settings`.
    """
    environ = {name: text for name, text in environ.items() if not _is_service_link(name, text)}
    problems: list[BrimError] = []
    known = {name for setting in SETTINGS for name in (setting.variable, *secret_variables(setting.names))}
    known |= _INTERNAL_VARIABLES | {CONFIG_VARIABLE}
    unknown = sorted(name for name in environ if name.startswith(_PREFIX) and name not in known)
    if unknown:
        problems.append(UnknownSettingError(unknown))
    file = ConfigFile()
    path = flags.get(CONFIG_FIELD) or environ.get(CONFIG_VARIABLE)
    if path:
        try:
            file = read_config_file(Path(path), (setting.key for setting in SETTINGS))
        except ConfigFileError as error:
            problems.append(error)
    problems += file.problems
    settings = []
    for setting in SETTINGS:
        try:
            settings.append(_read(setting, find_text(setting.names, flags.get(setting.field), environ, file)))
        except BrimError as error:
            problems.append(error)
    return Configuration(tuple(settings), tuple(problems), file.path)


def load_settings(flags: Mapping[str, str | None], environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings in force.

    Args:
        flags: texts given on the command line by field name, and the configuration file's path as `config`; None where
            a flag was not given.
        environ: the environment; names that do not begin with `BRIM_` are ignored, and so are service links.

    Raises:
        InvalidSettingError: a value cannot be read.
        UnknownSettingError: a `BRIM_*` variable is not in the table.
        ConfigFileError: the configuration file cannot be used.
        SecretSourceError, TwoSourcesError: a secret cannot be had, or has two sources.
    """
    return read_configuration(flags, environ).to_settings()


_SERVICE_LINKS: Final = (
    (re.compile(r"BRIM(_[A-Z0-9_]+)?_SERVICE_HOST"), re.compile(r"[0-9a-fA-F.:]+")),
    (re.compile(r"BRIM(_[A-Z0-9_]+)?_SERVICE_PORT(_[A-Z0-9_]+)?"), re.compile(r"\d+")),
    (re.compile(r"BRIM(_[A-Z0-9_]+)?_PORT(_\d+_(TCP|UDP|SCTP))?"), re.compile(r"(tcp|udp|sctp)://[^/]+:\d+")),
    (re.compile(r"BRIM(_[A-Z0-9_]+)?_PORT_\d+_(TCP|UDP|SCTP)_PROTO"), re.compile(r"tcp|udp|sctp")),
    (re.compile(r"BRIM(_[A-Z0-9_]+)?_PORT_\d+_(TCP|UDP|SCTP)_PORT"), re.compile(r"\d+")),
    (re.compile(r"BRIM(_[A-Z0-9_]+)?_PORT_\d+_(TCP|UDP|SCTP)_ADDR"), re.compile(r"[0-9a-fA-F.:]+")),
    (re.compile(r"BRIM_NAME"), re.compile(r"/[^/]+/brim")),
    (re.compile(r"BRIM_ENV_.+"), re.compile(r"(?s).*")),
)
"""Names and values of what a cluster tells each container of a service whose name begins with `brim`.

Source: Kubernetes documentation, "Service: environment variables" (the first six rows, in Docker's format); Docker
documentation, "Legacy container links" (all but the first two).
"""


def _is_service_link(name: str, text: str) -> bool:
    """Tell whether a variable tells of a service, by its name and its value: a misspelt setting has another value."""
    return any(names.fullmatch(name) and values.fullmatch(text) for names, values in _SERVICE_LINKS)


def _write(value: Any) -> str:
    """Return the text that a setting's value is read from."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _read(setting: Setting, given: GivenText | None) -> SettingInForce:
    """Return one setting as its text says, or its default where there is none."""
    if given is None:
        return SettingInForce(setting, setting.default, None)
    shown = None if setting.is_secret else given.text
    try:
        value = setting.parse(given.text)
    except ValueError:
        raise InvalidSettingError(given.name, shown, setting.expected) from None
    if setting.field in _CHOICES and value not in _CHOICES[setting.field]:
        raise InvalidSettingError(given.name, shown, setting.expected)
    return SettingInForce(setting, value, given.source)
