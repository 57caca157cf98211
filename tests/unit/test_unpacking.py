"""A tar file reaches nothing outside of the folder that it is unpacked into."""

import io
import tarfile
from pathlib import Path

import pytest

from brim.host.backups.unpacking import UnpackedWrongError, unpack_tar


def tar_of(name: str, *, kind: bytes = tarfile.REGTYPE, target: str = "", mode: int = 0o666) -> io.BytesIO:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        member = tarfile.TarInfo(name)
        member.type, member.linkname, member.mode = kind, target, mode
        member.size = 4 if kind == tarfile.REGTYPE else 0
        tar.addfile(member, io.BytesIO(b"text"))
    return io.BytesIO(packed.getvalue())


def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    unpack_tar(tar_of("base/1/PG_VERSION", mode=0o4777), tmp_path)
    written = tmp_path / "base/1/PG_VERSION"
    assert written.read_bytes() == b"text"
    assert written.stat().st_mode & 0o7777 == 0o700


@pytest.mark.parametrize("name", ["../outside", "/outside", "base/../../outside"])
def test_nothing_is_written_outside_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(UnpackedWrongError, match="outside"):
        unpack_tar(tar_of(name), folder)
    assert [path.name for path in tmp_path.rglob("*")] == ["folder"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    with pytest.raises(UnpackedWrongError, match="neither"):
        unpack_tar(tar_of("link", kind=kind, target="/etc/passwd"), tmp_path)
    assert list(tmp_path.iterdir()) == []
