"""Follows docs/operations.md alone, from two empty hosts to an upgrade, and checks what it promises.

`python tools/operations_drill.py`, as root, makes hosts with podman (systemd of Debian 12) in network namespaces of
their own, runs the blocks of the document in their order, and looks from outside. Only names and credentials are others
than the document's, in the two files that it tells to write. What stands for the Internet runs in a namespace, too.
Everything is removed again, but for the image.
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from container_test import ContainerError, debian_mirror, podman, run, say, wait_for, words_of
from operations.document import DOCUMENT, Block, blocks_of
from operations.hosts import IMAGE, OFFICE, PACKAGES, PRIVATE, PUBLIC, Host, HostError, Network, Router, copy_into
from operations.internet import ALERTS, AUTHORITY, BUCKET, STORE, Internet
from packages import make_environment

ROOT: Final = Path(__file__).resolve().parents[1]
SITE: Final = "brim.example.com"
NEXT_RELEASE: Final = "0.1.1"
# What a person would put in place of the document's examples; the rest of them fits as it is.
CHANGED_NAMES: Final = {
    "ACME_DIRECTORY": f"https://{AUTHORITY}/acme/local/directory",
    "S3_ENDPOINT": STORE,
    "S3_REGION": "us-east-1",
    "S3_BUCKET": BUCKET,
    "ALERT_URL": f"https://{ALERTS}/brim",
}
ADDRESSES: Final[Mapping[str, tuple[tuple[str, Network, str], ...]]] = {
    "app": (("eth0", PUBLIC, "203.0.113.10"), ("eth1", PRIVATE, "10.20.0.10")),
    "db": (("eth0", PRIVATE, "10.20.0.20"),),
    "desk": (("eth0", OFFICE, "198.51.100.5"),),
    "client": (("eth0", PUBLIC, "203.0.113.99"),),
}
NAMES: Final = {SITE: "203.0.113.10", STORE: PUBLIC.router, ALERTS: PUBLIC.router, AUTHORITY: PUBLIC.router}
# Nobody tells these hosts the time, and their authority's certificates are valid for hours.
UNAVOIDABLE: Final = {"HostClockNotSynchronized", "BrimCertificateEnds"}
_PRELUDE: Final = "set -a; [ ! -e install.env ] || . ./install.env; set +a\n"


def main() -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--keep", action="store_true", help="leave the hosts of a failure until Enter is pressed")
    keep = parser.parse_args().keep
    with ExitStack() as stack:
        try:
            drill = Drill(stack)
            drill.prepare()
            drill.follow(blocks_of(DOCUMENT.read_text(encoding="utf-8")))
            drill.look_at_the_end()
        except (HostError, ContainerError, subprocess.CalledProcessError) as error:
            print(f"FAILED: {error}")
            if keep:
                input("Enter removes the hosts. ")
            return 1
    print("The document was followed to its end.")
    return 0


class Drill:
    """The hosts, and what is done beside the document's blocks: what a person reads, copies and waits for."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        prefix = f"brim-drill-{os.getpid()}"
        self.router = Router(prefix, NAMES)
        self.hosts = {name: Host(name, prefix, NAMES) for name in ADDRESSES}
        self.internet = Internet(self.router, wait_for)
        self.load: subprocess.Popen[str] | None = None
        self.before: Mapping[str, Callable[[], None]] = {
            "send the new release": self.put_next_release,
            "stop the worker until the alert has arrived": self.see_no_alert,
            "change over": self.begin_load,
        }
        self.after: Mapping[str, Callable[[str], None]] = {
            "names": self.change_names,
            "the first account and key": self.hand_key_over,
            "restore beside it": self.compare_restored,
            "monitoring": self.see_targets,
            "stop the worker until the alert has arrived": self.see_alert,
            "start it, and the alert is resolved": self.see_alert_end,
            "change over": self.end_load,
        }

    def prepare(self) -> None:
        """Make what the document begins with: empty hosts, SSH to them, and a release in `dist`."""
        make_image()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="brim-releases-")))
        self.releases = build_releases(folder)
        self.stack.callback(self.router.remove)
        self.router.make()
        self.stack.enter_context(self.internet)
        for host in self.hosts.values():
            self.stack.callback(host.remove)
            host.start()
            for device, network, address in ADDRESSES[host.name]:
                self.router.connect(host.pid(), device, network, address)
            host.run(f"ip route add default via {ADDRESSES[host.name][0][1].router}", title="route")
            self.provide(host)
        desk = self.hosts["desk"]
        public = desk.run("ssh-keygen -q -t ed25519 -N '' -f .ssh/id_ed25519; cat .ssh/id_ed25519.pub", title="key")
        desk.write("/root/.ssh/config", b"StrictHostKeyChecking accept-new\n", "600")
        for name in ("app", "db"):
            self.hosts[name].write("/root/.ssh/authorized_keys", public.encode(), "600")
        copy_into(desk, self.releases["first"], "/root/dist")
        say("hosts are there: app, db, desk, client")

    def provide(self, host: Host) -> None:
        """Give a host what this machine has packages from, by the proxy, and the authorities that it trusts."""
        trusted = Path("/usr/local/share/ca-certificates")
        for number, path in enumerate(sorted(trusted.glob("*.crt")) if trusted.exists() else []):
            host.write(f"/usr/local/share/ca-certificates/machine-{number}.crt", path.read_bytes())
        host.write("/usr/local/share/ca-certificates/drill.crt", self.internet.authority)
        host.run("update-ca-certificates 2>&1", title="authorities")
        proxy = self.internet.proxy
        options = (
            f'Acquire::http::Proxy "{proxy}";\nAcquire::https::Proxy "{proxy}";\nAcquire::http::Pipeline-Depth 0;\n'
        )
        host.write("/etc/apt/apt.conf.d/90drill", options.encode())
        index = run(sys.executable, "-m", "pip", "config", "get", "global.index-url", check=False).stdout.strip()
        lines = ["[global]", f"proxy = {proxy}", "cert = /etc/ssl/certs/ca-certificates.crt", "timeout = 180"]
        lines += [f"index-url = {index}"] if index else []
        host.write("/etc/pip.conf", "\n".join([*lines, ""]).encode())

    def follow(self, blocks: list[Block]) -> None:
        """Run the blocks in their order."""
        for block in blocks:
            prepare = self.before.get(block.title)
            if prepare:
                prepare()
            for name in block.hosts:
                began = time.monotonic()
                told = self.hosts[name].run(_PRELUDE + block.script, title=block.title)
                say(f"on {name}: {block.title} ({time.monotonic() - began:.1f} s)")
                show(told)
            check = self.after.get(block.title)
            if check:
                check(told)

    def change_names(self, _: str) -> None:
        """Put other values in place of the examples, as the document tells."""
        desk = self.hosts["desk"]
        for name, value in CHANGED_NAMES.items():
            desk.run(f"grep -q ^{name}= install.env; sed -i 's|^{name}=.*|{name}={value}|' install.env", title="names")

    def hand_key_over(self, told: str) -> None:
        """Write down on the client what the document tells to give it."""
        self.key = words_of(told, "sk_test_")
        self.hosts["client"].write(
            "/root/install.env", f"SITE={SITE}\nDB_PRIVATE=10.20.0.20\nKEY={self.key}\n".encode(), "600"
        )

    def compare_restored(self, _: str) -> None:
        """See that the restored database has every top-up of the one that runs."""
        count = "runuser -u postgres -- psql -At --port={} brim -c 'SELECT count(*) FROM topups'"
        running, restored = (self.hosts["db"].run(count.format(port), title="count") for port in (5432, 5433))
        if running != restored or not int(running):
            raise HostError(f"{running.strip()} top-ups run, {restored.strip()} are restored")
        say(f"  the restored database has all of the {running.strip()} top-ups")

    def see_targets(self, _: str) -> None:
        """Wait until Prometheus sees everything that it is to see."""
        wait_for(lambda: self.ask("count(up == 1)") == 5, "all five targets answer Prometheus")
        wait_for(lambda: self.ask("min(probe_success)") == 1, "the site is ready by its own certificate")
        wait_for(lambda: self.ask("max(brim_workers)") == 1, "Prometheus counts one worker")
        days = (self.ask("probe_ssl_earliest_cert_expiry") - time.time()) / 86400
        say(f"  the site's certificate ends in {days:.1f} days")

    def ask(self, query: str) -> float:
        """Return the only value of a query, or NaN; Prometheus begins with 503."""
        words = f"curl -sSG http://127.0.0.1:9090/api/v1/query --data-urlencode query={shlex.quote(query)}"
        told = self.hosts["db"].run(f"{words} || true", title=query)
        found = json.loads(told)["data"]["result"] if told.startswith("{") else []
        return float(found[0]["value"][1]) if found else float("nan")

    def alerted(self, name: str, status: str) -> bool:
        """Tell whether an alert has arrived with a status."""
        alerts: list[dict[str, Any]] = self.internet.alerts
        return any(alert["labels"]["alertname"] == name and alert["status"] == status for alert in alerts)

    def see_no_alert(self) -> None:
        """See that what arrives next is of what is done next."""
        if self.alerted("BrimNoWorker", "firing"):
            raise HostError("BrimNoWorker has arrived while the worker ran")

    def see_alert(self, _: str) -> None:
        began = time.monotonic()
        wait_for(lambda: self.alerted("BrimNoWorker", "firing"), "BrimNoWorker has arrived")
        say(f"  after {time.monotonic() - began:.0f} s")

    def see_alert_end(self, _: str) -> None:
        began = time.monotonic()
        wait_for(lambda: self.alerted("BrimNoWorker", "resolved"), "BrimNoWorker is resolved")
        say(f"  after {time.monotonic() - began:.0f} s")

    def put_next_release(self) -> None:
        """Put the next release where the document wants it, and its number into install.env."""
        desk = self.hosts["desk"]
        desk.run(f"rm -r dist; sed -i 's/^RELEASE=.*/RELEASE={NEXT_RELEASE}/' install.env", title="next release")
        copy_into(desk, self.releases["next"], "/root/dist")

    def begin_load(self) -> None:
        """Create top-ups from outside, without retries, until the versions have changed over."""
        client = self.hosts["client"]
        client.write("/root/load.py", (ROOT / "tools/operations/load.py").read_bytes())
        self.load = subprocess.Popen(client.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.load.stdin is None:
            raise HostError("no load")
        self.load.stdin.write(_PRELUDE + "rm -f stop; sdk/bin/python load.py stop")
        self.load.stdin.close()
        self.load.stdin = None
        time.sleep(5)

    def end_load(self, _: str) -> None:
        """See that no request was refused meanwhile, and that everything is the new version's."""
        if self.load is None:
            raise HostError("no load")
        time.sleep(5)
        self.hosts["client"].run("touch stop", title="stop")
        told, _errors = self.load.communicate(timeout=120)
        say(f"  {told.strip()}")
        result = json.loads(told)
        if result["failed"] or not result["created"]:
            raise HostError("requests failed while the versions changed over")
        command = "tr '\\0' ' ' < /proc/$(systemctl show -P MainPID {})/cmdline"
        for unit in ("brim-api@1", "brim-api@2", "brim-worker"):
            running = self.hosts["app"].run(command.format(unit), title=unit)
            if f"/opt/brim-{NEXT_RELEASE}/" not in running:
                raise HostError(f"{unit} is not of the new release: {running}")

    def look_at_the_end(self) -> None:
        """See that nothing is wrong that Prometheus or systemd would know of."""
        for name in ("app", "db"):
            failed = self.hosts[name].run("systemctl --failed --no-legend --plain", title="failed units").strip()
            say(f"on {name}: failed units: {failed or 'none'}")
            if failed:
                raise HostError(failed)
        left = {alert["labels"]["alertname"] for alert in self.internet.alerts}
        say(f"alerts that arrived: {', '.join(sorted(left))}")
        if left - UNAVOIDABLE != {"BrimNoWorker"}:
            raise HostError("others than the one that was provoked")


_FIGURES: Final = (
    "exposure", "/tcp +open", "TLSv1", "^(tcp|udp) ", "^strict-", "(full|diff) backup:", "database size",
    "books balance", "chain is intact",
)  # fmt: skip
_SHOWN: Final = re.compile("|".join(_FIGURES), re.IGNORECASE)


def show(told: str) -> None:
    """Print the lines of a block's output that are figures."""
    for line in told.splitlines():
        if _SHOWN.search(line):
            print(f"           {line.strip()[:160]}", flush=True)


def make_image() -> None:
    """Make the image of an empty Debian host, unless it is there."""
    if podman("image", "exists", IMAGE, check=False).returncode == 0:
        return
    say("making an empty Debian host by debootstrap")
    with tempfile.TemporaryDirectory(prefix="brim-host-") as folder:
        root = f"{folder}/root"
        run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", root, debian_mirror())
        run("chroot", root, "apt-get", "clean")
        run("tar", "-C", root, "-cf", f"{folder}/root.tar", ".")
        podman("import", f"{folder}/root.tar", IMAGE)


def build_releases(folder: Path) -> dict[str, Path]:
    """Build the release of the commit that is checked out, and the same code as the release after it."""
    say("building two releases")
    source = folder / "source"
    run("git", "clone", "--quiet", "--shared", str(ROOT), str(source))
    tools = make_environment(folder / "tools", ROOT / "requirements-dist.lock")
    built = {"first": folder / "first", "next": folder / "next"}
    for name, output in built.items():
        if name == "next":
            init = source / "src/brim/__init__.py"
            text = init.read_text(encoding="utf-8")
            init.write_text(re.sub(r'(?<=__version__ = ")[^"]+', NEXT_RELEASE, text), encoding="utf-8")
            identity = ("-c", "user.name=drill", "-c", "user.email=drill@example.com")
            run("git", "-C", str(source), *identity, "commit", "--quiet", "--all", "--message=release")
        command = (sys.executable, str(source / "tools/packages.py"), "--only-packages", "--tools", str(tools))
        run(*command, "--output", str(output))
    return built


if __name__ == "__main__":
    sys.exit(main())
