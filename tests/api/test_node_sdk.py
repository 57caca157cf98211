"""The whole surface through the official Node SDK: tests/node/surface.mjs on a server of ours."""

import json
import re

from tests.support.node import start_node
from tests.support.ports import free_port
from tests.support.seeding import Seed, seed_topups
from tests.support.service import Server

PATIENCE_S = 60.0


def test_the_whole_surface_works_for_the_node_sdk(server: Server) -> None:
    process = start_node("surface.mjs", _environment(server))
    printed, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, printed
    passed = re.search(r"^# pass (\d+)$", printed, re.MULTILINE)
    assert passed, printed
    assert int(passed[1]) >= 15


def _environment(server: Server) -> dict[str, str]:
    """Return the keys and accounts that the script works with."""
    crowd = server.make_account().id
    platform = server.make_account().id
    restricted = server.make_account().id
    silent_port = free_port()
    return {
        "BASE_URL": server.url,
        "FRESH_KEYS": json.dumps([server.make_key(server.make_account().id) for _ in range(20)]),
        "CROWD_KEY": server.make_key(crowd),
        "CROWD_IDS": json.dumps(seed_topups(server, crowd, [Seed(n, 1_780_000_000) for n in range(1, 231)])),
        "PLATFORM_KEY": server.make_key(platform),
        "CONNECTED_ACCOUNT": server.make_account(platform=platform).id,
        "FOREIGN_ACCOUNT": server.make_account().id,
        "RESTRICTED_KEY": server.make_key(restricted, permissions={"topups": "read"}),
        "REVOKED_KEY": server.make_revoked_key(restricted),
        "SILENT_PORT": str(silent_port),
    }
