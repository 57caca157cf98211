"""The packages of the commit have the same bytes wherever they are built, and install with pip, uv and pipx.

They need the index of packages; where that cannot be reached, they are skipped with a sentence, and CI fails.
"""

import json
import os
import re
import subprocess
import sys
import tarfile
import venv
from collections.abc import Mapping
from pathlib import Path

import pytest

import brim
from tests.support.long_form import long_form

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def run(*command: str | Path, env: Mapping[str, str] | None = None, umask: int = 0o022) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        check=False,
        env={**os.environ, **(env or {})},
        umask=umask,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def pinned(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the programs that build packages, in a virtualenv of their lock."""
    folder = tmp_path_factory.mktemp("tools")
    venv.create(folder, with_pip=False)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    pip += ["install", "--quiet", "--disable-pip-version-check"]
    pip += ["--no-compile"]  # some are run once, most not at all
    lock = str(ROOT / "requirements-dist.lock")
    done = subprocess.run([*pip, "--require-hashes", "-r", lock], capture_output=True, text=True, check=False)
    if done.returncode and "CI" not in os.environ:
        pytest.skip("the index of packages cannot be reached, so no package is built")
    assert done.returncode == 0, done.stderr
    return folder / "bin"


@pytest.fixture(scope="module")
def packages(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the packages of the commit that is checked out."""
    folder = tmp_path_factory.mktemp("packages") / "dist"
    run(sys.executable, ROOT / "tools/packages.py", "--output", folder, "--tools", tools / "python")
    return folder


@pytest.fixture(scope="module")
def wheel(packages: Path) -> Path:
    (found,) = packages.glob("*.whl")
    return found


def test_packages_have_the_same_bytes_wherever_they_are_built(tools: Path, packages: Path, tmp_path: Path) -> None:
    clone, again = tmp_path / "elsewhere", tmp_path / "dist"
    run("git", "clone", "--quiet", ROOT, clone, umask=0o077)
    options = ("--output", again, "--tools", tools / "python", "--only-packages")
    run(sys.executable, clone / "tools/packages.py", *options, env={"TZ": "Asia/Tokyo"}, umask=0o077)
    built = {path.name: path.read_bytes() for path in again.iterdir() if path.name.startswith("brim-")}
    assert len(built) == 2
    assert built == {name: (packages / name).read_bytes() for name in built}


def test_the_version_stands_in_one_place(packages: Path) -> None:
    names = {path.name for path in packages.glob("brim-*")}
    assert names == {f"brim-{brim.__version__}-py3-none-any.whl", f"brim-{brim.__version__}.tar.gz"}


def test_the_bill_names_every_package_with_its_licence(packages: Path) -> None:
    bill = json.loads((packages / "sbom.cdx.json").read_text(encoding="utf-8"))
    parts = {part["name"].replace("_", "-").lower(): part for part in bill["components"]}
    locked = pinned("requirements.lock")
    assert len(locked) > 20
    assert {name: parts[name]["version"] for name in locked} == locked
    assert {"htmx.org", "@xterm/xterm"} <= parts.keys()
    assert [name for name, part in parts.items() if not part.get("licenses")] == []


def test_checksums_and_licences_cover_what_is_there(packages: Path) -> None:
    run("sh", "-c", f"cd '{packages}' && sha256sum --strict --check SHA256SUMS")
    told = (packages / "THIRD-PARTY-LICENCES.txt").read_text(encoding="utf-8")
    assert [
        name for name in pinned("requirements.lock") if name.replace("-", "_") not in told.replace("-", "_").lower()
    ] == []


def test_the_sdist_holds_sources_and_nothing_of_a_machine(packages: Path) -> None:
    (sdist,) = packages.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        members = archive.getmembers()
    assert {member.uname for member in members} == {""}
    names = {member.name.partition("/")[2] for member in members}
    installed_from = {"requirements.lock", "packaging/systemd/brim-api.socket", "docs/operations.md"}
    assert {"src/brim/web/templates/base.html", *installed_from} <= names
    assert not [member.name for member in members if "/tests/" in member.name or member.name.endswith(".pyc")]


@pytest.mark.long_form
@pytest.mark.parametrize("installer", long_form(["pip", "pipx", "uv"], short=["pipx", "uv"]))
def test_it_installs_as_people_install_things(installer: str, tools: Path, wheel: Path, tmp_path: Path) -> None:
    home, programs = tmp_path / "home", tmp_path / "home" / "bin"
    env = {
        "HOME": str(home), "PIPX_HOME": str(home), "PIPX_BIN_DIR": str(programs), "UV_TOOL_DIR": str(home / "tools"),
        "UV_TOOL_BIN_DIR": str(programs), "UV_CACHE_DIR": str(tmp_path / "cache"), "UV_PYTHON": sys.executable,
        "PIP_NO_COMPILE": "1",
    }  # fmt: skip
    if installer == "pip":
        venv.create(home, with_pip=True)
        run(programs / "pip", "install", "--quiet", wheel, env=env)
    else:
        words = ("install",) if installer == "pipx" else ("tool", "install")
        run(tools / installer, *words, wheel, env=env)
    assert run(programs / "brim", "--version", env=env).strip() == f"brim {brim.__version__}"
    assert "host" in run(programs / "brim", "config", "show", env=env)
