"""Keys of connected accounts, and keys that act for one, reach no operation on the platform's files, banks and breaks.

Each operation is asked for an object that the platform has, with what its example sends, so that nothing but whose key
it is can be wrong.
"""

from pathlib import Path
from typing import Final

import pytest

from brim.api.framework.operation import Operation
from brim.api.resources.operations import OPERATIONS
from brim.web.operation_names import with_ids
from brim.web.reference.examples import values_of
from brim.web.samples.sample import Sample
from tests.support.ach_objects import AchObjects
from tests.support.making_live import make_live_object
from tests.support.service import Server
from tests.support.wire import Wire, WireReply

OF_PLATFORMS: Final = [each for each in OPERATIONS if each.resource in {"ach", "ach_approvals"}]
CORRECTIONS: Final = "/v1/brim/corrections"
BY_ID: Final = pytest.mark.parametrize("operation", OF_PLATFORMS, ids=lambda operation: operation.operation_id)


def send(wire: Wire, operation: Operation, path_id: str, *, account: str | None = None) -> WireReply:
    sample = Sample(operation=operation, path_id=path_id, values=values_of(operation), base="", key="")
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if sample.content else {}
    if account:
        headers["Stripe-Account"] = account
    target = with_ids(operation, path_id) + (f"?{sample.query}" if sample.query else "")
    return wire.send(operation.method, target, body=sample.content.encode() or None, headers=headers)


@BY_ID
def test_a_connected_account_reaches_nothing_of_its_platforms_bank(
    server: Server, account: str, live_key: str, tmp_path: Path, operation: Operation
) -> None:
    under = server.make_account(platform=account).id
    wire = Wire(server.url, live_key)
    path_id = ""
    if "{" in operation.path:
        path_id = make_live_object(operation, AchObjects(server, account, tmp_path), wire)
    own = server.make_key(under, livemode=True)
    restricted = server.make_key(under, livemode=True, permissions={"ach": "write"})
    approves = operation.resource == "ach_approvals"
    acting = send(wire, operation, path_id, account=under)
    if is_correction := operation.path.startswith(CORRECTIONS):  # a platform may ask for those of one account
        assert acting.status == 404 or acting.json["data"] == []
    for reply in (
        send(Wire(server.url, own), operation, path_id),
        send(Wire(server.url, restricted), operation, path_id),
        *([] if is_correction else [acting]),
    ):
        assert reply.status == 403, reply.body
        sentence = "API keys can't approve" if approves else "Only available to a platform."
        assert reply.error["message"].startswith(sentence)
    if not approves:
        assert send(wire, operation, path_id).status in {200, 400}, "the platform itself is let in"
