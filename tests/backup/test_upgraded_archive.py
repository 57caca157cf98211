"""A database that was upgraded goes on in the same place, as another cluster; others are refused there."""

from pathlib import Path

import pytest

from brim.host.backups.archive import Archive, OtherClusterError
from brim.host.backups.checking import NothingThatOldError, plan_restore
from brim.host.backups.creating import apply_retention
from brim.host.backups.stores import FolderStore
from brim.host.backups.verifying import verify_backups
from brim.host.cluster_identity import (
    keep_earlier_identifiers,
    read_earlier_identifiers,
)
from brim.host.identity import Identity
from brim.platform.sealing import BackupKey, SealBrokenError
from brim.platform.vault import new_encryption_key
from tests.support.archives import IDENTIFIER, put_base, put_segments

KEY = BackupKey.from_text(new_encryption_key())
UPGRADED = "7450000000000000016"
UPGRADED_AGAIN = "7450000000000000017"


def archive_in(folder: Path, own_version: str | None = None) -> Archive:
    return Archive(FolderStore(folder), [KEY], own_version=lambda: own_version)


def upgraded(folder: Path, identifier: str = UPGRADED, version: str = "17") -> Archive:
    """Return the archive of what the database in a place was upgraded to."""
    archive = archive_in(folder)
    archive.claim(identifier, earlier=[IDENTIFIER, UPGRADED], server_version=version, now_ms=1)
    return archive


@pytest.fixture
def first(tmp_path: Path) -> Archive:
    """The archive of a database as an earlier Brim made it, with two base backups."""
    archive = archive_in(tmp_path)
    put_segments(archive, 1, range(3, 8))
    for at in (3, 5):
        put_base(archive, at=at)
    return archive


def test_it_begins_anew_beside_what_was_kept_before(first: Archive, tmp_path: Path) -> None:
    later = upgraded(tmp_path)
    assert later.manifests() == []
    assert later.list_wal().files == {}
    put_segments(later, 1, range(3, 5), identifier=UPGRADED)  # its WAL begins anew, under the same names
    put_base(later, at=4, identifier=UPGRADED)
    assert [manifest.id for manifest in later.manifests()] == ["base-004"]
    assert [manifest.id for manifest in first.manifests()] == ["base-003", "base-005"]
    assert verify_backups(later).problems == verify_backups(first).problems == ()
    assert verify_backups(later).bases == 3


def test_another_database_is_refused_there_as_before(first: Archive, tmp_path: Path) -> None:
    assert first.manifests()
    with pytest.raises(OtherClusterError):
        archive_in(tmp_path).claim("7", earlier=["8"], now_ms=2)
    upgraded(tmp_path)
    with pytest.raises(OtherClusterError, match=UPGRADED):
        archive_in(tmp_path).claim("7", now_ms=2)


def test_whoever_reads_means_what_this_brim_can_restore(first: Archive, tmp_path: Path) -> None:
    assert first.manifests()
    put_base(upgraded(tmp_path), at=6, identifier=UPGRADED)
    put_base(upgraded(tmp_path, UPGRADED_AGAIN, "18"), at=7, identifier=UPGRADED_AGAIN)
    found = {version: archive_in(tmp_path, version).cluster().system_identifier for version in ("15", "17", "18")}
    assert found == {"15": IDENTIFIER, "17": UPGRADED, "18": UPGRADED_AGAIN}


def test_a_moment_from_before_names_the_version_that_restores_it(first: Archive, tmp_path: Path) -> None:
    assert first.manifests()
    later = upgraded(tmp_path)
    with pytest.raises(NothingThatOldError, match="PostgreSQL 18, from before an upgrade"):
        plan_restore(later)
    put_base(later, at=6, identifier=UPGRADED)
    with pytest.raises(NothingThatOldError, match="PostgreSQL 18, from before an upgrade"):
        plan_restore(later, at_ms=5000)


def test_the_way_back_goes_on_where_it_was(first: Archive, tmp_path: Path) -> None:
    assert first.manifests()
    upgraded(tmp_path)
    again = archive_in(tmp_path)
    again.claim(IDENTIFIER, now_ms=9)
    assert [manifest.id for manifest in again.manifests()] == ["base-003", "base-005"]


def test_two_that_begin_at_once_agree(first: Archive, tmp_path: Path) -> None:
    assert first.manifests()
    one, other = archive_in(tmp_path), archive_in(tmp_path)
    for archive in (one, other):
        archive.claim(UPGRADED, earlier=[IDENTIFIER], server_version="18", now_ms=3)
    put_base(one, at=6, identifier=UPGRADED)
    assert [manifest.id for manifest in other.manifests()] == ["base-006"]
    assert [path.name for path in (tmp_path / "upgraded").iterdir()] == ["001"]


def test_an_object_of_one_cluster_is_none_of_another(first: Archive, tmp_path: Path) -> None:
    assert first.manifests()
    later = upgraded(tmp_path)
    put_segments(later, 1, [3], identifier=UPGRADED)
    name = "wal/00000001/000000010000000000000003"
    (tmp_path / "upgraded" / "001" / name).write_bytes((tmp_path / name).read_bytes())
    with pytest.raises(SealBrokenError):
        later.get_wal("000000010000000000000003")


def test_retention_counts_those_from_before_and_removes_them_first(first: Archive, tmp_path: Path) -> None:
    later = upgraded(tmp_path)
    put_segments(later, 1, range(6, 9), identifier=UPGRADED)
    put_base(later, at=6, identifier=UPGRADED)
    assert apply_retention(later, keep=2, now_ms=0) == ["base-003"]
    assert sorted(segment.number for segment in first.list_wal().segments) == [5, 6, 7]
    put_base(later, at=8, identifier=UPGRADED)
    assert apply_retention(later, keep=2, now_ms=0) == ["base-005"]
    assert first.list_wal().files == {}
    assert sorted(segment.number for segment in later.list_wal().segments) == [6, 7, 8]
    assert apply_retention(upgraded(tmp_path, UPGRADED_AGAIN), keep=1, now_ms=0) == []


def test_what_a_database_was_before_is_read_from_a_file_and_through_no_link(tmp_path: Path) -> None:
    assert read_earlier_identifiers(tmp_path) == ()
    own = tmp_path.stat()
    identity = Identity("keep", own.st_uid, own.st_gid, own.st_uid, own.st_gid)
    keep_earlier_identifiers(tmp_path, [IDENTIFIER, UPGRADED], identity)
    assert read_earlier_identifiers(tmp_path) == (IDENTIFIER, UPGRADED)
    (kept,) = tmp_path.iterdir()
    kept.rename(tmp_path / "elsewhere")
    kept.symlink_to("elsewhere")
    assert read_earlier_identifiers(tmp_path) == ()
