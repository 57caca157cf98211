-- fragment: page of refunds where <condition> along <up> or <down>
-- One page of refunds; one of the two branches runs. The bounds (3, 4) are exclusive ids, and a status (7) or file (8)
-- that is NULL matches all.
(
    SELECT {refund_columns}
    FROM refunds
    WHERE $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4 AND <condition>
        AND ($7::text IS NULL OR status || '' = $7) AND ($8::text IS NULL OR file || '' = $8)
    ORDER BY <down>
    LIMIT $6
)
UNION ALL
(
    SELECT {refund_columns}
    FROM refunds
    WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4 AND <condition>
        AND ($7::text IS NULL OR status || '' = $7) AND ($8::text IS NULL OR file || '' = $8)
    ORDER BY <up>
    LIMIT $6
)
