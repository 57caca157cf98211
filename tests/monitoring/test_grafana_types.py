"""Grafana's own types of a dashboard read ours and lose nothing of it (`make packaging-check` brings them).

They are generated from the schema that Grafana itself uses, and drop what that does not know. Grafana itself is in no
registry.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

DASHBOARD: Final = Path(__file__).parents[2] / "packaging" / "grafana" / "brim.json"
SDK: Final = os.environ.get("GRAFANA_SDK")
READ_AND_WRITE: Final = """
import json, sys
from grafana_foundation_sdk.cog import encoder, plugins
from grafana_foundation_sdk.models.dashboard import Dashboard
plugins.register_default_plugins()
print(encoder.JSONEncoder().encode(Dashboard.from_json(json.load(sys.stdin))))
"""

pytestmark = pytest.mark.skipif(SDK is None, reason="GRAFANA_SDK names no folder with it (make packaging-check)")


def as_grafana_reads(dashboard: dict[str, Any]) -> Any:
    """Return a dashboard as it is after Grafana's types have read it."""
    done = subprocess.run(
        [sys.executable, "-c", READ_AND_WRITE],
        input=json.dumps(dashboard),
        env={**os.environ, "PYTHONPATH": str(SDK)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def lost(before: Any, after: Any, at: str = "") -> Iterator[str]:
    """Yield where something is missing or is something else."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            yield from lost(value, after[name], f"{at}.{name}") if name in after else [f"{at}.{name}"]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, value in enumerate(before):
            yield from lost(value, after[number], f"{at}[{number}]")
    elif before != after:
        yield at


def test_nothing_of_the_dashboard_is_unknown_to_grafana() -> None:
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    assert list(lost(dashboard, as_grafana_reads(dashboard))) == []


def test_what_grafana_does_not_know_is_found() -> None:
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    number = next(at for at, panel in enumerate(dashboard["panels"]) if panel["type"] == "timeseries")
    dashboard["panels"][number]["options"]["legnd"] = {}
    dashboard["panels"][number]["gridPosition"] = {}
    expected = {f".panels[{number}].options.legnd", f".panels[{number}].gridPosition"}
    assert set(lost(dashboard, as_grafana_reads(dashboard))) == expected
