"""Builds what is released from one commit: wheel, sdist, software bill of materials, licences and checksums.

    python tools/packages.py [--output dist]

The packages of a commit have the same bytes wherever and whenever they are built: the sources are those of the commit,
with fixed modes, and every time in the packages is the commit's. What builds them has a virtualenv and a lock of its
own, and so has what the bill of materials is read from.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
_MODE: Final = 0o644
_MODE_OF_PROGRAMS: Final = 0o755
_LICENCE_NAMES: Final = ("licen", "copying", "notice", "authors")
_SERVICE_LOCK: Final = "requirements.lock"
_TOOLS_LOCK: Final = "requirements-dist.lock"


def main() -> None:
    parser = argparse.ArgumentParser(description="Builds the packages of the commit that is checked out.")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="where they go; it is emptied")
    parser.add_argument("--tools", type=Path, help="a virtualenv of requirements-dist.lock; made anew if left out")
    parser.add_argument("--only-packages", action="store_true", help="neither a bill of materials nor licences")
    given = parser.parse_args()
    if given.output.exists():
        shutil.rmtree(given.output)
    given.output.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="brim-packages-") as folder:
        work = Path(folder)
        tools = given.tools or make_environment(work / "tools", ROOT / _TOOLS_LOCK)
        wheel = build_packages(work, tools, given.output)
        if not given.only_packages:
            service = make_environment(work / "service", ROOT / _SERVICE_LOCK, wheel)
            write_bill(tools, service, given.output / "sbom.cdx.json")
            write_licences(service, given.output / "THIRD-PARTY-LICENCES.txt")
    write_checksums(given.output)
    for path in sorted(given.output.iterdir()):
        print(path.name)


def make_environment(folder: Path, lock: Path, *packages: Path) -> Path:
    """Return the Python of a new virtualenv that holds what a lock says, and packages without their dependencies."""
    venv.create(folder, with_pip=False)  # another one's can fill it, and nothing but what is locked is in it
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--no-compile", "--no-deps", "--require-hashes"]
    listed = "".join(f"{path.absolute().as_uri()} --hash=sha256:{_sha256(path)}\n" for path in packages)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as more:
        more.write(listed)
        more.flush()
        subprocess.run([*pip, "-r", str(lock), "-r", more.name], check=True)
    return python


def build_packages(work: Path, tools: Path, output: Path) -> Path:
    """Build the sdist of the commit, and the wheel from it; return the wheel."""
    time_s = int(_git("log", "-1", "--format=%ct"))
    source = work / "source"
    with tarfile.open(fileobj=io.BytesIO(_git_bytes("archive", "HEAD"))) as archive:
        archive.extractall(source)
    _fix_modes(source)
    built = work / "built"
    command = [str(tools), "-m", "build", "--no-isolation", "--outdir", str(built), str(source)]
    environ = {**os.environ, "SOURCE_DATE_EPOCH": str(time_s)}
    subprocess.run(command, check=True, env=environ, stdout=subprocess.DEVNULL, umask=0o022)
    (sdist,), (wheel,) = built.glob("*.tar.gz"), built.glob("*.whl")
    write_sdist(sdist, output / sdist.name, time_s)
    write_wheel(wheel, output / wheel.name)
    return output / wheel.name


def write_sdist(source: Path, target: Path, time_s: int) -> None:
    """Write a tar again with its members in order and without owners, times and modes of the machine."""
    with tarfile.open(source) as read:
        members = [(member, _content(read, member)) for member in sorted(read.getmembers(), key=lambda m: m.name)]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as written:
        for member, content in members:
            clean = tarfile.TarInfo(member.name)
            clean.type, clean.size, clean.mtime = member.type, len(content), time_s
            clean.mode = _MODE_OF_PROGRAMS if member.isdir() or member.mode & 0o100 else _MODE
            written.addfile(clean, io.BytesIO(content))
    target.write_bytes(gzip.compress(packed.getvalue(), mtime=time_s))


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    content = archive.extractfile(member)
    return content.read() if content else b""


def write_wheel(source: Path, target: Path) -> None:
    """Write a wheel again with its members in order; their times are the commit's already."""
    with zipfile.ZipFile(source) as read, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for member in sorted(read.infolist(), key=lambda member: member.filename):
            clean = zipfile.ZipInfo(member.filename, member.date_time)
            clean.external_attr, clean.compress_type = (0o100000 | _MODE) << 16, zipfile.ZIP_DEFLATED
            clean.create_system = 3
            written.writestr(clean, read.read(member))


def write_bill(tools: Path, service: Path, target: Path) -> None:
    """Write the bill of materials of what an installation runs: Python packages, and the pages' vendored assets."""
    command = [str(tools), "-m", "cyclonedx_py", "environment", "--output-reproducible", "--of", "JSON", str(service)]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    bill = json.loads(found.stdout)
    bill["components"] = [part for part in bill["components"] if part["name"] not in {"pip", "setuptools"}]
    bill["components"] += [_asset(package) for package in _vendored()]
    target.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def write_licences(service: Path, target: Path) -> None:
    """Write the licence texts of everything in the bill, one after the other."""
    (packages,) = service.parents[1].glob("lib/python*/site-packages")
    texts: list[tuple[str, str]] = []
    for metadata in sorted(packages.glob("*.dist-info")):
        name = metadata.name.removesuffix(".dist-info")
        if name.split("-")[0] in {"pip", "setuptools", "brim"}:
            continue
        found = [path for path in sorted(metadata.rglob("*")) if path.name.lower().startswith(_LICENCE_NAMES)]
        texts += [(f"{name}: {path.name}", _text(path)) for path in found if path.is_file()]
        if not found:
            texts.append((name, "The package has no licence text; the bill of materials has what it says of itself."))
    vendor = ROOT / "src/brim/web/static/vendor/LICENSES"
    texts += [(path.stem, _text(path)) for path in sorted(vendor.iterdir())]
    rule = "=" * 100
    target.write_text("\n".join(f"{rule}\n{name}\n{rule}\n{text}" for name, text in texts), encoding="utf-8")


def write_checksums(folder: Path) -> None:
    """Write the SHA-256 of each file in the form that `sha256sum --check` reads."""
    lines = [f"{_sha256(path)}  {path.name}\n" for path in sorted(folder.iterdir())]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _vendored() -> list[dict[str, Any]]:
    lock = ROOT / "src/brim/web/static/vendor/vendor.lock.json"
    packages: list[dict[str, Any]] = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return packages


def _asset(package: dict[str, Any]) -> dict[str, Any]:
    """Return a vendored package of npm as a component. Source: CycloneDX 1.6 and the purl specification."""
    name, version = package["name"], package["version"]
    purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
    licence = [{"license": {"id": package["licence"]}}]
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "licenses": licence}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").rstrip() + "\n"


def _fix_modes(folder: Path) -> None:
    for path in folder.rglob("*"):
        runs = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(_MODE_OF_PROGRAMS if runs else _MODE)


def _git(*words: str) -> str:
    return _git_bytes(*words).decode().strip()


def _git_bytes(*words: str) -> bytes:
    return subprocess.run(["git", "-C", str(ROOT), *words], check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    main()
