"""A folder and S3 as stores: objects appear whole or not at all, and are never changed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from brim.host.backups.s3 import S3Store
from brim.host.backups.stores import (
    FolderStore,
    ObjectExistsError,
    ObjectMissingError,
    Store,
    StoreError,
    open_store,
)
from tests.support.ports import free_port
from tests.support.s3_server import s3_environment

DAY_MS = 24 * 60 * 60 * 1000


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    """A store that speaks S3, and has a bucket."""
    with s3_environment("bucket") as environment:
        yield environment


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    if request.param == "folder":
        return FolderStore(tmp_path / "store")
    for name, value in request.getfixturevalue("s3").items():
        monkeypatch.setenv(name, value)
    return open_store(f"s3://bucket/{tmp_path.name}/backups")


def read(store: Store, name: str) -> bytes:
    with store.open(name) as stream:
        pieces = []
        while piece := stream.read(1000):
            pieces.append(piece)
        return b"".join(pieces)


def test_objects_are_kept_listed_and_removed(store: Store) -> None:
    written = store.put("wal/1/a", [b"one", b"two"])
    store.put("wal/2/b", [b""])
    store.put("base/x", [b"x"])
    assert (written.size, written.sha256[:6]) == (
        6,
        "25b6746d5172ed6352966a013d93ac846e1110d5a25e8f183b5931f4688842a1"[:6],
    )
    assert read(store, "wal/1/a") == b"onetwo"
    assert {(each.name, each.size) for each in store.list("wal/")} == {("wal/1/a", 6), ("wal/2/b", 0)}
    assert {each.name for each in store.list("")} == {"wal/1/a", "wal/2/b", "base/x"}
    store.remove("wal/1/a")
    store.remove("wal/1/a")
    assert [each.name for each in store.list("wal/")] == ["wal/2/b"]
    with pytest.raises(ObjectMissingError):
        read(store, "wal/1/a")


def test_a_second_object_of_a_name_is_refused_and_the_first_one_stays(store: Store) -> None:
    store.put("wal/a", [b"first"])
    with pytest.raises(ObjectExistsError):
        store.put("wal/a", [b"second"])
    assert read(store, "wal/a") == b"first"


def test_an_object_that_broke_off_is_none(store: Store) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"some"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.put("wal/a", breaking())
    assert list(store.list("")) == []
    store.put("wal/a", [b"whole"])
    assert read(store, "wal/a") == b"whole"


def test_a_large_object_goes_in_parts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brim.host.backups.s3._SMALL_BYTES", 1024)
    monkeypatch.setattr("brim.host.backups.s3._PART_BYTES", 5 * 1024 * 1024)
    piece = os.urandom(1024 * 1024)
    store.put("base/data", [piece] * 11)
    assert read(store, "base/data") == piece * 11

    def breaking() -> Iterator[bytes]:
        yield piece * 7
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.put("base/other", breaking())
    assert [each.name for each in store.list("base/")] == ["base/data"]
    assert store.remove_unfinished(now_ms=10**15) == 0, "what broke off has left nothing"


def test_what_a_killed_writer_left_is_removed_after_a_day(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put("wal/a", [b"a"])
    left = tmp_path / "wal" / ".part-0123"
    left.write_bytes(b"half")
    now_ms = left.stat().st_mtime_ns // 1_000_000
    assert [each.name for each in store.list("")] == ["wal/a"]
    assert (store.remove_unfinished(now_ms=now_ms), left.exists()) == (0, True)
    assert (store.remove_unfinished(now_ms=now_ms + DAY_MS + 1000), left.exists()) == (1, False)


def test_uploads_that_nobody_finished_are_given_up(store: Store) -> None:
    if isinstance(store, FolderStore):
        pytest.skip("a folder has no uploads")
    assert isinstance(store, S3Store)
    client, bucket = store._client, store._bucket
    client.create_multipart_upload(Bucket=bucket, Key=f"{store._prefix}base/x")
    assert store.remove_unfinished(now_ms=0) == 0
    assert store.remove_unfinished(now_ms=10**15) == 1
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


def test_a_full_disk_leaves_no_object_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    store = FolderStore(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            store.put("a", [b"a"])
    assert list(store.list("")) == []
    assert list(tmp_path.iterdir()) == []
    store.put("a", [b"a"])


def test_a_store_that_does_not_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("boto3", reason="boto3 is not installed (make install)")
    port = free_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with pytest.raises(StoreError, match="bucket"):
        open_store("s3://bucket").put("a", [b"a"])
