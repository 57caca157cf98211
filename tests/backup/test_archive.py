"""What an archive has: whose it is, which moments it restores, what is wrong with it, and what is kept."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from brim.base.errors import BrimError
from brim.host.backups.archive import (
    Archive,
    NoBackupsError,
    OtherClusterError,
    OtherContentError,
)
from brim.host.backups.checking import (
    BaseWithoutWalError,
    NothingThatOldError,
    NothingThatYoungError,
    NoWayToTimelineError,
    TwoCopiesError,
    WalGapError,
    plan_restore,
    read_contents,
)
from brim.host.backups.creating import apply_retention
from brim.host.backups.restoring import restore
from brim.host.backups.stores import FolderStore
from brim.host.backups.verifying import list_moments, verify_backups
from brim.host.backups.wal import SEGMENT_BYTES, Segment
from brim.host.data_folder import DataFolderInUseError, claim_data_folder
from brim.platform.sealing import BackupKey, SealBrokenError
from brim.platform.vault import new_encryption_key
from tests.support.archives import IDENTIFIER, history_of, put_base, put_segments

KEY = BackupKey.from_text(new_encryption_key())


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive in a folder."""
    return Archive(FolderStore(tmp_path), [KEY])


def stored(folder: Path, pattern: str) -> Path:
    (found,) = folder.rglob(pattern)
    return found


def test_a_place_belongs_to_one_database(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(NoBackupsError):
        archive.cluster()
    archive.claim(IDENTIFIER, now_ms=1)
    archive.claim(IDENTIFIER, now_ms=2)
    assert archive.cluster().created_ms == 1
    with pytest.raises(OtherClusterError, match=IDENTIFIER):
        Archive(FolderStore(tmp_path), [KEY]).claim("7450000000000000002", now_ms=3)
    with pytest.raises(SealBrokenError, match="--backup-key"):
        Archive(FolderStore(tmp_path), [BackupKey.from_text(new_encryption_key())]).claim(IDENTIFIER, now_ms=3)


def test_a_place_whose_name_was_removed_is_not_taken_for_empty(archive: Archive, tmp_path: Path) -> None:
    put_base(archive, at=3)
    (tmp_path / "cluster").unlink()
    with pytest.raises(SealBrokenError, match="missing"):
        Archive(FolderStore(tmp_path), [KEY]).claim(IDENTIFIER, now_ms=3)


def test_the_same_wal_again_is_fine_and_other_wal_of_the_name_is_refused(archive: Archive) -> None:
    name = Segment(1, 3).name
    put_segments(archive, 1, [3])
    put_segments(archive, 1, [3])
    with pytest.raises(OtherContentError, match=name):
        archive.put_wal(name, b"x" * SEGMENT_BYTES, completed_ms=9)
    assert archive.get_wal(name).content[:8] == (3).to_bytes(8)


def test_a_segment_that_is_not_whole_cannot_be_trusted(archive: Archive) -> None:
    archive.claim(IDENTIFIER, now_ms=0)
    archive.put_wal(Segment(1, 3).name, b"short", completed_ms=1)
    with pytest.raises(SealBrokenError, match="isn't a whole segment"):
        archive.get_wal(Segment(1, 3).name)


def test_a_moment_is_restored_from_the_newest_base_before_it(archive: Archive) -> None:
    put_segments(archive, 1, range(3, 10))
    for at in (3, 6):
        put_base(archive, at=at)
    assert [plan_restore(archive, at_ms=at_ms).manifest.id for at_ms in (3000, 5999, 6000, 9000)] == [
        "base-003",
        "base-003",
        "base-006",
        "base-006",
    ]
    assert plan_restore(archive).manifest.id == "base-006"
    assert plan_restore(archive, at_ms=8000, base="base-003").manifest.id == "base-003"


@pytest.mark.parametrize(
    ("segments", "at_ms", "error"),
    [
        (range(3, 6), 2999, NothingThatOldError),
        (range(3, 6), 5001, NothingThatYoungError),
        ((4, 5), None, BaseWithoutWalError),
        ((4, 5), 4000, BaseWithoutWalError),
        ((), None, BaseWithoutWalError),
        ((3, 4, 6), None, WalGapError),
        ((3, 4, 6), 5000, WalGapError),
        ((3, 4, 6), 4000, None),
    ],
)
def test_what_cannot_be_restored_is_refused_with_the_reason(
    archive: Archive, segments: list[int], at_ms: int | None, error: type[BrimError] | None
) -> None:
    put_base(archive, at=3)
    put_segments(archive, 1, segments)
    if error is None:
        assert plan_restore(archive, at_ms=at_ms).at_ms == at_ms
        return
    with pytest.raises(error):
        plan_restore(archive, at_ms=at_ms)


def test_after_a_restore_the_new_timeline_is_meant_and_the_old_one_can_be(archive: Archive) -> None:
    put_base(archive, at=3)
    put_segments(archive, 1, range(3, 9))
    put_segments(archive, 2, range(5, 7))
    archive.put_wal("00000002.history", history_of((1, 5)), completed_ms=8500)
    assert plan_restore(archive, at_ms=6000).timeline == 2
    assert plan_restore(archive, at_ms=8000, timeline=1).timeline == 1
    with pytest.raises(NothingThatYoungError):
        plan_restore(archive, at_ms=8000)
    with pytest.raises(NoWayToTimelineError):
        plan_restore(archive, timeline=3)
    assert [(each.timeline, each.until_ms) for each in list_moments(archive, read_contents(archive))] == [
        (1, 8000),
        (2, 6000),
    ]


def test_a_copy_that_went_on_beside_another_one_is_meant_by_nobody_who_does_not_say_so(archive: Archive) -> None:
    put_base(archive, at=3)
    put_segments(archive, 1, range(3, 9))
    put_segments(archive, 2, range(5, 7))
    archive.put_wal("00000002.history", history_of((1, 5)), completed_ms=5500)  # a trial, while the service went on
    with pytest.raises(TwoCopiesError, match="--timeline"):
        plan_restore(archive)
    assert plan_restore(archive, timeline=1).timeline == 1
    assert plan_restore(archive, timeline=2).timeline == 2


async def test_a_restore_that_is_under_way_is_not_disturbed(archive: Archive, tmp_path: Path) -> None:
    put_base(archive, at=3)
    put_segments(archive, 1, [3])
    with claim_data_folder(tmp_path / "new.restoring") as folder, pytest.raises(DataFolderInUseError):
        await restore(archive, plan_restore(archive), tmp_path / "new", say=print)
    assert folder.path.exists()


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _swap(path: Path) -> None:
    other = next(each for each in path.parent.iterdir() if each != path)
    content, others = path.read_bytes(), other.read_bytes()
    path.write_bytes(others)
    other.write_bytes(content)


@pytest.mark.parametrize("damage", [_flip, _swap, lambda path: path.write_bytes(path.read_bytes()[:-20]), Path.unlink])
@pytest.mark.parametrize("name", ["data.tar", "folder", "000000010000000000000004"])
def test_every_damage_is_found(archive: Archive, tmp_path: Path, name: str, damage: Callable[[Path], object]) -> None:
    put_segments(archive, 1, range(3, 6))
    put_base(archive, at=3)
    assert verify_backups(archive).problems == ()
    damage(stored(tmp_path, name))
    try:
        problems = verify_backups(archive).problems
    except SealBrokenError as error:  # a manifest was swapped with it
        problems = (error.message,)
    assert problems


def test_a_changed_manifest_is_found(archive: Archive, tmp_path: Path) -> None:
    put_base(archive, at=3)
    _flip(stored(tmp_path, "manifest"))
    with pytest.raises(SealBrokenError, match="manifest"):
        verify_backups(archive)


def test_an_older_object_of_the_same_name_is_not_what_the_manifest_says(archive: Archive, tmp_path: Path) -> None:
    put_segments(archive, 1, [3])
    put_base(archive, at=3)
    stored(tmp_path, "data.tar").unlink()
    archive.put_part("base-003", "data.tar", [b"other"])
    assert [re.sub("The object (.*) of.*", r"\1", problem) for problem in verify_backups(archive).problems] == [
        "base/base-003/data.tar"
    ]


def test_retention_keeps_what_the_kept_bases_need(archive: Archive) -> None:
    put_segments(archive, 1, range(3, 10))
    archive.put_wal("00000002.history", history_of((1, 5)), completed_ms=1)
    for at in (3, 5, 7):
        put_base(archive, at=at)
    archive.put_part("half", "data.tar", [b"half"])
    assert apply_retention(archive, keep=2, now_ms=0) == ["base-003"]
    assert [manifest.id for manifest in archive.manifests()] == ["base-005", "base-007"]
    wal = archive.list_wal()
    assert sorted(segment.number for segment in wal.segments) == [5, 6, 7, 8, 9]
    assert "00000002.history" in wal.files
    assert list(archive.unfinished_bases()) == ["half"]
    apply_retention(archive, keep=2, now_ms=10**15)
    assert archive.unfinished_bases() == {}
    assert verify_backups(archive).problems == ()
