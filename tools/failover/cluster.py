"""The installation of docs/high-availability.md: etcd, Patroni, HAProxy and Brim, with the files of packaging."""

import json
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from brim.platform.vault import new_encryption_key
from failover.checker import Probe, Stored
from failover.hosts import ADDRESSES, APIS, DATABASES, WORKERS, DrillError, Host, Network, wait_until

if TYPE_CHECKING:
    import subprocess

ROOT: Final = Path(__file__).resolve().parents[2]
FILES: Final = ROOT / "packaging" / "high-availability"
BRIM: Final = ("env", f"PYTHONPATH={ROOT / 'src'}", sys.executable, "-m", "brim")
PASSWORD: Final = "drill"
SERVICE_URL: Final = f"postgresql://brim_service:{PASSWORD}@127.0.0.1:5432/brim"
OWNER_URL: Final = f"postgresql://brim:{PASSWORD}@127.0.0.1:5432/brim"
_READY_WITHIN_S: Final = 90.0
_HEALED_WITHIN_S: Final = 150.0
_ROLES: Final = f"""
CREATE ROLE brim LOGIN PASSWORD '{PASSWORD}';
CREATE ROLE brim_service LOGIN PASSWORD '{PASSWORD}';
"""
_ASYNCHRONOUS: Final = ("synchronous_mode: true", "synchronous_mode: false")
_TABLE_OF_PROBES: Final = "CREATE TABLE probes (host text, number integer)"


class Cluster:
    """All programs of the installation, on hosts that are there."""

    def __init__(
        self, network: Network, *, synchronous: bool, settings: Mapping[str, str], changes: Sequence[tuple[str, str]]
    ) -> None:
        self.network = network
        self.synchronous = synchronous
        self._changes = [*changes] if synchronous else [*changes, _ASYNCHRONOUS]
        self.api_key = ""
        self._settings = {
            "BRIM_ENCRYPTION_KEY": new_encryption_key(),
            "BRIM_SANDBOX_SETTLE_AFTER": "1s",
            "BRIM_TRUSTED_PROXIES": ADDRESSES["edge"],
            "BRIM_LOG_FORMAT": "json",
            **settings,
        }
        self._brims: dict[str, tuple[str, subprocess.Popen[bytes]]] = {}

    def start(self) -> None:
        """Start everything and return once requests are answered."""
        self._start_etcd()
        self._start_patroni()
        self._make_database()
        self._start_brim()
        probe = str(ROOT / "tools/failover/probe.py")
        for name in DATABASES:
            url = f"postgresql://postgres:{PASSWORD}@127.0.0.1:5432/drill"
            self.network[name].start(sys.executable, probe, url, name, str(self._probes_of(name)), env={})

    def _start_etcd(self) -> None:
        common = dict(
            line.split("=", 1)
            for line in (FILES / "etcd.env").read_text(encoding="utf-8").splitlines()
            if line and not line.startswith("#")
        )
        for name in (*DATABASES, "witness"):
            host = self.network[name]
            peer, client = f"http://{host.address}:2380", f"http://{host.address}:2379"
            own = {
                "ETCD_NAME": name,
                "ETCD_DATA_DIR": str(host.folder / "etcd"),
                "ETCD_LISTEN_PEER_URLS": peer,
                "ETCD_LISTEN_CLIENT_URLS": client,
                "ETCD_INITIAL_ADVERTISE_PEER_URLS": peer,
                "ETCD_ADVERTISE_CLIENT_URLS": client,
                "ETCD_LOG_LEVEL": "warn",
            }
            host.start("etcd", env={**common, **own})

    def _start_patroni(self) -> None:
        text = (FILES / "patroni.yml").read_text(encoding="utf-8")
        for before, after in self._changes:
            if before not in text:
                raise DrillError(f"patroni.yml has no {before}")
            text = text.replace(before, after)
        for name in DATABASES:
            host = self.network[name]
            config = host.folder / "patroni.yml"
            config.write_text(text, encoding="utf-8")
            env = {
                "PATRONI_NAME": name,
                "PATRONI_RESTAPI_CONNECT_ADDRESS": f"{host.address}:8008",
                "PATRONI_POSTGRESQL_CONNECT_ADDRESS": f"{host.address}:5432",
                "PATRONI_POSTGRESQL_DATA_DIR": str(host.disk / "data"),
                "PATRONI_POSTGRESQL_PGPASS": str(host.folder / "pgpass"),
                "PATRONI_SUPERUSER_PASSWORD": PASSWORD,
                "PATRONI_REPLICATION_PASSWORD": PASSWORD,
                "PATRONI_REWIND_PASSWORD": PASSWORD,
            }
            host.start("patroni", str(config), env=env, user="postgres")
        self.wait_until_whole()

    def _make_database(self) -> None:
        for name in (*APIS, *WORKERS):
            self.network[name].start("haproxy", "-db", "-f", str(FILES / "haproxy-database.cfg"), env={})
        leader = self.primary()
        self.psql(leader, _ROLES)
        self.psql(leader, "CREATE DATABASE brim OWNER brim")
        self.psql(leader, "CREATE DATABASE drill")
        self.psql(leader, _TABLE_OF_PROBES, database="drill")
        self.brim("migrate", "--migration-url", OWNER_URL, "--service-role", "brim_service")
        account = self.brim("accounts", "create").strip()
        self.api_key = self.brim("keys", "create", "--account", account).strip()

    def _start_brim(self) -> None:
        for name in APIS:
            self._keep_running(name, "api", "--host", "0.0.0.0", "--port", "12111")
        for name in WORKERS:
            self._keep_running(name, "worker")
        self.network["edge"].start("haproxy", "-db", "-f", str(FILES / "haproxy-api.cfg"), env={})
        for name in APIS:
            wait_until(partial(self._is_ready, name), f"{name} is ready", within_s=_READY_WITHIN_S)

    def _keep_running(self, name: str, *words: str) -> None:
        env = {**self._settings, "BRIM_DATABASE_URL": SERVICE_URL}
        self._brims[name] = (words[0], self.network[name].start(*BRIM, *words, env=env, log="brim"))

    def ended(self) -> list[str]:
        """Return which processes of Brim have ended by themselves, a line each; none should."""
        return [
            f"ended: brim {role} on {name}"
            for name, (role, process) in self._brims.items()
            if process.poll() is not None
        ]

    def _is_ready(self, name: str) -> bool:
        return self._status(self.network["client"], f"http://{ADDRESSES[name]}:12111/readyz") == "200"

    @staticmethod
    def _status(host: Host, url: str) -> str:
        return host.run("curl", "-s", "-o", "/dev/null", "-m", "5", "-w", "%{http_code}", url, check=False)

    def brim(self, *words: str, on: str = "worker1") -> str:
        """Return what a command of Brim prints."""
        env = ["env", f"BRIM_DATABASE_URL={SERVICE_URL}", *(f"{k}={v}" for k, v in self._settings.items())]
        return self.network[on].run(*env, *BRIM[1:], *words, timeout_s=120)

    def psql(self, host: str, statement: str, *, database: str = "postgres", timeout_s: float = 30.0) -> str:
        """Return what a statement returns on one database host."""
        url = f"postgresql://postgres:{PASSWORD}@127.0.0.1:5432/{database}?connect_timeout=5"
        return (
            self.network[host]
            .run("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", url, text=statement, timeout_s=timeout_s)
            .strip()
        )

    def is_primary(self, name: str) -> bool:
        """Tell whether a database host says that it is the primary, as proxies ask it."""
        return self._status(self.network[name], f"http://{ADDRESSES[name]}:8008/primary") == "200"

    def leader(self) -> str:
        """Return the host that is the primary, or nothing."""
        leaders = [name for name in DATABASES if self.is_primary(name)]
        return leaders[0] if len(leaders) == 1 else ""

    def primary(self) -> str:
        """Return the host that is the primary, once there is one."""
        found = [""]

        def is_there() -> bool:
            found[0] = self.leader()
            return bool(found[0])

        wait_until(is_there, "there is a primary", within_s=_READY_WITHIN_S)
        return found[0]

    def is_whole(self) -> bool:
        """Tell whether the primary has a standby that may replace it, by its own account."""
        leader = self.leader()
        if not leader:
            return False
        told = self.network[leader].run(
            "curl", "-s", "-m", "3", f"http://{ADDRESSES[leader]}:8008/cluster", check=False
        )
        try:
            members = {(row["role"], row["state"]) for row in json.loads(told)["members"]}
        except (ValueError, KeyError):
            return False
        standby = {"sync_standby"} if self.synchronous else {"replica"}
        if not any(role in standby and state in {"running", "streaming"} for role, state in members):
            return False
        follows = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = '{}'"
        return self.psql(leader, follows.format("sync" if self.synchronous else "async")) == "1"

    def wait_until_whole(self) -> float:
        """Return how long it took until the cluster could lose a host again."""
        return wait_until(self.is_whole, "both database hosts run, and the standby follows", within_s=_HEALED_WITHIN_S)

    def stored(self) -> list[Stored]:
        """Return every top-up of the database."""
        query = "SELECT coalesce(json_agg(json_build_array(id, metadata->>'key', amount)), '[]') FROM topups"
        rows: list[Any] = json.loads(self.psql(self.primary(), query, database="brim"))
        return [Stored(*row) for row in rows]

    def probes(self) -> list[Probe]:
        """Return every write that a database host acknowledged past all proxies."""
        files = {name: self._probes_of(name) for name in DATABASES}
        return [
            Probe(name, int(line))
            for name, path in files.items()
            if path.exists()
            for line in path.read_text(encoding="utf-8").splitlines()
        ]

    def kept_probes(self) -> list[Probe]:
        """Return those of them that the database has."""
        query = "SELECT coalesce(json_agg(json_build_array(host, number)), '[]') FROM probes"
        return [Probe(*row) for row in json.loads(self.psql(self.primary(), query, database="drill"))]

    def _probes_of(self, name: str) -> Path:
        return self.network[name].folder / "probes"

    def wait_until_settled(self) -> float:
        """Return how long it took until no top-up waits for a worker, as it does when none works."""
        query = (
            "SELECT count(*) FROM topups WHERE due_ms < extract(epoch FROM clock_timestamp() - interval '5 s') * 1000"
        )
        return wait_until(
            lambda: self.psql(self.primary(), query, database="brim") == "0",
            "workers settle what is due",
            within_s=60.0,
            every_s=0.5,
        )

    def verify(self) -> str:
        """Return the line in which `brim verify` says that the books balance.

        Raises:
            DrillError: they don't.
        """
        told = self.brim("verify", "--chain")
        if "The books balance." not in told:
            raise DrillError(told)
        return told.splitlines()[1]
