"""Deliveries and thin events through the official Node SDK: tests/node/webhooks.mjs on a server of ours."""

import json
import re

from tests.support.node import start_node
from tests.support.service import Server

PATIENCE_S = 60.0


def test_the_node_sdk_verifies_deliveries_and_follows_thin_events(server: Server) -> None:
    keys = [server.make_key(server.make_account().id) for _ in range(5)]
    process = start_node("webhooks.mjs", {"BASE_URL": server.url, "FRESH_KEYS": json.dumps(keys)})
    printed, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, printed
    passed = re.search(r"^# pass (\d+)$", printed, re.MULTILINE)
    assert passed, printed
    assert int(passed[1]) >= 4
