"""A hardware security module without hardware: SoftHSM, with a token of a test's own."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

MODULE: Final = Path("/usr/lib/softhsm/libsofthsm2.so")
TOKEN: Final = "brim tests"
KEY: Final = "brim master"
PIN: Final = "0853-secret-pin"


class SoftHsm:
    """A token and how programs reach it."""

    def __init__(self, folder: Path) -> None:
        self._tokens = folder / "tokens"
        self._config = folder / "softhsm2.conf"
        self._tokens.mkdir()
        self._config.write_text(f"directories.tokendir = {self._tokens}\nlog.level = ERROR\n")
        command = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--so-pin", "12345678", "--pin", PIN]
        subprocess.run(command, env={**os.environ, **self.reach}, check=True, capture_output=True)

    @property
    def reach(self) -> dict[str, str]:
        """The variable that SoftHSM itself reads."""
        return {"SOFTHSM2_CONF": str(self._config)}

    @property
    def settings(self) -> Mapping[str, str]:
        """The variables with which Brim uses the token."""
        return {
            **self.reach,
            "BRIM_PKCS11_MODULE": str(MODULE),
            "BRIM_PKCS11_TOKEN": TOKEN,
            "BRIM_PKCS11_KEY": KEY,
            "BRIM_PKCS11_PIN": PIN,
        }

    @contextmanager
    def unplugged(self) -> Iterator[None]:
        """Have the token away for as long as the block lasts."""
        away = self._tokens.with_name("away")
        self._tokens.rename(away)
        self._tokens.mkdir()
        try:
            yield
        finally:
            self._tokens.rmdir()
            away.rename(self._tokens)


def make_soft_hsm(folder: Path) -> SoftHsm:
    """Return a fresh token; skips the test where there is no SoftHSM."""
    if shutil.which("softhsm2-util") is None or not MODULE.exists():
        pytest.skip("SoftHSM is not installed (Debian: softhsm2)")
    return SoftHsm(folder)
