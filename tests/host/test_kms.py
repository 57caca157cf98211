"""A running service whose encryption keys a hardware security module wraps (SoftHSM)."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from brim.platform.vault import find_key_id
from tests.support.brim_process import RunningBrim, run_brim
from tests.support.soft_hsm import SoftHsm, make_soft_hsm

FORM: Final = {
    "type": "us_bank_account",
    "us_bank_account[account_number]": "000123456789",
    "us_bank_account[routing_number]": "110000000",
}
HOOK: Final = {"url": "http://127.0.0.1:9/hook", "enabled_events[]": "*"}
_BETWEEN_S: Final = 0.01


@pytest.fixture
def hsm(tmp_path: Path) -> SoftHsm:
    folder = tmp_path / "hsm"
    folder.mkdir()
    return make_soft_hsm(folder)


def _fingerprint(brim: RunningBrim) -> object:
    status, method = brim.call("POST", "/v1/payment_methods", **FORM)
    assert status == 200, method
    return method["us_bank_account"]["fingerprint"]


def _hook_secret(brim: RunningBrim) -> object:
    """Return the secret of the one webhook endpoint, from the reply that is kept for retries."""
    status, endpoint = brim.call("POST", "/v1/webhook_endpoints", idempotency_key="hook", **HOOK)
    assert status == 200, endpoint
    return endpoint["secret"]


def _command(brim: RunningBrim, env: Mapping[str, str], *words: str) -> str:
    done = run_brim("keys", *words, "--data-dir", str(brim.data_dir), env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def _under_load(brim: RunningBrim) -> Iterator[list[Any]]:
    """Seal and open secrets again and again, on connections that either process takes; yield what was not answered."""
    wrong: list[Any] = []
    end = threading.Event()

    def ask() -> None:
        while not end.wait(_BETWEEN_S):
            for path, key, form in (("payment_methods", None, FORM), ("webhook_endpoints", "hook", HOOK)):
                status, body = brim.call("POST", f"/v1/{path}", idempotency_key=key, **form)
                if status != 200:
                    wrong.append((status, body))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield wrong
    finally:
        end.set()
        thread.join()


@pytest.mark.slow
def test_from_a_plain_key_to_data_keys_and_from_one_of_these_to_the_next(
    start_brim: Callable[..., RunningBrim], hsm: SoftHsm
) -> None:
    first = start_brim()
    file = first.data_dir / "encryption_key"
    plain = find_key_id(file.read_text().strip())
    fingerprint, secret = _fingerprint(first), _hook_secret(first)
    assert first.stop() == 0

    assert run_brim("keys", "create-kms-key", env=hsm.settings).returncode == 0
    second = start_brim(env={**hsm.settings, "BRIM_WORKERS": "2"})
    with _under_load(second) as wrong:
        data_keys = []
        for _ in range(2):
            data_keys.append(_command(second, hsm.settings, "create-data-key", "--after", "3s").strip())
            assert f"with the key {data_keys[-1]}" in _command(second, hsm.settings, "rotate-encryption")
    assert wrong == []
    listed = [line.split("\t") for line in _command(second, hsm.settings, "encryption").splitlines()]
    assert [(key, does, free) for key, _, does, _, free in listed] == [
        (data_keys[1], "encrypts", "no"),
        (plain, "decrypts", "yes"),
        (data_keys[0], "decrypts", "yes"),
    ]
    _command(second, hsm.settings, "remove-data-key", data_keys[0])
    with hsm.unplugged():
        assert (_fingerprint(second), _hook_secret(second)) == (fingerprint, secret)
    assert second.stop() == 0

    file.unlink()
    third = start_brim(env=hsm.settings)
    assert (_fingerprint(third), _hook_secret(third)) == (fingerprint, secret)
    assert not file.exists()
    assert third.stop() == 0
    with hsm.unplugged():
        fourth = start_brim(env=hsm.settings, ready=False)
        assert fourth.wait() == 1
        assert "there is no token brim tests behind the module" in fourth.log


@pytest.mark.slow
def test_the_first_data_key_is_made_by_the_first_start_and_nothing_before_the_token_is_right(
    start_brim: Callable[..., RunningBrim], hsm: SoftHsm
) -> None:
    keyless = start_brim(env=hsm.settings, ready=False)
    assert keyless.wait() == 1
    assert "it has no key brim master. Run brim keys create-kms-key" in keyless.log
    assert run_brim("keys", "create-kms-key", env=hsm.settings).returncode == 0
    brim = start_brim(env=hsm.settings)
    assert _fingerprint(brim) == _fingerprint(brim)
    assert not (brim.data_dir / "encryption_key").exists()
    pin = hsm.settings["BRIM_PKCS11_PIN"]
    assert pin not in brim.log
    listed = _command(brim, hsm.settings, "encryption")
    assert "data key, wrapped by brim master\tencrypts" in listed
    assert brim.stop() == 0
    refused = start_brim(env={**hsm.settings, "BRIM_PKCS11_PIN": "wrong"}, ready=False)
    assert refused.wait() == 1
    assert "refuses the PIN" in refused.log
    assert "wrong" not in refused.log


def test_what_is_wrong_with_the_settings_is_told_before_a_start(hsm: SoftHsm) -> None:
    right = run_brim("config", "check", env=hsm.settings)
    assert (right.returncode, right.stderr) == (0, "")
    for change, told in (
        ({"BRIM_PKCS11_TOKEN": "other"}, "there is no token other"),
        ({"BRIM_PKCS11_MODULE": "/nowhere.so"}, "the module /nowhere.so cannot be loaded"),
        ({"BRIM_PKCS11_PIN": ""}, "--pkcs11-module needs --pkcs11-pin too."),
    ):
        wrong = run_brim("config", "check", env={**hsm.settings, **change})
        assert (wrong.returncode, told in wrong.stderr) == (1, True), wrong.stderr


@pytest.mark.parametrize("part", ["api", "worker"])
def test_a_part_started_alone_says_that_there_is_no_data_key(part: str, service_url: str, hsm: SoftHsm) -> None:
    done = run_brim(part, "--database-url", service_url, env={**hsm.settings, "BRIM_PORT": "0"})
    assert (
        done.returncode,
        done.stderr.splitlines()[-1].startswith("Error: There is no data key that the key management"),
    ) == (1, True)
