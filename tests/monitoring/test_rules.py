"""The alerts fire when they should, and when not they do not; each has its runbook."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.alerts import ALERTS, GROUPS, RULES, RUNBOOKS

ROOT = Path(__file__).parents[2]
SLOS = (ROOT / "docs" / "slos.md").read_text(encoding="utf-8")
RECORDS = [rule["record"] for group in GROUPS for rule in group["rules"] if "record" in rule]
SERIES: dict[str, dict[str, Any]] = yaml.load(  # every scalar a text: 0x10 is ten more zeros here, and no number
    (Path(__file__).parent / "series.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)

needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")


def section_of(alert: str) -> str:
    """Return what the runbooks say of an alert."""
    found = re.search(rf"^### {alert}\n(.*?)(?=^##|\Z)", RUNBOOKS, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


@needs_promtool
def test_prometheus_understands_the_rules() -> None:
    checked = subprocess.run(["promtool", "check", "rules", RULES], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@needs_promtool
def test_each_alert_fires_when_it_should_and_not_otherwise(tmp_path: Path) -> None:
    """Each beside the recording rules that it reads: others would be evaluated for every minute of its series."""
    assert SERIES.keys() == ALERTS.keys()
    files = [_write_tests(tmp_path, alert, case) for alert, case in SERIES.items()]
    run = subprocess.run(["promtool", "test", "rules", *files], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def _write_tests(folder: Path, alert: str, case: dict[str, Any]) -> Path:
    """Write the series on which an alert fires and those on which it does not, and return the file."""
    rules = folder / f"{alert}.rules.yml"
    needed = set(_read_by(ALERTS[alert]))
    told = [
        {**group, "rules": [_without_texts(rule) for rule in group["rules"] if _name_of(rule) in needed]}
        for group in GROUPS
    ]
    rules.write_text(yaml.safe_dump({"groups": told}), encoding="utf-8")
    tests = [
        {
            "interval": "1m",
            "input_series": [{"series": name, "values": values} for name, values in case[kind].items()],
            "alert_rule_test": [
                {
                    "eval_time": case["at"],
                    "alertname": alert,
                    "exp_alerts": [{"exp_labels": case["labels"]}] if kind == "fires" else [],
                }
            ],
        }
        for kind in ("fires", "quiet")
    ]
    file = folder / f"{alert}.tests.yml"
    file.write_text(yaml.safe_dump({"rule_files": [rules.name], "tests": tests}), encoding="utf-8")
    return file


def _read_by(rule: dict[str, Any]) -> Iterator[str]:
    """Yield the names of a rule and of all recording rules that it reads, by way of others too."""
    yield _name_of(rule)
    for group in GROUPS:
        for other in group["rules"]:
            if other.get("record") and other["record"] in rule["expr"]:
                yield from _read_by(other)


def _name_of(rule: dict[str, Any]) -> str:
    return str(rule.get("alert") or rule.get("record"))


def _without_texts(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name != "annotations"}


@pytest.mark.parametrize("alert", ALERTS)
def test_each_alert_has_its_runbook(alert: str) -> None:
    assert ALERTS[alert]["annotations"]["runbook_url"] == f"docs/runbooks.md#{alert.lower()}"
    text = section_of(alert)
    assert all(f"**{part}**" in text for part in ("Means", "Look", "Do", "Resolved when")), alert


def test_no_runbook_is_of_an_alert_that_is_gone() -> None:
    assert set(re.findall(r"^### (\w+)$", RUNBOOKS, re.MULTILINE)) == set(ALERTS)


def test_each_recording_rule_is_explained() -> None:
    assert [record for record in RECORDS if f"`{record}`" not in SLOS] == []
