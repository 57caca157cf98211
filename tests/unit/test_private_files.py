"""Files for their owner alone take the place of what was there, or leave it as it was."""

import os
from pathlib import Path

import pytest

from brim.cli.private_files import UnwritableFileError, private_file


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_file_that_others_could_read_is_for_its_owner_alone_from_then_on(tmp_path: Path) -> None:
    path, new = tmp_path / "there", tmp_path / "new"
    path.write_bytes(b"of before")
    path.chmod(0o666)
    held = path.open("rb")  # who has opened it before reads nothing of what comes
    for each in (path, new):
        with private_file(each) as write:
            write(b"secret")
        assert (each.read_bytes(), _mode(each)) == (b"secret", 0o600)
    with held:
        assert held.read() == b"of before"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["new", "there"]


def test_a_link_stays_and_what_it_names_is_replaced(tmp_path: Path) -> None:
    path, link = tmp_path / "there", tmp_path / "link"
    path.write_bytes(b"of before")
    link.symlink_to(path)
    with private_file(link) as write:
        write(b"secret")
    assert (link.is_symlink(), path.read_bytes(), _mode(path)) == (True, b"secret", 0o600)


def test_what_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "there"
    path.write_bytes(b"of before")

    def fail() -> None:
        with private_file(path) as write:
            write(b"half")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  the block's own
        fail()
    assert ([each.name for each in tmp_path.iterdir()], path.read_bytes()) == (["there"], b"of before")


@pytest.mark.parametrize("kind", ["pipe", "folder", "nowhere"])
def test_where_no_file_can_be_nothing_is_done(tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    if kind == "pipe":
        os.mkfifo(path)
    path = path / "file" if kind == "nowhere" else path
    if kind == "folder":
        path.mkdir()
    with pytest.raises(UnwritableFileError, match="can't be written"), private_file(path):
        raise AssertionError("the block is not begun")
