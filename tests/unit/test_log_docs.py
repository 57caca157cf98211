"""docs/logs.md has every event that the code logs, with its fields, and none that is gone."""

import ast
import re
from pathlib import Path

from brim.platform.telemetry.logs import RequestLine

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "brim"
DOCUMENT = (ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
LEVELS = {"debug", "info", "warning", "error", "exception"}
NOT_FIELDS = {"exc_info"}  # it becomes `exception`
SENTENCES = {"host/supervisor.py": 1}
"""Where an event is a sentence made elsewhere, and how many there are."""


def logged() -> tuple[dict[str, set[str]], dict[str, int]]:
    """Return the fields of each event in the code, and how many events of each module are no literals."""
    events: dict[str, set[str]] = {}
    others: dict[str, int] = {}
    for module in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            logger = node.func.value
            if not (isinstance(logger, ast.Name) and logger.id in {"log", "_log"} and node.func.attr in LEVELS):
                continue
            (event,) = node.args
            if isinstance(event, ast.Constant):
                fields = {keyword.arg for keyword in node.keywords if keyword.arg} - NOT_FIELDS
                events.setdefault(str(event.value), set()).update(fields)
            else:
                name = str(module.relative_to(SOURCE))
                others[name] = others.get(name, 0) + 1
    return events, others


def documented() -> dict[str, set[str]]:
    """Return the fields of each event in the tables of the document."""
    tables = DOCUMENT.partition("## Other events")[2]
    return {
        event: set(re.findall(r"`([^`]+)`", fields))
        for events, fields in re.findall(r"^\| (`.+?`) \| (.*?) ?\| ", tables, re.MULTILINE)
        for event in re.findall(r"`([^`]+)`", events)
    }


def test_each_event_stands_in_the_document_with_its_fields() -> None:
    events, others = logged()
    assert documented() == events
    assert others == SENTENCES
    assert len(events) > 40


def test_the_line_of_a_request_stands_in_the_document() -> None:
    told = set(re.findall(r"`(\w+)`", DOCUMENT.partition("## Other events")[0]))
    assert set(RequestLine.__struct_fields__) <= told
