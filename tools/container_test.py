"""Builds the container image, and runs it and the compose file as their users would.

`python tools/container_test.py` needs podman and podman-compose, and the image named by `--base`. Where no registry of
images is reached, debootstrap makes that base (as root) and an image of Brim's own plays PostgreSQL. Everything that it
makes is removed again, but for the images.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
CONTAINER: Final = ROOT / "packaging" / "container"
IMAGE: Final = "localhost/brim:latest"
OWN_BASE: Final = "localhost/debian-python:bookworm"
STAND_IN: Final = "localhost/postgres-stand-in:latest"
PORT: Final = 23111
URL: Final = f"http://127.0.0.1:{PORT}"
PATIENCE_S: Final = 180.0
SERVICES: Final = ("database", "migration", "api", "worker")

# As strict as a cluster makes it: no capability, nothing to write but the volume, a user that no file knows.
STRICT: Final = ("--read-only", "--cap-drop=all", "--security-opt=no-new-privileges", "--user=123456:0")


class ContainerError(Exception):
    """Something did not work as its user would expect."""


def main() -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--base", default=OWN_BASE, help="an image with Python; the default is made by debootstrap")
    parser.add_argument("--compose", default="podman-compose", help="the command that reads compose files")
    parser.add_argument("--pip-index-of-host", action="store_true", help="build with pip's settings of this machine")
    arguments = parser.parse_args()
    try:
        if arguments.base == OWN_BASE:
            make_base()
        build(arguments.base, with_pip_settings=arguments.pip_index_of_host)
        try_serve()
        try_compose(arguments.compose)
    except (ContainerError, subprocess.CalledProcessError) as error:
        print(f"FAILED: {error}")
        return 1
    print("Everything worked.")
    return 0


def make_base() -> None:
    """Make the image of a small Debian with Python, unless it is there."""
    if podman("image", "exists", OWN_BASE, check=False).returncode == 0:
        return
    say("making a base by debootstrap")
    with tempfile.TemporaryDirectory(prefix="brim-base-") as folder:
        packages = "python3,python3-venv,ca-certificates"
        run("debootstrap", "--variant=minbase", f"--include={packages}", "bookworm", f"{folder}/root", debian_mirror())
        run("tar", "-C", f"{folder}/root", "-cf", f"{folder}/root.tar", ".")
        podman("import", f"{folder}/root.tar", OWN_BASE)


def debian_mirror() -> str:
    """Return the address from which this machine has its own packages."""
    told = run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages").stdout.splitlines()
    return next(iter(told), "")


def build(base: str, *, with_pip_settings: bool) -> None:
    """Build Brim's image and the one that plays PostgreSQL."""
    say(f"building from {base}")
    files = ("/etc/pip.conf", "/etc/ssl/certs") if with_pip_settings else ()
    volumes = [f"--volume={path}:{path}:ro" for path in files if Path(path).exists()]
    network = ("--network=host",) if with_pip_settings else ()
    form = ("build", "--format=docker", "--quiet")  # Docker's format keeps the health check
    recipe = f"--file={CONTAINER / 'Containerfile'}"
    podman(*form, *volumes, *network, f"--build-arg=BASE={base}", recipe, f"--tag={IMAGE}", str(ROOT))
    folder = ROOT / "tools" / "container"
    podman(*form, f"--file={folder / 'postgres.Containerfile'}", f"--tag={STAND_IN}", str(folder))


def try_serve() -> None:
    """Run everything in one container, strictly; stop it, and start another one on its volume."""
    say("brim serve: any user id, no capability, a root file system that cannot be written")
    volume = podman("volume", "create").stdout.strip()
    key = "sk_test_" + "containers" * 3
    name = f"brim-try-{os.getpid()}"
    options = ("run", "--detach", f"--name={name}", *STRICT, f"--publish=127.0.0.1:{PORT}:12111")
    words = (*options, f"--volume={volume}:/var/lib/brim", f"--env=BRIM_TEST_SECRET_KEY={key}", IMAGE, "serve")
    try:
        podman(*words)
        wait_for(ready, "the first container is ready")
        made = request("/v1/topups", key, b"amount=2000&currency=usd&description=container")
        wait_for(lambda: status(made["id"], key) == "succeeded", "the top-up has succeeded")
        if podman("healthcheck", "run", name, check=False).returncode:
            raise ContainerError("the health check fails while Brim is ready")
        stop(name)
        podman(*words)
        wait_for(ready, "another container is ready on the same volume")
        if status(made["id"], key) != "succeeded":
            raise ContainerError("the top-up is gone")
        stop(name)
    finally:
        podman("rm", "--force", "--volumes", name, check=False)
        podman("volume", "rm", "--force", volume, check=False)


def stop(name: str) -> None:
    """Stop a container by SIGTERM; it must end by itself, with success, and go."""
    podman("stop", "--time=60", name)
    code = podman("inspect", "--format={{.State.ExitCode}}", name).stdout.strip()
    if code != "0":
        raise ContainerError(f"a container that was stopped exited with {code}")
    podman("rm", name)


def try_compose(compose: str) -> None:
    """Bring the compose file up, make a live account's test top-up, kill the worker, and take it down."""
    say("the compose file: database, migration, API and worker")
    with tempfile.TemporaryDirectory(prefix="brim-compose-") as temporary:
        folder = Path(temporary) / "packaging" / "container"
        shutil.copytree(CONTAINER, folder, ignore=shutil.ignore_patterns("secrets"))
        run("sh", str(folder / "make-secrets.sh"))
        uid = os.geteuid() or 1000
        for path in (folder / "secrets", *(folder / "secrets").iterdir()):
            os.chown(path, uid, -1)
        project = f"brim-try-{os.getpid()}"
        env = {"BRIM_UID": str(uid), "BRIM_POSTGRES_IMAGE": STAND_IN, "BRIM_PUBLISH": f"127.0.0.1:{PORT}"}
        command = (compose, "-p", project, "-f", str(folder / "compose.yaml"))
        try:
            # Podman before 4.6 waits for no health check, and starts nothing without what it depends on.
            run(*command, "up", "--no-start", "--no-build", env=env)
            database, migration, *_ = names = [f"{project}_{name}_1" for name in SERVICES]
            podman("start", database)
            wait_for(
                lambda: podman("healthcheck", "run", database, check=False).returncode == 0, "PostgreSQL is healthy"
            )
            podman("start", database, migration)
            if podman("wait", migration).stdout.strip() != "0":
                raise ContainerError(podman("logs", migration).stderr)
            podman("start", *names)
            wait_for(ready, "the API is ready")
            api = f"{project}_api_1"
            account = words_of(podman("exec", api, "brim", "accounts", "create").stdout, "acct_")
            key = words_of(podman("exec", api, "brim", "keys", "create", "--account", account).stdout, "sk_test_")
            podman("kill", f"{project}_worker_1")
            made = request("/v1/topups", key, b"amount=2000&currency=usd&description=compose")
            podman("start", *names)  # those that run stay as they are
            wait_for(lambda: status(made["id"], key) == "succeeded", "the top-up has succeeded after a killed worker")
        finally:
            run(*command, "down", "--volumes", env=env, check=False)


def words_of(text: str, prefix: str) -> str:
    """Return the first word of a text that begins with a prefix."""
    return next(word.strip('.,"') for word in text.split() if word.startswith(prefix))


def ready() -> bool:
    """Tell whether /readyz says yes."""
    try:
        with urllib.request.urlopen(f"{URL}/readyz", timeout=5) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def status(topup: str, key: str) -> str:
    """Return the status of a top-up."""
    return str(request(f"/v1/topups/{topup}", key)["status"])


def request(path: str, key: str, body: bytes | None = None) -> dict[str, Any]:
    """Return what the API answers."""
    headers = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}
    try:
        with urllib.request.urlopen(urllib.request.Request(URL + path, body, headers), timeout=30) as reply:
            answer: dict[str, Any] = json.load(reply)
            return answer
    except urllib.error.HTTPError as error:
        raise ContainerError(f"{path}: {error.read().decode()}") from error


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    """Wait until something is so, and say it.

    Raises:
        ContainerError: it was not so for three minutes.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline:
            raise ContainerError(f"waited in vain: {what}")
        time.sleep(0.2)
    say(f"  {what}")


def podman(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run podman and return what it printed."""
    return run("podman", *words, check=check)


def run(*words: str, env: dict[str, str] | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command and return what it printed.

    Raises:
        ContainerError: it failed, and that was to be told.
    """
    done = subprocess.run(words, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise ContainerError(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    return done


_BEGAN: Final = time.monotonic()


def say(sentence: str) -> None:
    """Print a sentence with the seconds since the beginning."""
    print(f"{time.monotonic() - _BEGAN:6.1f} s  {sentence}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
