"""The alerts as they are delivered, and their runbooks."""

from pathlib import Path
from typing import Any, Final

import yaml

_ROOT: Final = Path(__file__).parents[2]
RULES: Final = _ROOT / "packaging" / "prometheus" / "brim.rules.yml"
RUNBOOKS: Final = (_ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8")
GROUPS: Final[list[dict[str, Any]]] = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
ALERTS: Final = {rule["alert"]: rule for group in GROUPS for rule in group["rules"] if "alert" in rule}
