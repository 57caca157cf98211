-- fragment: page of returns where <condition> along <up> or <down>
-- One page of returns; one of the two branches runs. The bounds (3, 4) are exclusive ids, and a filter that is NULL
-- matches all.
(
    SELECT {return_columns}
    FROM ach_returns
    WHERE
        $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4 AND <condition>
        AND ($7::text IS NULL OR bank_file = $7) AND ($8::bigint IS NULL OR dishonorable_until_ms > $8)
        AND ($9::text IS NULL OR status || '' = $9)
    ORDER BY <down>
    LIMIT $6
)
UNION ALL
(
    SELECT {return_columns}
    FROM ach_returns
    WHERE
        NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4 AND <condition>
        AND ($7::text IS NULL OR bank_file = $7) AND ($8::bigint IS NULL OR dishonorable_until_ms > $8)
        AND ($9::text IS NULL OR status || '' = $9)
    ORDER BY <up>
    LIMIT $6
)
