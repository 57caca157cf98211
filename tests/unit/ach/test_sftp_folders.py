"""How a profile names folders on a bank's server and the keys it may show, and what is kept to log in."""

import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.direct_debits.bank_servers import one_at_a_time, read_credentials
from brim.core.rails.ach import (
    AfterReading,
    Authentication,
    OriginatorProfile,
    ProfileError,
    SftpFolder,
    algorithms_of,
    archive_of,
    check_profile,
    fingerprint_of,
    overlap,
    parse_sftp_folder,
)
from brim.platform.sftp import SftpLoginError
from tests.support.sftp_server import make_key

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl github.com"
ITS_FINGERPRINT = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"
"""Source: the host key and the fingerprint that GitHub publishes."""
SERVER = "sftp://brim@sftp.bank.example"
PROFILE = OriginatorProfile(
    odfi_routing_number="121042882",
    odfi_name="BANK",
    immediate_origin="1234567890",
    origin_name="BRIM",
    company_name="BRIM",
    company_id="1234567890",
    outgoing_folder=f"{SERVER}/outgoing",
    incoming_folder=f"{SERVER}/incoming",
    sftp_host_keys=(ED25519,),
    sftp_records_folder="/var/lib/brim/bank",
)


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        (f"{SERVER}/out", SftpFolder("brim", "sftp.bank.example", 22, "/out")),
        ("sftp://brim@SFTP.Bank.Example:2222/a//b/", SftpFolder("brim", "sftp.bank.example", 2222, "/a/b")),
        (f"{SERVER}/", SftpFolder("brim", "sftp.bank.example", 22, "/")),
        (f"{SERVER}/~/inbox", SftpFolder("brim", "sftp.bank.example", 22, "inbox")),
        (f"{SERVER}/~/", SftpFolder("brim", "sftp.bank.example", 22, ".")),
        ("sftp://b%40x@[::1]:22/a%20b", SftpFolder("b@x", "::1", 22, "/a b")),
    ],
)
def test_a_folder_on_a_server_is_read_and_written_back(text: str, folder: SftpFolder) -> None:
    assert parse_sftp_folder(text) == folder
    assert parse_sftp_folder(str(folder)) == folder


@given(
    user=st.text("abcz-_.@%", min_size=1).filter(lambda user: not user.startswith(".")),
    port=st.integers(1, 65535),
    names=st.lists(st.text("ab %~.é", min_size=1).filter(lambda name: name not in {".", ".."}), max_size=3),
)
def test_what_is_written_is_read_back(user: str, port: int, names: list[str]) -> None:
    folder = SftpFolder(user, "h.example", port, "/" + "/".join(names))
    if not folder.path.startswith("/~/"):
        assert parse_sftp_folder(str(folder)) == folder


@pytest.mark.parametrize(
    "text",
    [
        "sftp://sftp.bank.example/out",
        "sftp://brim@/out",
        f"{SERVER}",
        f"{SERVER}/a/../b",
        f"{SERVER}:0x/out",
        f"{SERVER}/out?x=1",
        f"{SERVER}/a%00b",
        "sftp://brim:secret@sftp.bank.example/out",
        "sftp://..@sftp.bank.example/out",
        "sftp://a%2Fb@sftp.bank.example/out",
    ],
)
def test_what_names_no_folder_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"it|password") as refused:
        parse_sftp_folder(text)
    assert "secret" not in str(refused.value)


def test_host_keys_are_pinned_as_lines_or_as_fingerprints() -> None:
    assert fingerprint_of(ED25519) == fingerprint_of(ITS_FINGERPRINT) == ITS_FINGERPRINT
    assert algorithms_of((ED25519,)) == ("ssh-ed25519",)
    assert algorithms_of((ED25519, ITS_FINGERPRINT)) == ()
    assert algorithms_of(("ssh-rsa AAAA",)) == ("rsa-sha2-256", "rsa-sha2-512")
    for wrong in ("", "SHA256:x", "MD5:00:11", "ssh-ed25519", "ssh-rsa " + ED25519.split()[1], "ssh-ed25519 !"):
        with pytest.raises(ValueError, match="each must be SHA256"):
            fingerprint_of(wrong)


def test_a_fingerprint_is_what_ssh_keygen_says(tmp_path: Path) -> None:
    key = make_key()
    (tmp_path / "key.pub").write_text(key.public)
    try:
        said = subprocess.run(
            ["ssh-keygen", "-l", "-f", str(tmp_path / "key.pub")], capture_output=True, text=True, check=True
        )
    except FileNotFoundError:
        pytest.skip("ssh-keygen is not installed (Debian's openssh-client)")
    assert said.stdout.split()[1] == key.fingerprint


def test_a_profile_may_have_its_folders_on_a_server() -> None:
    check_profile(PROFILE)
    assert PROFILE.list_folder == "/var/lib/brim/bank"
    assert PROFILE.local_folders == {"sftp_records_folder": "/var/lib/brim/bank"}
    mixed = msgspec.structs.replace(PROFILE, outgoing_folder="/out")
    check_profile(mixed)
    assert mixed.list_folder == "/out"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sftp_host_keys": ()}, "sftp_host_keys"),
        ({"sftp_host_keys": ("x",)}, "sftp_host_keys"),
        ({"sftp_host_keys": (ITS_FINGERPRINT,) * 5}, "sftp_host_keys"),
        ({"sftp_records_folder": None}, "sftp_records_folder"),
        ({"sftp_records_folder": "bank"}, "sftp_records_folder"),
        ({"outgoing_folder": "/a", "sftp_records_folder": "/a/."}, "sftp_records_folder"),
        ({"incoming_folder": f"{SERVER}/outgoing/"}, "incoming_folder"),
        ({"incoming_folder": f"{SERVER}"}, "incoming_folder"),
        ({"outgoing_folder": "sftp://brim:x@h.example/out"}, "outgoing_folder"),
        ({"sftp_after_reading": AfterReading.ARCHIVE}, "sftp_archive_folder"),
        ({"sftp_after_reading": AfterReading.ARCHIVE, "sftp_archive_folder": "."}, "sftp_archive_folder"),
    ],
)
def test_a_profile_lacks_nothing_that_its_folders_need(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ProfileError) as refused:
        check_profile(msgspec.structs.replace(PROFILE, **changes))
    assert refused.value.param == field


def test_the_archive_is_a_path_on_the_same_server() -> None:
    inside = msgspec.structs.replace(PROFILE, sftp_after_reading=AfterReading.ARCHIVE, sftp_archive_folder="../read")
    check_profile(inside)
    assert str(archive_of(inside)) == f"{SERVER}/read"


def test_folders_overlap_on_one_server_and_never_across() -> None:
    assert overlap(f"{SERVER}/a", f"{SERVER}/a/b")
    assert overlap(f"{SERVER}/", f"{SERVER}/a")
    assert overlap(f"{SERVER}:22/a/", f"{SERVER}/a")
    assert not overlap(f"{SERVER}/a", f"{SERVER}/ab")
    assert not overlap(f"{SERVER}/a", "/a")
    assert not overlap(f"{SERVER}/a", "sftp://other@sftp.bank.example/a")


FOLDER = parse_sftp_folder(f"{SERVER}/out")


def _keep(folder: Path, **secrets: str) -> None:
    place = folder / "acct_1" / "brim@sftp.bank.example"
    place.mkdir(parents=True)
    for name, text in secrets.items():
        (place / name).write_text(text)


def test_credentials_are_those_of_one_platform_for_one_server(tmp_path: Path) -> None:
    _keep(tmp_path, key="KEY\n", passphrase="word\n", password="other\n")
    found = read_credentials(tmp_path, "acct_1", FOLDER, Authentication.KEY)
    assert (found.private_key, found.passphrase, found.password) == ("KEY\n", "word", None)
    found = read_credentials(tmp_path, "acct_1", FOLDER, Authentication.PASSWORD)
    assert (found.private_key, found.passphrase, found.password) == (None, None, "other")
    found = read_credentials(tmp_path, "acct_1", FOLDER, Authentication.BOTH)
    assert (found.private_key, found.passphrase, found.password) == ("KEY\n", "word", "other")
    assert "KEY" not in repr(found)
    assert "word" not in str(found)
    elsewhere = parse_sftp_folder("sftp://brim@evil.example/out")
    for account, folder in (("acct_2", FOLDER), ("acct_1", elsewhere)):
        with pytest.raises(SftpLoginError, match="The private key"):
            read_credentials(tmp_path, account, folder, Authentication.KEY)


def test_a_command_may_print_a_secret(tmp_path: Path) -> None:
    _keep(tmp_path, password_command="printf secret")
    assert read_credentials(tmp_path, "acct_1", FOLDER, Authentication.PASSWORD).password == "secret"
    (tmp_path / "acct_1" / FOLDER.address / "password_command").write_text("false")
    with pytest.raises(SftpLoginError, match="false exited with 1"):
        read_credentials(tmp_path, "acct_1", FOLDER, Authentication.PASSWORD)


def test_one_process_at_a_time_exchanges_in_a_direction(tmp_path: Path) -> None:
    with one_at_a_time(tmp_path, "outgoing") as first, one_at_a_time(tmp_path, "outgoing") as second:
        assert (first, second) == (True, False)
        with one_at_a_time(tmp_path, "incoming") as other:
            assert other
    with one_at_a_time(tmp_path, "outgoing") as again:
        assert again
    with pytest.raises(FileNotFoundError), one_at_a_time(tmp_path / "nowhere", "outgoing"):
        pass
