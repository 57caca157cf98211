"""The data folder: claimed once, refused clearly, and what is kept in it."""

import json
import os
import stat
from pathlib import Path

import pytest

from brim.host.data_folder import (
    FORMAT,
    DataFolderInUseError,
    DataFolderUnusableError,
    NewerDataFolderError,
    claim_data_folder,
    read_encryption_key,
)
from brim.platform.vault import new_encryption_key


def test_a_claimed_folder_is_private_and_names_its_owner_and_format(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "data"
    with claim_data_folder(path):
        assert (path / "brim.lock").read_text() == f"{os.getpid()}\n"
        assert (path / "VERSION").read_text() == f"{FORMAT}\n"
        assert stat.S_IMODE(path.stat().st_mode) & 0o066 == 0


def test_a_folder_has_one_owner_at_a_time(tmp_path: Path) -> None:
    with (
        claim_data_folder(tmp_path),
        pytest.raises(DataFolderInUseError, match=f"another running Brim .process {os.getpid()}."),
        claim_data_folder(tmp_path),
    ):
        pass
    with claim_data_folder(tmp_path):
        pass


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(DataFolderUnusableError, match=str(path)), claim_data_folder(path):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DataFolderUnusableError, match="Permission denied"), claim_data_folder(tmp_path):
        pass


def test_a_folder_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "VERSION").write_text(f"{FORMAT + 1}\n")
    with pytest.raises(NewerDataFolderError, match="newer version"), claim_data_folder(tmp_path):
        pass
    assert (tmp_path / "VERSION").read_text() == f"{FORMAT + 1}\n"


def test_a_folder_whose_version_is_no_number_is_refused(tmp_path: Path) -> None:
    (tmp_path / "VERSION").write_text("eleven")
    with pytest.raises(DataFolderUnusableError, match="eleven"), claim_data_folder(tmp_path):
        pass


def test_the_test_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    with claim_data_folder(tmp_path) as folder:
        assert folder.keep_test_secret_key(None, lambda: "sk_test_made") == "sk_test_made"
        assert folder.keep_test_secret_key(None, lambda: "sk_test_other") == "sk_test_made"
    assert stat.S_IMODE((tmp_path / "test_secret_key").stat().st_mode) == 0o600


def test_the_encryption_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first, second = new_encryption_key(), new_encryption_key()
    assert read_encryption_key(tmp_path) is None
    with claim_data_folder(tmp_path) as folder:
        assert folder.keep_encryption_key(lambda: first) == first
        assert folder.keep_encryption_key(lambda: second) == first
    file = tmp_path / "encryption_key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text(f"{second},{first}\n")
    assert read_encryption_key(tmp_path) == f"{second},{first}"
    file.write_text("no key\n")
    with pytest.raises(DataFolderUnusableError) as caught:
        read_encryption_key(tmp_path)
    assert "no key" not in caught.value.message


def test_a_given_test_key_wins_and_is_kept(tmp_path: Path) -> None:
    with claim_data_folder(tmp_path) as folder:
        folder.keep_test_secret_key(None, lambda: "sk_test_made")
        assert folder.keep_test_secret_key("sk_test_given", lambda: "") == "sk_test_given"
        assert folder.keep_test_secret_key(None, lambda: "") == "sk_test_given"


def test_where_a_brim_answers_is_told_until_it_stops(tmp_path: Path) -> None:
    with claim_data_folder(tmp_path) as folder:
        folder.announce("http://127.0.0.1:1")
        status = json.loads((tmp_path / "brim.json").read_text())
        assert status == {"pid": os.getpid(), "url": "http://127.0.0.1:1"}
    assert not (tmp_path / "brim.json").exists()
