"""One key, one effect: replays, refusals, races between processes, and lost replies."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import pytest
from stripe import StripeClient

from brim.base.clock import system_clock_ms
from brim.core.idempotency.rules import KEPT_MS
from brim.core.pruning.service import prune_idempotency_keys
from brim.platform.database import Database
from tests.api.lossy import losing_first_reply
from tests.support.seeding import Seed, seed_topups
from tests.support.service import Server
from tests.support.wire import PENDING, Wire, WireReply, assert_error

WISH: Final[dict[str, object]] = {"amount": 1000, "currency": "usd", "source": PENDING}
CROWD: Final = 50
ROUNDS: Final = 30


def keyed(key: str, **more: str) -> dict[str, str]:
    return {"Idempotency-Key": key, **more}


def create(wire: Wire, key: str, **changes: object) -> WireReply:
    return wire.post("/v1/topups", {**WISH, **changes}, headers=keyed(key))


def assert_replay(reply: WireReply, first: WireReply) -> None:
    """Compare an answer with the first one under its key: all the same but for the headers that say so."""
    assert (reply.status, reply.body) == (first.status, first.body)
    assert reply.headers["idempotent-replayed"] == "true"
    assert reply.headers["original-request"] == first.headers["request-id"]
    assert reply.headers["request-id"] != first.headers["request-id"]
    assert reply.headers["idempotency-key"] == first.headers["idempotency-key"]


def assert_mismatch(reply: WireReply, key: str) -> None:
    assert_error(
        reply,
        400,
        "Keys for idempotent requests can only be used with the same parameters they were first used with. "
        f"Try using a key other than '{key}' if you meant to execute a different request.",
        type_="idempotency_error",
    )


def count(wire: Wire, collection: str = "topups") -> int:
    """Return how many objects the account has, of at most a hundred."""
    return len(wire.get(f"/v1/{collection}?limit=100").json["data"])


# Replays.


def test_a_first_answer_says_that_it_is_the_first(wire: Wire) -> None:
    reply = create(wire, "k")
    assert reply.headers["idempotency-key"] == "k"
    assert reply.headers["original-request"] == reply.headers["request-id"]
    assert reply.headers["stripe-should-retry"] == "false"
    assert "idempotent-replayed" not in reply.headers


def test_a_replay_is_the_first_answer_whatever_became_of_the_topup(wire: Wire) -> None:
    first = create(wire, "k", description="first")
    path = f"/v1/topups/{first.json['id']}"
    wire.post(path, {"description": "later", "metadata[a]": "b"})
    wire.post(f"{path}/cancel")
    assert_replay(create(wire, "k", description="first"), first)
    assert wire.get(path).json["status"] == "canceled"
    assert (count(wire), count(wire, "events")) == (1, 2)


def test_the_order_of_parameters_does_not_count(wire: Wire) -> None:
    pairs = [("amount", 7), ("currency", "usd"), ("metadata[a]", 1), ("metadata[b]", 2), ("source", PENDING)]
    first = wire.post("/v1/topups", pairs, headers=keyed("k"))
    assert_replay(wire.post("/v1/topups", pairs[::-1], headers=keyed("k")), first)


def test_headers_beside_the_key_do_not_count(wire: Wire) -> None:
    first = create(wire, "k")
    later = wire.post("/v1/topups", WISH, headers=keyed("k", **{"Stripe-Version": "2019-05-16"}))
    assert_replay(later, first)


def test_an_update_is_done_once(wire: Wire) -> None:
    path = f"/v1/topups/{wire.create()['id']}"
    first = wire.post(path, {"description": "one"}, headers=keyed("u"))
    assert first.headers["original-request"] == first.headers["request-id"]
    wire.post(path, {"description": "two"})
    assert_replay(wire.post(path, {"description": "one"}, headers=keyed("u")), first)
    assert wire.get(path).json["description"] == "two"


def test_a_cancel_is_done_once_and_its_replay_is_no_refusal(wire: Wire) -> None:
    path = f"/v1/topups/{wire.create()['id']}/cancel"
    first = wire.post(path, headers=keyed("c"))
    assert (first.status, first.json["status"]) == (200, "canceled")
    assert_replay(wire.post(path, headers=keyed("c")), first)
    assert len(wire.get("/v1/events?type=topup.canceled").json["data"]) == 1


def test_a_refused_cancel_is_an_answer_that_is_kept(wire: Wire) -> None:
    path = f"/v1/topups/{wire.create()['id']}/cancel"
    wire.post(path)
    first = wire.post(path, headers=keyed("c"))
    assert_error(
        first,
        400,
        "This top-up could not be canceled because it has a status of canceled. "
        "Only a top-up with one of the following statuses may be canceled: pending.",
    )
    assert_replay(wire.post(path, headers=keyed("c")), first)
    assert_mismatch(create(wire, "c"), "c")


# Mismatches.


def test_other_parameters_under_a_key_are_refused(wire: Wire) -> None:
    create(wire, "k")
    assert_mismatch(create(wire, "k", amount=1001), "k")
    assert_mismatch(create(wire, "k", description="more"), "k")
    assert_mismatch(create(wire, "k", **{"metadata[a]": "1"}), "k")
    assert count(wire) == 1


def test_another_path_under_a_key_is_refused(wire: Wire) -> None:
    path = f"/v1/topups/{create(wire, 'k').json['id']}"
    assert_mismatch(wire.post(path, {"description": "x"}, headers=keyed("k")), "k")
    assert_mismatch(wire.post(f"{path}/cancel", headers=keyed("k")), "k")
    wire.post(f"{path}/cancel", headers=keyed("c"))
    assert_mismatch(create(wire, "c"), "c")
    assert wire.get(path).json["description"] is None
    assert count(wire) == 1


def test_the_same_write_to_another_topup_under_a_key_is_refused(wire: Wire) -> None:
    one, other = (f"/v1/topups/{wire.create()['id']}" for _ in range(2))
    assert wire.post(one, {"description": "x"}, headers=keyed("u")).status == 200
    assert_mismatch(wire.post(other, {"description": "x"}, headers=keyed("u")), "u")
    assert wire.post(f"{one}/cancel", headers=keyed("c")).status == 200
    assert_mismatch(wire.post(f"{other}/cancel", headers=keyed("c")), "c")
    assert_mismatch(wire.post(other, headers=keyed("c")), "c")
    untouched = wire.get(other).json
    assert (untouched["description"], untouched["status"]) == (None, "pending")


def test_keys_differ_by_case_and_space_within(wire: Wire) -> None:
    ids = {create(wire, key).json["id"] for key in ("key", "KEY", "k ey", "k  ey")}
    assert len(ids) == 4


# Scope.


def test_another_account_has_keys_of_its_own(wire: Wire, server: Server, account: str) -> None:
    stranger = Wire(server.url, server.make_key(server.make_account().id))
    connected = server.make_account(platform=account).id
    mine = create(wire, "k")
    theirs = create(stranger, "k", amount=5)
    for_connected = wire.post("/v1/topups", {**WISH, "amount": 6}, headers=keyed("k", **{"Stripe-Account": connected}))
    assert (theirs.json["amount"], for_connected.json["amount"]) == (5, 6)
    assert_replay(create(wire, "k"), mine)
    assert_replay(create(stranger, "k", amount=5), theirs)


def test_the_other_mode_has_keys_of_its_own(wire: Wire, server: Server, account: str, live_key: str) -> None:
    live = Wire(server.url, live_key)
    (live_id,) = seed_topups(server, account, [Seed(500, 1_780_000_000)], livemode=True)
    first = create(wire, "k")
    canceled = live.post(f"/v1/topups/{live_id}/cancel", headers=keyed("k"))
    assert (canceled.status, canceled.json["livemode"]) == (200, True)
    assert_replay(create(wire, "k"), first)
    assert_replay(live.post(f"/v1/topups/{live_id}/cancel", headers=keyed("k")), canceled)


def test_two_keys_of_one_account_share_idempotency_keys(wire: Wire, server: Server, account: str) -> None:
    first = create(wire, "k")
    assert_replay(create(Wire(server.url, server.make_key(account)), "k"), first)


# What leaves a key free.


@pytest.mark.parametrize(
    "changes",
    [{"amount": "abc"}, {"foo": "1"}, {"source": "btok_x"}, {"amount": 10**12}, {"expand[]": "amount"}],
)
def test_a_refused_request_leaves_its_key_free(wire: Wire, changes: dict[str, object]) -> None:
    assert create(wire, "k", **changes).status == 400
    assert create(wire, "k").status == 200
    assert count(wire) == 1


def test_a_write_to_nothing_leaves_its_key_free(wire: Wire) -> None:
    for target in ("/v1/topups/tu_x", "/v1/topups/tu_x/cancel"):
        assert wire.post(target, headers=keyed("k")).status == 404
    assert create(wire, "k").status == 200


def test_an_unauthorized_request_leaves_its_key_free(wire: Wire, server: Server, account: str) -> None:
    reader = Wire(server.url, server.make_key(account, permissions={"topups": "read"}))
    assert create(reader, "k").status == 403
    assert create(wire, "k").status == 200


def test_reads_ignore_keys(wire: Wire) -> None:
    first = create(wire, "k")
    for key in ("k", "", "x" * 256):
        read = wire.get(f"/v1/topups/{first.json['id']}", headers=keyed(key))
        assert (read.status, read.body) == (200, first.body)
        assert "idempotent-replayed" not in read.headers


def test_a_key_has_from_1_to_255_characters(wire: Wire) -> None:
    assert_error(create(wire, ""), 400, "Idempotency Key must be a non-empty string.")
    assert_error(
        create(wire, "k" * 256),
        400,
        "Idempotency Key must be at most 255 characters, but you passed in a key that is 256 characters.",
    )
    assert count(wire) == 0
    first = create(wire, "k" * 255)
    assert_replay(create(wire, "k" * 255), first)


def test_a_key_is_kept_for_a_day_and_then_free(wire: Wire, server: Server) -> None:
    before_ms = system_clock_ms()
    first = create(wire, "k")

    async def prune(database: Database, now_ms: int) -> None:
        await prune_idempotency_keys(database, now_ms=now_ms, limit=100_000)

    server.run(lambda database: prune(database, before_ms + KEPT_MS))
    assert_replay(create(wire, "k"), first)
    server.run(lambda database: prune(database, system_clock_ms() + KEPT_MS + 1))
    again = create(wire, "k", amount=5)
    assert (again.status, again.json["amount"]) == (200, 5)
    assert again.json["id"] != first.json["id"]


# Races, between processes that share nothing but the database.


class Crowd:
    """Many open connections, every other one to another API process, that all speak at the same moment."""

    def __init__(self, connections: Sequence[HTTPConnection], key: str) -> None:
        self._connections = connections
        self._key = key

    def post(self, targets: Sequence[str], forms: Sequence[dict[str, object]], keys: Sequence[str]) -> list[WireReply]:
        """Send a request on each connection before reading any answer, and return all answers."""
        for connection, target, form, key in zip(self._connections, targets, forms, keys, strict=True):
            headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", target, urlencode(form), {**headers, "Idempotency-Key": key})
        return [_read(connection) for connection in self._connections]


def _read(connection: HTTPConnection) -> WireReply:
    answer = connection.getresponse()
    return WireReply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


@pytest.fixture
def crowd(server: Server, second_url: str, key: str) -> Iterator[Crowd]:
    with ExitStack() as opened:
        connections = [
            opened.enter_context(closing(HTTPConnection(urlsplit(url).netloc, timeout=60)))
            for url in (server.url, second_url) * (CROWD // 2)
        ]
        for connection in connections:
            connection.connect()
        yield Crowd(connections, key)


def assert_one_winner(replies: Sequence[WireReply]) -> WireReply:
    """Return the one first answer; all others must be its replays."""
    (winner,) = [reply for reply in replies if "idempotent-replayed" not in reply.headers]
    for reply in replies:
        if reply is not winner:
            assert_replay(reply, winner)
    return winner


def test_equal_creates_at_the_same_moment_make_one_topup(wire: Wire, crowd: Crowd) -> None:
    winners = []
    for number in range(ROUNDS):
        targets, forms = ["/v1/topups"] * CROWD, [{**WISH, "amount": 1000 + number}] * CROWD
        winner = assert_one_winner(crowd.post(targets, forms, [f"round-{number}"] * CROWD))
        assert winner.status == 200
        winners.append(winner.json)
    assert wire.get("/v1/topups?limit=100").json["data"] == winners[::-1]
    assert count(wire, "events") == ROUNDS


def test_creates_that_overlap_in_many_keys_make_one_topup_for_each(wire: Wire, crowd: Crowd) -> None:
    for number in range(10):
        keys = [f"{number}-{position % 5}" for position in range(CROWD)]
        replies = crowd.post(["/v1/topups"] * CROWD, [WISH] * CROWD, keys)
        for remainder in range(5):
            assert assert_one_winner(replies[remainder::5]).status == 200
    assert count(wire) == 50


def test_different_creates_under_one_key_make_one_topup(wire: Wire, crowd: Crowd) -> None:
    for number in range(5):
        forms = [{**WISH, "amount": 1 + position} for position in range(CROWD)]
        replies = crowd.post(["/v1/topups"] * CROWD, forms, [f"key-{number}"] * CROWD)
        assert sorted(reply.status for reply in replies) == [200] + [400] * (CROWD - 1)
        for reply in replies:
            if reply.status == 400:
                assert_mismatch(reply, f"key-{number}")
    assert count(wire) == 5


def test_equal_cancels_at_the_same_moment_cancel_once(wire: Wire, crowd: Crowd) -> None:
    for number in range(5):
        target = f"/v1/topups/{wire.create()['id']}/cancel"
        winner = assert_one_winner(crowd.post([target] * CROWD, [{}] * CROWD, [f"c{number}"] * CROWD))
        assert (winner.status, winner.json["status"]) == (200, "canceled")
    assert len(wire.get("/v1/events?type=topup.canceled&limit=100").json["data"]) == 5


def test_cancels_under_keys_of_their_own_cancel_once(wire: Wire, crowd: Crowd) -> None:
    target = f"/v1/topups/{wire.create()['id']}/cancel"
    replies = crowd.post([target] * CROWD, [{}] * CROWD, [f"c{position}" for position in range(CROWD)])
    assert sorted(reply.status for reply in replies) == [200] + [400] * (CROWD - 1)
    assert len(wire.get("/v1/events?type=topup.canceled").json["data"]) == 1


def test_equal_updates_at_the_same_moment_have_one_answer(wire: Wire, crowd: Crowd) -> None:
    target = f"/v1/topups/{wire.create()['id']}"
    forms: list[dict[str, object]] = [{"description": "new", "metadata[a]": "1"}] * CROWD
    winner = assert_one_winner(crowd.post([target] * CROWD, forms, ["u"] * CROWD))
    assert wire.get(target).body == winner.body


def test_updates_of_different_keys_all_count(wire: Wire, crowd: Crowd) -> None:
    target = f"/v1/topups/{wire.create()['id']}"
    forms: list[dict[str, object]] = [{f"metadata[k{position}]": position} for position in range(CROWD)]
    replies = crowd.post([target] * CROWD, forms, [f"u{position}" for position in range(CROWD)])
    assert {reply.status for reply in replies} == {200}
    assert wire.get(target).json["metadata"] == {f"k{position}": str(position) for position in range(CROWD)}


# The official client, when the network fails.


def test_a_client_that_never_got_the_reply_gets_it_by_retrying(server: Server, wire: Wire) -> None:
    assert wire.key is not None
    wanted: Any = WISH
    with losing_first_reply(server.url) as lossy_url:
        client = StripeClient(wire.key, base_addresses={"api": lossy_url}, max_network_retries=2)
        topup = client.v1.topups.create(wanted)
    response: Any = topup.last_response
    assert response.headers["Idempotent-Replayed"] == "true"
    assert [made["id"] for made in wire.get("/v1/topups").json["data"]] == [topup.id]
    assert json.loads(str(topup)) == wire.get(f"/v1/topups/{topup.id}").json
