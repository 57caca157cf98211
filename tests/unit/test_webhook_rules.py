"""How webhooks are signed and tried again, to the edge of each limit, and the words that are stored and sent."""

import hashlib
import hmac

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from brim.base.scope import AccountScope
from brim.core.events import ENDPOINT_EVENTS, SUBSCRIBABLE
from brim.core.webhooks import rules
from brim.core.webhooks.rules import Endpoint, EndpointQueue, NextAttempt, next_attempt_ms, queue_of, rest_ms, sign

BODIES = st.text(st.characters(blacklist_categories=["Cs"]), max_size=40)
SECRETS = st.lists(st.text("abcXYZ019_", min_size=1, max_size=12), min_size=1, max_size=3, unique=True)


def _digest(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def test_a_signature_is_that_of_the_second_a_dot_and_the_body() -> None:
    assert sign(b"{}", timestamp=17, secrets=["whsec_a"]) == f"t=17,v1={_digest('whsec_a', b'17.{}')}"
    both = [_digest(secret, b"17.{}") for secret in ("whsec_a", "whsec_b")]
    assert sign(b"{}", timestamp=17, secrets=["whsec_a", "whsec_b"]) == f"t=17,v1={both[0]},v1={both[1]}"


@given(BODIES, st.integers(1, 2**33), SECRETS)
def test_the_official_sdk_verifies_each_secret_and_no_other_body_time_or_secret(
    body: str, timestamp: int, secrets: list[str]
) -> None:
    header = sign(body.encode(), timestamp=timestamp, secrets=secrets)
    verify = stripe.WebhookSignature.verify_header
    for secret in secrets:
        assert verify(body, header, secret, tolerance=None)
    wrong = [(body + " ", header, secrets[0]), (body, header, secrets[0] + "x")]
    wrong.append((body, header.replace(f"t={timestamp}", f"t={timestamp + 1}"), secrets[0]))
    for said, signature, secret in wrong:
        with pytest.raises(stripe.SignatureVerificationError):
            verify(said, signature, secret, tolerance=None)


def test_a_delivery_is_tried_after_each_wait_of_the_schedule_whenever_it_was_first_tried() -> None:
    waits = [5, 60, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 36_000, 36_000, 36_000, 36_000]
    for attempts, wait_s in enumerate(waits, 1):
        assert next_attempt_ms(attempts, failed_ms=2_000) == 2_000 + wait_s * 1_000
    assert next_attempt_ms(13, failed_ms=2_000) is None
    assert sum(waits) < rules.DISABLE_AFTER_S


def test_an_endpoint_rests_for_at_most_a_minute_however_often_it_fails() -> None:
    assert [rest_ms(failures) for failures in (4, 5, 6, 7, 10, 11, 21, 22, 100, 10_000)] == [
        0, 1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000, 60_000, 60_000
    ]  # fmt: skip


def _endpoint(**changes: object) -> Endpoint:
    given_ = {
        "scope": AccountScope("acct_1", livemode=False), "id": "we_1", "url": "https://example.com",
        "enabled_events": ("topup.created",), "rendered_version": "v", "secret": b"", "created": 1, **changes,
    }  # fmt: skip
    return Endpoint(**given_)  # type: ignore[arg-type]


def test_an_endpoint_is_enabled_and_its_accounts_own_unless_it_says_otherwise() -> None:
    endpoint = _endpoint()
    assert endpoint.is_enabled
    assert not endpoint.connect
    assert endpoint.event_payload is rules.EventPayload.SNAPSHOT
    assert endpoint.metadata == {}
    assert not _endpoint(disabled_because="failures").is_enabled


def test_an_endpoint_wants_what_it_subscribed_to_or_everything() -> None:
    assert _endpoint().wants("topup.created")
    assert not _endpoint().wants("topup.failed")
    assert _endpoint(enabled_events=("*",)).wants("topup.failed")
    assert _endpoint().subscribed_types == ("topup.created",)
    assert _endpoint(enabled_events=("*",)).subscribed_types == sorted(SUBSCRIBABLE)


def test_subscriptions_to_what_is_no_event_are_named() -> None:
    assert rules.unknown_events(["*", *ENDPOINT_EVENTS, "topup.lost", "**"]) == ["topup.lost", "**"]


def test_an_endpoint_is_due_when_its_first_event_is_and_its_rest_is_over() -> None:
    queue = EndpointQueue(is_failing=True, due_ms=(50, 70), rests_until_ms=60)
    assert [queue.next_ms(now_ms) for now_ms in (10, 60, 65)] == [60, 60, 65]
    assert EndpointQueue(is_failing=True, due_ms=(80, 90), rests_until_ms=60).next_ms(10) == 80
    assert EndpointQueue(is_failing=True, due_ms=(), rests_until_ms=60).next_ms(10) is None


@pytest.mark.parametrize(("due_ms", "rests_until_ms"), [(1_000, 0), (0, 1_000)])
def test_an_endpoint_is_overdue_two_minutes_after_it_could_have_been_tried(due_ms: int, rests_until_ms: int) -> None:
    queue = EndpointQueue(is_failing=False, due_ms=(due_ms, 5_000), rests_until_ms=rests_until_ms)
    assert not queue.is_overdue(121_000)
    assert queue.is_overdue(121_001)
    assert not EndpointQueue(is_failing=False, due_ms=(), rests_until_ms=0).is_overdue(10**9)


@pytest.mark.parametrize(
    ("is_failing", "due_ms", "own_ms", "leased_ms", "plan"),
    [
        (False, (10,), 11, None, (NextAttempt.SCHEDULED, 11)),
        (False, (10,), 10, None, (NextAttempt.NOW, None)),
        (False, (10,), 12, 11, (NextAttempt.NOW, None)),
        (False, (10,), 12, 10, (NextAttempt.SCHEDULED, 12)),
        (True, (5,), 5, None, (NextAttempt.NOW, None)),
        (True, (11,), 11, None, (NextAttempt.SCHEDULED, 11)),
        (True, (5, 6), 6, None, (NextAttempt.QUEUED, None)),
        (True, (5, 5), 5, None, (NextAttempt.QUEUED, None)),
        (True, (5, 6), 5, None, (NextAttempt.NOW, None)),
        (True, (), 5, None, (NextAttempt.QUEUED, None)),
    ],
)
def test_the_next_attempt_has_a_time_where_that_is_certain(
    is_failing: bool, due_ms: tuple[int, ...], own_ms: int, leased_ms: int | None, plan: tuple[NextAttempt, int | None]
) -> None:
    """The endpoint has rested until now, which is 10."""
    queue = EndpointQueue(is_failing=is_failing, due_ms=due_ms, rests_until_ms=10)
    assert queue.plan(own_ms, leased_ms, now_ms=10) == plan


def test_an_endpoint_rests_from_its_last_attempt_for_the_failures_since_its_last_success() -> None:
    def rests_until(arrivals: list[bool], ended_ms: int | None) -> int:
        return queue_of(is_failing=True, due_ms=[3], arrivals=arrivals, ended_ms=ended_ms).rests_until_ms

    assert rests_until([False] * 5 + [True], 100) == 1_100
    assert rests_until([False] * 6, 100) == 2_100
    assert rests_until([True] + [False] * 9, 100) == 100
    assert rests_until([], None) == 0
    queue = queue_of(is_failing=False, due_ms=[3, 4], arrivals=[], ended_ms=7)
    assert queue == EndpointQueue(is_failing=False, due_ms=(3, 4), rests_until_ms=7)


def test_the_words_that_are_stored_and_sent_do_not_change() -> None:
    assert list(rules.Cause) == ["schedule", "resend", "test", "recovery"]
    assert list(NextAttempt) == ["scheduled", "now", "queued"]
    assert list(rules.DeliveryState) == ["pending", "delivered", "failed"]
    assert list(rules.Outcome) == ["delivered", "refused", "timed_out", "unreachable", "blocked", "garbled"]
    assert list(rules.EventPayload) == ["snapshot", "thin"]
    assert (rules.ATTEMPT_PREFIX, rules.OWN_EVENTS, rules.EVENTS_OF_ACCOUNTS) == ("wa_", "@self", "@accounts")


def test_the_limits_are_those_that_the_documents_name() -> None:
    """Stripe documents 16 endpoints, and a day for which a rolled secret may go on signing."""
    assert (rules.MAX_ENDPOINTS, rules.LONGEST_OVERLAP_S, rules.DISABLE_AFTER_S) == (16, 86_400, 259_200)
    assert (rules.FAILURES_BORNE, rules.RECOVERED_PER_S, rules.MOST_RECOVERED) == (5, 50, 10_000)
