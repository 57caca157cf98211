"""What the lists beside outgoing folders say together of what has left."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.direct_debits.sent_lists import go_on_in, hand_over, last_folder, read_sent_lists

LISTING = ".brim-sent"


def send(folder: Path, file_id: str, originator: str = "orig_1") -> None:
    hand_over(folder, f"{file_id}.ach", b"bytes", file_id=file_id, sealed=b"sealed", originator=originator)


def test_lists_are_followed_to_where_their_writer_went_on_and_round_in_a_circle(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("one", "t w;o", "\u0442\u0440\u0438"))
    send(one, "a")
    go_on_in(one, two)
    send(two, "b")
    go_on_in(two, three)
    assert last_folder(one) == last_folder(two) == last_folder(three) == three
    send(three, "c")
    assert list(read_sent_lists(one)) == ["a", "b", "c"]
    assert list(read_sent_lists(two)) == ["b", "c"]
    go_on_in(three, one)
    send(one, "d")
    assert set(read_sent_lists(two)) == {"a", "b", "c", "d"}
    assert {file_id: file.folder for file_id, file in read_sent_lists(two).items()}["a"] == one
    assert last_folder(one) == one


def test_files_are_told_apart_by_whose_they_are(tmp_path: Path) -> None:
    (tmp_path / LISTING).write_text("achf_old\t00\told.ach\n")  # by an earlier version
    send(tmp_path, "a", "orig_1")
    send(tmp_path, "b", "orig_2")
    send(tmp_path, "c", "orig_2")
    send(tmp_path, "d", "orig_1")
    whose = {file_id: file.originator for file_id, file in read_sent_lists(tmp_path).items()}
    assert whose == {"achf_old": None, "a": "orig_1", "b": "orig_2", "c": "orig_2", "d": "orig_1"}


def test_a_list_that_another_one_names_and_that_is_gone_is_something_unknown(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    go_on_in(one, two)
    assert read_sent_lists(one) == {}
    (two / LISTING).unlink()
    (missing,) = read_sent_lists(one).values()
    assert (missing.folder, missing.sha256) == (two, "")


def test_a_line_about_a_folder_is_written_once(tmp_path: Path) -> None:
    for _ in range(3):
        go_on_in(tmp_path / "one", tmp_path / "two")
    assert (tmp_path / "one" / LISTING).read_text().count("\n") == 1


@given(
    name=st.text(string.ascii_letters + "\u00fc; \t\n%>=.", min_size=1).filter(lambda name: name not in {".", ".."}),
    torn_at=st.floats(0, 1),
)
def test_a_torn_line_about_a_folder_names_no_folder_and_swallows_nothing(
    tmp_path_factory: pytest.TempPathFactory, name: str, torn_at: float
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    one, two = folder / "one", folder / name[:40] / "two"
    send(one, "a")
    before = (one / LISTING).read_bytes()
    go_on_in(one, two)
    after = (one / LISTING).read_bytes()
    written = len(after) - len(before) - len(";\n")
    (one / LISTING).write_bytes(after[: len(before) + round(torn_at * written)])
    assert list(read_sent_lists(one)) == ["a"]
    go_on_in(one, two)
    send(two, "b")
    assert list(read_sent_lists(one)) == ["a", "b"]
