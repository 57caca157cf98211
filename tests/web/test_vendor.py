"""The third-party files that pages use are those of the lock, and they travel with the package."""

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from vendor import LOCK, VENDOR, find_faults, read_lock

ROOT = Path(__file__).parents[2]
WEB = ROOT / "src" / "brim" / "web"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the files, to be spoilt."""
    shutil.copytree(VENDOR, tmp_path / "vendor")
    return tmp_path / "vendor"


def test_every_vendored_file_is_what_the_lock_says() -> None:
    assert find_faults(VENDOR) == []


def test_a_file_that_was_altered_is_found(folder: Path) -> None:
    altered = next(folder.glob("htmx*.js"))
    altered.write_bytes(altered.read_bytes() + b" ")
    assert find_faults(folder) == [f"{altered.name} is not what {LOCK} says"]


def test_a_file_that_is_missing_and_one_too_many_are_found(folder: Path) -> None:
    next(folder.glob("htmx*.js")).rename(folder / "other.js")
    assert find_faults(folder) == [f"other.js is not in {LOCK}", "htmx-2.0.11.min.js is missing"]


@pytest.mark.parametrize("package", read_lock(VENDOR)["packages"], ids=lambda package: str(package["name"]))
def test_every_package_is_pinned_and_brings_its_licence(package: dict[str, Any]) -> None:
    assert package["integrity"].startswith("sha512-")
    assert package["licence"] in {"0BSD", "MIT"}
    assert any(file["path"].startswith("LICENSES/") for file in package["files"])
    assert json.dumps(package).count("http") == 0  # which registry is asked is each machine's own business


def test_the_package_takes_every_template_and_every_static_file_along() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    globs = settings["tool"]["setuptools"]["package-data"]["brim"]
    taken = {file for pattern in globs for file in (ROOT / "src" / "brim").glob(pattern)}
    ours = {file for folder in ("templates", "static") for file in (WEB / folder).rglob("*") if file.is_file()}
    assert len(ours) > 10
    assert ours <= taken
