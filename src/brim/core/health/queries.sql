-- These statements are the operator's, over all accounts. They go through the accounts and look at each one's newest rows,
-- so they cost what happened in the period, however much there was before.

-- name: count_topups
-- How many top-ups of each account were created after an id, up to a number in all.
SELECT t.account, count(*) AS number
FROM (
    SELECT n.account
    FROM (SELECT account FROM accounts OFFSET 0) AS a
    CROSS JOIN LATERAL (
        SELECT account
        FROM topups
        WHERE account = a.account AND livemode = $1 AND id > $2
        ORDER BY account, livemode, id
        LIMIT $3
    ) AS n
    LIMIT $3
) AS t
GROUP BY t.account;

-- name: failed_topups
-- How many top-ups of some accounts ($4) that were created after an id have failed, by account and code, up to a number of
-- each account's newest.
SELECT a.account, a.business_name AS account_name, t.failure_code, count(*) AS number
FROM unnest($4::text[]) AS w (account)
CROSS JOIN LATERAL (SELECT account, business_name FROM accounts WHERE account = w.account OFFSET 0) AS a
CROSS JOIN LATERAL (
    SELECT coalesce(failure_code, 'unknown') AS failure_code
    FROM topups
    WHERE account = a.account AND livemode = $1 AND (status, id) > ('failed', $2) AND (status, id) < ('failed', '~')
    ORDER BY status DESC, id DESC
    LIMIT $3
) AS t
GROUP BY a.account, a.business_name, t.failure_code;

-- name: all_accounts
-- The ids of all accounts.
SELECT account FROM accounts;

-- name: count_requests
-- How many requests programs made in some hours, by class of status: the rows of all accounts together.
SELECT s.status_class, sum(c.number)::bigint AS number
FROM unnest(ARRAY[2, 3, 4, 5]::smallint[]) AS s (status_class)
CROSS JOIN unnest($2::bigint[]) AS h (hour)
CROSS JOIN LATERAL (
    SELECT number
    FROM request_counts
    WHERE livemode = $1 AND status_class = s.status_class AND hour = h.hour AND account = ''
) AS c
GROUP BY s.status_class;

-- name: failed_requests
-- How many requests of each account have failed since an hour, of the newest counts of each class.
SELECT c.account, a.business_name AS account_name, c.client_errors, c.server_errors
FROM (
    SELECT
        n.account,
        coalesce(sum(n.number) FILTER (WHERE n.status_class = 4), 0)::bigint AS client_errors,
        coalesce(sum(n.number) FILTER (WHERE n.status_class = 5), 0)::bigint AS server_errors
    FROM unnest(ARRAY[4, 5]::smallint[]) AS s (status_class)
    CROSS JOIN LATERAL (
        SELECT account, status_class, number
        FROM request_counts
        WHERE
            livemode = $1 AND (status_class, hour) >= (s.status_class, $2)
            AND (status_class, hour) < ((s.status_class + 1)::smallint, 0::bigint)
        ORDER BY status_class DESC, hour DESC
        LIMIT $3
    ) AS n
    WHERE n.account <> ''
    GROUP BY n.account
    ORDER BY server_errors DESC, client_errors DESC, n.account
    LIMIT $4
) AS c
LEFT JOIN LATERAL (SELECT business_name FROM accounts WHERE account = c.account OFFSET 0) AS a ON true;

-- name: replicas
-- The standbys. A role that is nobody special sees only that there are some.
SELECT
    r.application_name AS name, r.state,
    pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::bigint AS lag_bytes
FROM pg_stat_replication AS r;

-- name: schema_version
-- The newest migration.
SELECT max(version) FROM schema_migrations;
