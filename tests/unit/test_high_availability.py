"""The files of packaging/high-availability, the drill that uses them, and the page that explains them agree."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import ha_drill
import pytest
import yaml
from failover import hosts

_ROOT: Final = Path(__file__).parents[2]
_FILES: Final = _ROOT / "packaging" / "high-availability"
_PAGE: Final = (_ROOT / "docs" / "high-availability.md").read_text(encoding="utf-8")
_HAPROXY: Final = shutil.which("haproxy", path="/usr/sbin:/usr/bin")


def test_the_layout_has_the_addresses_of_the_drill() -> None:
    layout: dict[str, str] = {}
    for names, addresses in re.findall(r"^\| ([^|]+) \| [^|]+ \| (10\.[\d., ]+) \|$", _PAGE, re.MULTILINE):
        layout |= zip(re.findall(r"`(\w+)`", names), addresses.split(", "), strict=True)
    assert {**layout, "client": hosts.ADDRESSES["client"]} == hosts.ADDRESSES


def test_every_file_is_explained_and_names_only_hosts_of_the_layout() -> None:
    for path in _FILES.iterdir():
        assert f"`{path.name}`" in _PAGE
        found = set(re.findall(r"10\.30\.0\.\d+\b(?!/24)", path.read_text(encoding="utf-8")))
        assert found <= set(hosts.ADDRESSES.values()), path.name


def test_what_protects_acknowledged_writes_is_configured() -> None:
    """The lease is given up in time: loop_wait + 2 * retry_timeout <= ttl."""
    config: dict[str, Any] = yaml.safe_load((_FILES / "patroni.yml").read_text(encoding="utf-8"))
    dcs = config["bootstrap"]["dcs"]
    assert dcs["synchronous_mode"] is True
    assert dcs["loop_wait"] + 2 * dcs["retry_timeout"] <= dcs["ttl"]
    assert "etcd" in config
    assert "etcd3" not in config
    for name in ("ttl", "loop_wait", "retry_timeout"):
        assert f"`{name}: {dcs[name]}`" in _PAGE


@pytest.mark.skipif(_HAPROXY is None, reason="needs HAProxy (Debian's haproxy)")
@pytest.mark.parametrize("name", ["haproxy-api.cfg", "haproxy-database.cfg"])
def test_haproxy_accepts_its_files(name: str) -> None:
    done = subprocess.run([str(_HAPROXY), "-c", "-f", _FILES / name], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_its_packages_the_drill_names_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("sys.argv", ["ha_drill.py", "--state", str(tmp_path / "state")])
    assert ha_drill.main() == 2
    printed = capsys.readouterr().out
    assert "apt-get install patroni python3-etcd etcd-server haproxy nftables" in printed
    assert "It needs root" in printed
