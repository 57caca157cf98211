"""What needs attention, on the wire: by account and mode, and no more than a key may read."""

from tests.support.service import Server
from tests.support.wire import PENDING, Wire

URL = "/v1/brim/attention"


def test_a_key_sees_what_it_may_read_and_links_to_exactly_that(server: Server, account: str) -> None:
    wire = Wire(server.url, server.make_key(account))
    for _ in range(2):
        wire.post(f"/v1/test_helpers/topups/{wire.create(source=PENDING)['id']}/fail")
    [item] = wire.get(URL).json["data"]
    assert (item["kind"], item["count"], item["title"]) == ("failed_topups", 2, "2 failed top-ups")
    assert item["page"].startswith("/topups?status=failed&created_from=")
    assert item["amounts"][0]["currency"] == "usd"
    few = Wire(server.url, server.make_key(account, permissions={"balance": "read"}))
    assert few.get(URL).json["data"] == []
    none = Wire(server.url, server.make_key(account, permissions={"topups": "read"}))
    assert none.get(URL).status == 403


def test_a_zone_that_there_is_not_is_refused(server: Server, account: str) -> None:
    refused = Wire(server.url, server.make_key(account)).get(f"{URL}?timezone=Mars/Olympus")
    assert (refused.status, refused.error["param"]) == (400, "timezone")
