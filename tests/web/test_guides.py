"""The guides on the pages: their text, and their commands, which are run as they stand there."""

import subprocess
import sys
from pathlib import Path
from time import time
from typing import Any, Final

import pytest
from stripe import SignatureVerificationError

from brim.api.resources.operations import OPERATIONS
from brim.core.webhooks.rules import sign
from brim.web.reference.articles import BASE, Article, articles
from brim.web.reference.catalogue import RELATED, Catalogue
from brim.web.reference.reader import KEY, Reader
from brim.web.samples.languages import DEFAULT
from tests.support.service import Server, find_platform_account

GUIDES: Final = {article.slug: article for article in articles()}
OF_THE_PLATFORM: Final = frozenset({"reconciliation"})
"""Guides with a request that only the first account's key may make."""
PATIENCE_S: Final = 120
STRICT: Final = 'set -euo pipefail\ncurl() { command curl --fail-with-body "$@"; }\n'
"""Ends a script at the first command that fails, and makes a refusal of the API a failure."""

each_guide = pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)


def code_of(guide: Article, language: str) -> str:
    return "\n".join(text for each, text in guide.code() if each == language)


def run(command: list[str], code: str, folder: Path) -> str:
    done = subprocess.run(
        command, input=code, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.slow
@each_guide
def test_the_commands_of_a_guide_do_what_it_says(guide: Article, server: Server, account: str, tmp_path: Path) -> None:
    code = code_of(guide, "bash")
    if not code:
        return
    key = server.make_key(find_platform_account(server) if guide.slug in OF_THE_PLATFORM else account)
    shown = run(["bash"], STRICT + code.replace(BASE, server.url).replace(KEY, key), tmp_path)
    expected = {
        "getting_started": ('"status": "succeeded"', '"type": "topup"'),
        "testing": ('"failure_code": "insufficient_funds"', '"status": "reversed"', '"deleted": true'),
        "webhooks": ("whsec_", '"type": "topup.created"', '"queued": '),
        "calendars": ('"name": "New Year', '"calendar": "us_ach"'),
        "reconciliation": (
            '"object": "brim.balance_summary"',
            '"object": "reporting.report_run"',
            '"object": "brim.verification"',
        ),
    }
    assert [words for words in expected[guide.slug] if words not in shown] == []


@pytest.mark.slow
def test_the_python_of_the_first_guide_makes_a_top_up(server: Server, key: str, tmp_path: Path) -> None:
    code = code_of(GUIDES["getting_started"], "python").replace(BASE, server.url).replace(KEY, key)
    assert run([sys.executable, "-"], code, tmp_path) == "pending\n"


def test_the_handler_of_the_guide_to_webhooks_takes_what_is_signed_and_nothing_else() -> None:
    names: dict[str, Any] = {}
    exec(code_of(GUIDES["webhooks"], "python"), names)
    body = (
        b'{"id": "evt_1", "object": "event", "type": "topup.failed",'
        b' "data": {"object": {"id": "tu_1", "object": "topup", "failure_code": "no_account"}}}'
    )
    signature = sign(body, timestamp=int(time()), secrets=["whsec_1"])
    assert names["handle"](body, signature, "whsec_1") == "tu_1: no_account"
    with pytest.raises(SignatureVerificationError):
        names["handle"](body.replace(b"tu_1", b"tu_2"), signature, "whsec_1")


@each_guide
def test_code_names_the_readers_address_and_key(guide: Article) -> None:
    blocks = guide.blocks(
        Reader("https://brim.example/pay", "sk_test_abcd...wxyz", DEFAULT), lambda path: f"/pay{path}"
    )
    text = "".join(block.html for block in blocks)
    assert BASE not in text
    assert KEY not in text
    assert 'href="/docs' not in text
    assert ("sk_test_abcd...wxyz" in text) == bool(code_of(guide, "bash"))


def test_guides_are_short() -> None:
    assert {slug: len(guide.text.split()) for slug, guide in GUIDES.items() if len(guide.text.split()) > 600} == {}


def test_chapters_lead_to_guides_that_exist_and_every_guide_is_led_to() -> None:
    assert set(RELATED) <= set(Catalogue(OPERATIONS).chapters)
    assert {slug for slugs in RELATED.values() for slug in slugs} == set(GUIDES)
