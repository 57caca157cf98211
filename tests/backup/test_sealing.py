"""Sealed objects: what was put in comes out, and nothing else ever does."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.platform.sealing import (
    CHUNK_BYTES,
    HEADER_BYTES,
    BackupKey,
    SealBrokenError,
    open_whole,
    opened,
    seal,
)
from brim.platform.vault import new_encryption_key

KEY = BackupKey.from_text(new_encryption_key(lambda size: b"k" * size))
OTHER = BackupKey.from_text(new_encryption_key(lambda size: b"o" * size))
NOISE = bytes(range(256)) * 1024


def sealed(content: bytes, *, name: str = "wal/1", key: BackupKey = KEY) -> bytes:
    return b"".join(seal([content], [key], name=name))


def unsealed(content: bytes, *, name: str = "wal/1", keys: tuple[BackupKey, ...] = (KEY,)) -> bytes:
    return open_whole(io.BytesIO(content), keys, name=name)


class Trickling(io.BytesIO):
    """Gives seven bytes at a time, as a network may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(7, size or 0))


def incompressible(size: int) -> bytes:
    """Return bytes of which compression makes no fewer chunks."""
    import random  # noqa: PLC0415

    return random.Random(1).randbytes(size)


@given(st.lists(st.binary(max_size=200)))
def test_what_is_sealed_opens_again(pieces: list[bytes]) -> None:
    assert unsealed(b"".join(seal(pieces, [KEY], name="wal/1"))) == b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 40, CHUNK_BYTES, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES + 5])
def test_any_number_of_chunks_opens_again(size: int) -> None:
    content = incompressible(size)
    assert unsealed(sealed(content)) == content


def test_a_stream_that_trickles_opens_all_the_same() -> None:
    assert open_whole(Trickling(sealed(b"some")), [KEY], name="wal/1") == b"some"


@given(st.data())
def test_a_changed_byte_or_a_cut_is_seen(data: st.DataObject) -> None:
    content = sealed(b"money" * 50)
    place = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[place] ^= data.draw(st.integers(1, 255))
    for broken in (bytes(changed), content[:place], content + content[-1:]):
        with pytest.raises(SealBrokenError):
            unsealed(broken)


def test_chunks_cannot_be_left_out_moved_or_repeated() -> None:
    content = sealed(incompressible(3 * CHUNK_BYTES))
    size = CHUNK_BYTES + 16
    head, chunks = content[:HEADER_BYTES], content[HEADER_BYTES:]
    first, second, rest = chunks[:size], chunks[size : 2 * size], chunks[2 * size :]
    for broken in (head + first + second, head + first + rest, head + second + first + rest, head + first * 2 + rest):
        with pytest.raises(SealBrokenError):
            unsealed(broken)


def test_an_object_does_not_pass_for_another_one() -> None:
    with pytest.raises(SealBrokenError, match="another name"):
        unsealed(sealed(b"a"), name="wal/2")


def test_a_new_key_seals_and_the_one_before_still_opens() -> None:
    before = sealed(b"old", key=OTHER)
    after = b"".join(seal([b"new"], [KEY, OTHER], name="wal/1"))
    assert unsealed(before, keys=(KEY, OTHER)) == b"old"
    assert unsealed(after, keys=(KEY,)) == b"new"
    with pytest.raises(SealBrokenError, match=OTHER.id.hex()):
        unsealed(before)


def test_the_same_content_never_looks_the_same_and_shows_nothing() -> None:
    assert sealed(NOISE)[HEADER_BYTES:] != sealed(NOISE)[HEADER_BYTES:]
    assert b"secret" not in sealed(b"secret")
    assert KEY.secret not in sealed(b"")


def test_what_is_a_thousand_times_longer_than_it_looks_is_opened_in_pieces() -> None:
    content = sealed(bytes(64 * CHUNK_BYTES))
    assert len(content) < CHUNK_BYTES
    pieces = list(opened(io.BytesIO(content), [KEY], name="wal/1"))
    assert max(map(len, pieces)) <= 4 * CHUNK_BYTES
    assert sum(map(len, pieces)) == 64 * CHUNK_BYTES
