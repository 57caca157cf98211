"""The folder between PostgreSQL and Brim, with the shell's commands as PostgreSQL runs them."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from brim.host.backups.archive import Archive
from brim.host.backups.stores import FolderStore, Written
from brim.host.backups.wal import SEGMENT_BYTES, Segment
from brim.host.backups.wal_exchange import wal_archived, wal_restored
from brim.host.wal_commands import archive_command, restore_command
from brim.platform.sealing import BackupKey
from brim.platform.vault import new_encryption_key
from tests.support.archives import put_segments

KEY = BackupKey.from_text(new_encryption_key())
NAME = Segment(1, 3).name
CONTENT = b"w" * SEGMENT_BYTES


class House:
    """A cluster's folder without a database, and the folder beside it; their path has blanks and a percent sign."""

    def __init__(self, path: Path, store: Path | None = None) -> None:
        path = path / "da ta%f"
        self.cluster = path / "cluster"
        self.folder = path / "wal"
        self.status = self.cluster / "pg_wal" / "archive_status"
        self.status.mkdir(parents=True)
        (self.cluster / "global").mkdir()
        (self.cluster / "PG_VERSION").write_text("18\n")
        (self.cluster / "global" / "pg_control").write_bytes((7450).to_bytes(8, "little"))
        self.store = FolderStore(store or path / "store")

    @property
    def archive(self) -> Archive:
        return Archive(self.store, [KEY])

    def complete(self, name: str = NAME, content: bytes = CONTENT) -> None:
        (self.cluster / "pg_wal" / name).write_bytes(content)
        (self.status / f"{name}.ready").touch()

    @asynccontextmanager
    async def archived(self) -> AsyncIterator[None]:
        async with wal_archived(self.archive, self.cluster, self.folder):
            yield

    @asynccontextmanager
    async def restored(self, given: Callable[[str], None] = lambda _name: None) -> AsyncIterator[None]:
        async with wal_restored(self.archive, self.folder, (os.geteuid(), os.getegid()), given):
            yield

    async def run(self, command: str, name: str = NAME) -> int:
        """Run a command as PostgreSQL does, and return its status."""
        parts = (part.replace("%f", name).replace("%p", f"pg_wal/{name}") for part in command.split("%%"))
        process = await asyncio.create_subprocess_exec("sh", "-c", "%".join(parts), cwd=self.cluster)
        return await process.wait()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_what_is_ready_is_archived_and_postgresql_is_told(house: House) -> None:
    house.complete()
    async with house.archived():
        assert await house.run(archive_command(house.folder)) == 0
        assert house.archive.get_wal(NAME).content == CONTENT
        (house.status / f"{NAME}.ready").unlink()
        while list(house.folder.iterdir()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_file_that_is_there_already_is_fine(house: House) -> None:
    house.complete()
    house.archive.claim("7450", now_ms=0)
    house.archive.put_wal(NAME, CONTENT, completed_ms=1)
    async with house.archived():
        assert await house.run(archive_command(house.folder)) == 0


@pytest.mark.parametrize("what", ["other content", "other database", "not a folder"])
async def test_what_cannot_be_archived_is_kept_by_postgresql(
    house: House, tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    house.complete()
    if what == "other content":
        house.archive.claim("7450", now_ms=0)
        house.archive.put_wal(NAME, b"x" * SEGMENT_BYTES, completed_ms=1)
    elif what == "other database":
        house.archive.claim("9", now_ms=0)
    else:
        (tmp_path / "da ta%f" / "store").touch()
    async with house.archived():
        assert await house.run(archive_command(house.folder)) == 1
        logged = ""  # a moment after PostgreSQL was told
        while "was not archived; it is kept and retried" not in logged:
            await asyncio.sleep(0.01)
            logged += capsys.readouterr().out


async def test_what_failed_is_archived_once_it_can_be(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brim.host.backups.wal_exchange._TRY_AGAIN_AFTER_S", 0.01)
    house.complete()
    put = house.store.put
    is_full = True

    def perhaps(name: str, content: Iterable[bytes]) -> Written:
        if is_full:
            raise OSError(28, "No space left on device")
        return put(name, content)

    monkeypatch.setattr(house.store, "put", perhaps)
    async with house.archived():
        assert await house.run(archive_command(house.folder)) == 1
        is_full = False
        while await house.run(archive_command(house.folder)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert house.archive.get_wal(NAME).content == CONTENT


async def test_a_link_is_not_followed(house: House, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(CONTENT)
    (house.cluster / "pg_wal" / NAME).symlink_to(tmp_path / "secret")
    (house.status / f"{NAME}.ready").touch()
    async with house.archived():
        assert await house.run(archive_command(house.folder)) == 1


async def test_files_are_given_back_and_the_next_ones_before_they_are_asked_for(house: House) -> None:
    put_segments(house.archive, 1, range(3, 15))
    given: list[str] = []
    async with house.restored(given.append):
        for number in range(3, 15):
            name = Segment(1, number).name
            assert await house.run(restore_command(house.folder), name) == 0
            assert (house.cluster / "pg_wal" / name).read_bytes() == house.archive.get_wal(name).content
        assert sorted(given) == [Segment(1, number).name for number in range(3, 15)]
        assert len(list(house.folder.iterdir())) < 12, "what PostgreSQL has is removed"


async def test_the_end_of_the_log_is_told_from_a_failure(house: House, tmp_path: Path) -> None:
    put_segments(house.archive, 1, [3, 4])
    stored = next((tmp_path / "da ta%f" / "store").rglob(Segment(1, 4).name))
    stored.write_bytes(stored.read_bytes()[:-1])
    async with house.restored():
        assert await house.run(restore_command(house.folder), Segment(1, 5).name) == 1
        assert await house.run(restore_command(house.folder), "00000002.history") == 1
        assert await house.run(restore_command(house.folder), Segment(1, 4).name) == 255
        assert await house.run(restore_command(house.folder), Segment(1, 3).name) == 0
