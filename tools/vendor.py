"""Keeps the third-party files in `src/brim/web/static/vendor` as `vendor.lock.json` there says.

`python tools/vendor.py sync` fetches each package with `npm pack`, compares its integrity, and writes the files that
the lock names; `python tools/vendor.py check` compares what is there with the lock, offline.

To take a newer version: change `version` and `integrity` in the lock, empty the `sha256` of its files, run `sync`, and
look at what changed.
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any, Final

VENDOR: Final = Path(__file__).parents[1] / "src" / "brim" / "web" / "static" / "vendor"
LOCK: Final = "vendor.lock.json"
_TIMEOUT_S: Final = 120


def read_lock(folder: Path) -> dict[str, Any]:
    """Return the lock: `packages`, each with name, version, integrity, licence and files."""
    lock: dict[str, Any] = json.loads((folder / LOCK).read_text(encoding="utf-8"))
    return lock


def find_faults(folder: Path) -> list[str]:
    """Return a sentence for each file that is missing, altered, or not in the lock."""
    expected = {file["path"]: file["sha256"] for package in read_lock(folder)["packages"] for file in package["files"]}
    there = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} - {LOCK}
    faults = [f"{path} is not in {LOCK}" for path in sorted(there - expected.keys())]
    for path, digest in sorted(expected.items()):
        if path not in there:
            faults.append(f"{path} is missing")
        elif _digest(folder / path) != digest:
            faults.append(f"{path} is not what {LOCK} says")
    return faults


def sync(folder: Path) -> None:
    """Write every file that the lock names; a file whose sha256 is empty there gets one."""
    lock = read_lock(folder)
    for package in lock["packages"]:
        _take_package(package, folder)
    (folder / LOCK).write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")


def _take_package(package: dict[str, Any], folder: Path) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        archive = _fetch(f"{package['name']}@{package['version']}", Path(temporary))
        found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if found != package["integrity"]:
            raise SystemExit(f"{package['name']} {package['version']} has integrity {found}, not that of {LOCK}")
        with tarfile.open(archive) as tar:
            for file in package["files"]:
                _take_file(tar, file, folder)


def _fetch(what: str, into: Path) -> Path:
    """Return the archive of a package, from whichever registry npm is set up with."""
    command = ["npm", "pack", what, "--silent", "--pack-destination", str(into)]
    subprocess.run(command, check=True, timeout=_TIMEOUT_S, stdout=subprocess.DEVNULL)
    return next(into.glob("*.tgz"))


def _take_file(tar: tarfile.TarFile, file: dict[str, str], folder: Path) -> None:
    member = tar.extractfile(f"package/{file['from']}")
    if member is None:
        raise SystemExit(f"the package has no {file['from']}")
    content = member.read()
    digest = hashlib.sha256(content).hexdigest()
    if file["sha256"] not in {"", digest}:
        raise SystemExit(f"{file['from']} has another sha256 than {LOCK} says")
    file["sha256"] = digest
    target = folder / file["path"]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def main() -> int:
    """Run the command that was asked for; 1 where `check` finds a fault."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("command", choices=["sync", "check"])
    if parser.parse_args().command == "sync":
        sync(VENDOR)
    faults = find_faults(VENDOR)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
