"""How the health of the installation is written for clients. Ours, in the wire's manner."""

from collections.abc import Callable
from typing import Annotated

import msgspec

from brim.api.framework.schema import LIVEMODE, TEXT, TIME, constant, described
from brim.base.json_codec import encode
from brim.core.health import MOST_TOPUPS, DatabaseHealth, Health, Queue
from brim.core.webhooks import notice_of


class CheckObject(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a check of `brim doctor`."""

    name: Annotated[str, described("The name of the check, such as `workers`.", **TEXT)]
    fix: Annotated[str | None, described("What to do; null if nothing is wrong.")]
    message: Annotated[str, described("What was found.", **TEXT)]
    severity: Annotated[str, described("The severity.", enum=["ok", "warning", "error"])]


class TopupFailuresObject(msgspec.Struct, frozen=True, kw_only=True):
    """How many top-ups of an account have failed with a code."""

    account: Annotated[str, described("The account.", **TEXT)]
    account_name: Annotated[str | None, described("Its business name.", **TEXT)]
    count: Annotated[int, described("How many top-ups failed, of the account's newest 10,000.", minimum=1)]
    failure_code: Annotated[str, described("The failure code of these top-ups.", **TEXT)]


class HealthTopupsObject(msgspec.Struct, frozen=True, kw_only=True):
    """Top-ups that were created in the period."""

    created: Annotated[int, described("How many were created, counted up to 250,000.", minimum=0)]
    failed: Annotated[int, described("How many of them have failed.", minimum=0)]
    failure_rate: Annotated[
        float | None, described("The share that failed; null if there are no top-ups, or they weren't all counted.")
    ]
    failures: Annotated[
        list[TopupFailuresObject] | None,
        described("Failures by account and code, most frequent first; null if the key can't read top-ups."),
    ]


class RequestFailuresObject(msgspec.Struct, frozen=True, kw_only=True):
    """How many requests of an account's programs have failed."""

    account: Annotated[str, described("The account.", **TEXT)]
    account_name: Annotated[str | None, described("Its business name.", **TEXT)]
    client_errors: Annotated[int, described("Responses with a status from 400 to 499.", minimum=0)]
    server_errors: Annotated[int, described("Responses with a status of 500 or above.", minimum=0)]


class HealthRequestsObject(msgspec.Struct, frozen=True, kw_only=True):
    """API requests from programs in the period, from the start of its first hour, with a delay of about a minute."""

    accounts: Annotated[
        list[RequestFailuresObject] | None,
        described("The accounts with the most errors; null if the key can't read request logs."),
    ]
    client_errors: Annotated[int, described("Responses with a status from 400 to 499.", minimum=0)]
    server_errors: Annotated[int, described("Responses with a status of 500 or above.", minimum=0)]
    succeeded: Annotated[int, described("Responses with a status below 400.", minimum=0)]


class FailingEndpointObject(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook endpoint that has failed since its last success."""

    id: Annotated[str, described("The endpoint.", **TEXT)]
    account: Annotated[str, described("Its account.", **TEXT)]
    failing_since: Annotated[
        int | None, described("When the first attempt failed after the last successful one.", **TIME)
    ]
    notice: Annotated[str | None, described("What you should know about it, as a sentence.", **TEXT)]
    url: Annotated[str, described("The URL of the endpoint.", **TEXT)]


class QueueObject(msgspec.Struct, frozen=True, kw_only=True):
    """Pending work in both modes."""

    name: Annotated[str, described("The kind of work.", enum=["settlement", "events", "webhooks", "sealing", "stuck"])]
    oldest_seconds: Annotated[int, described("How long the oldest item has been due.", minimum=0)]
    waiting: Annotated[
        int | None, described("The number of pending items, counted up to 10,000; null if only the age is known.")
    ]


class ReplicaObject(msgspec.Struct, frozen=True, kw_only=True):
    """A standby of the database. Attributes that the service's role can't read are null."""

    name: Annotated[str | None, described("Its application name.", **TEXT)]
    lag_bytes: Annotated[int | None, described("How much WAL it still has to replay.")]
    state: Annotated[str | None, described("Its state, such as `streaming`.", **TEXT)]


class HealthDatabaseObject(msgspec.Struct, frozen=True, kw_only=True):
    """The database."""

    archived: Annotated[int | None, described("When WAL was last archived; null if it isn't.")]
    backup: Annotated[int | None, described("The last base backup: 0 for none; null if Brim doesn't make backups.")]
    connections: Annotated[int, described("Open connections.", minimum=0)]
    max_connections: Annotated[int, described("The maximum number of connections.", minimum=1)]
    replicas: Annotated[list[ReplicaObject], described("Standbys that are connected.")]
    schema: Annotated[int, described("The number of the newest migration.", minimum=1)]
    size_bytes: Annotated[int, described("The size of its files, without WAL.", minimum=0)]
    version: Annotated[str, described("The version of PostgreSQL.", **TEXT)]


class HealthObject(msgspec.Struct, frozen=True, kw_only=True):
    """The health of the installation across all accounts, in one mode."""

    object: Annotated[str, constant("brim.health")] = "brim.health"
    checks: Annotated[list[CheckObject], described("What `brim doctor` finds in the database.")]
    created: Annotated[int, described("When it was read.", **TIME)]
    database: Annotated[HealthDatabaseObject, described("The database.")]
    failing_webhook_endpoints: Annotated[
        list[FailingEndpointObject] | None,
        described(
            "Failing endpoints, those failing longest first; up to 50. Null if the key can't read webhook endpoints."
        ),
    ]
    livemode: Annotated[bool, LIVEMODE]
    queues: Annotated[list[QueueObject], described("Pending work.")]
    requests: Annotated[HealthRequestsObject, described("API requests in the period.")]
    since: Annotated[int, described("The beginning of the period.", **TIME)]
    topups: Annotated[HealthTopupsObject, described("Top-ups created in the period.")]
    version: Annotated[str, described("The version of the API process that answered.", **TEXT)]


def health_json(health: Health, *, may_read: Callable[[str], bool], now: int, version: str) -> bytes:
    """Return the compact JSON of the installation's health; of accounts, what somebody may read of each resource."""
    created = health.topups.created
    is_counted = 0 < created < MOST_TOPUPS
    return encode(
        HealthObject(
            checks=[
                CheckObject(name=each.check, fix=each.fix, message=each.message, severity=each.severity.value)
                for each in health.findings
            ],
            created=now,
            database=_database(health.database),
            failing_webhook_endpoints=[
                FailingEndpointObject(
                    id=each.id,
                    account=each.scope.account,
                    failing_since=_seconds(each.failing_since_ms),
                    notice=notice_of(each),
                    url=each.url,
                )
                for each in health.endpoints
            ]
            if may_read("webhook_endpoints")
            else None,
            livemode=health.livemode,
            queues=[_queue(each) for each in health.queues],
            requests=HealthRequestsObject(
                accounts=[
                    RequestFailuresObject(
                        account=each.account,
                        account_name=each.account_name,
                        client_errors=each.client_errors,
                        server_errors=each.server_errors,
                    )
                    for each in health.requests.accounts
                ]
                if may_read("request_logs")
                else None,
                client_errors=health.requests.client_errors,
                server_errors=health.requests.server_errors,
                succeeded=health.requests.succeeded,
            ),
            since=health.since,
            topups=HealthTopupsObject(
                created=created,
                failed=health.topups.failed,
                failure_rate=health.topups.failed / created if is_counted else None,
                failures=[
                    TopupFailuresObject(
                        account=each.account,
                        account_name=each.account_name,
                        count=each.number,
                        failure_code=each.failure_code,
                    )
                    for each in health.topups.failures
                ]
                if may_read("topups")
                else None,
            ),
            version=version,
        )
    )


def _queue(queue: Queue) -> QueueObject:
    return QueueObject(name=queue.name, oldest_seconds=queue.oldest_s, waiting=queue.waiting)


def _database(found: DatabaseHealth) -> HealthDatabaseObject:
    return HealthDatabaseObject(
        archived=_seconds(found.archived_ms),
        backup=_seconds(found.backup_ms),
        connections=found.connections,
        max_connections=found.max_connections,
        replicas=[ReplicaObject(name=each.name, lag_bytes=each.lag_bytes, state=each.state) for each in found.replicas],
        schema=found.schema,
        size_bytes=found.size_bytes,
        version=found.version,
    )


def _seconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds // 1000
