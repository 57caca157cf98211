"""Measures how soon pages show their first text: `python -m bench.pages` prints a table; it takes half a minute.

The system's Chromium opens pages of a whole service in turn, with its cache as a reader has it, and between them the
least that any page can be: one sentence from a web server that does nothing else. Needs Node with the packages of
tests/node, and Chromium.
"""

import json
import shutil
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.command import database_folder, ending_plainly
from bench.processes import BenchError, answers, clean_environment, require_program, run_to_end, running
from bench.report import PAGE, markdown_table, verdict, write_between_marks
from bench.service import serve_embedded
from tests.support.ports import free_port

_PAGES: Final = ("/docs/api", "/docs/api/topups/create", "/docs/api/topups/list", "/docs/api/errors", "/shell")
_ONE_SENTENCE: Final = "<!doctype html><title>One sentence</title><p>This page says one sentence."
_ROUNDS: Final = 20
_PROMISED_MS: Final = 300
_SCRIPT: Final = Path(__file__).parent / "first_text.mjs"
_PACKAGES: Final = Path(__file__).parents[1] / "tests" / "node"
_CHROMIUM_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Measure, print the table and write it to docs/performance.md; exit with a sentence when something is missing."""
    with ending_plainly(), database_folder() as folder:
        text = _measure(folder)
    print(text)
    write_between_marks(PAGE, "bench-pages", text)


def _measure(folder: Path) -> str:
    node = require_program("node", how_to_get_it="Install Node.")
    chromium = next((found for name in _CHROMIUM_NAMES if (found := shutil.which(name))), None)
    if chromium is None or not (_PACKAGES / "node_modules").exists():
        raise BenchError("Chromium or its driver is missing: install chromium, and run npm ci --prefix tests/node.")
    with _one_sentence(folder) as limit, serve_embedded(folder, workers=1) as service:
        urls = [limit, *(service.url + page for page in _PAGES)]
        env = clean_environment({"CHROMIUM": chromium, "BASE_URL": service.url})
        wanted = json.dumps({"urls": urls, "rounds": _ROUNDS})
        said = run_to_end([node, str(_SCRIPT), wanted], env=env).splitlines()
    painted = json.loads(next(line for line in said if line.startswith("[")))  # the driver's test runner speaks, too
    medians = [statistics.median(times) for times in painted]
    rows = [
        [name, f"{median:.0f}", f"{max(times):.0f}", f"{median / medians[0]:.1f}"]
        for name, median, times in zip(("one sentence", *_PAGES), medians, painted, strict=True)
    ]
    table = markdown_table(("page", "median ms", "slowest ms", "ratio"), rows)
    held = verdict(max(medians[1:]) < _PROMISED_MS)
    promise = f"* The first text within {_PROMISED_MS} ms of the click, each page's median of {_ROUNDS}: {held}."
    return f"{table}\n\n{promise}"


@contextmanager
def _one_sentence(folder: Path) -> Iterator[str]:
    """Yield the URL of a page with nothing but a sentence."""
    (folder / "sentence").mkdir()
    (folder / "sentence" / "index.html").write_text(_ONE_SENTENCE)
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", str(folder / "sentence")]
    with running("sentence", command, folder=folder, env=clean_environment()) as program:
        program.wait_until(lambda: answers(port))
        yield f"http://127.0.0.1:{port}/"


if __name__ == "__main__":
    main()
