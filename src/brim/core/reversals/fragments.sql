-- fragment: page of reversals where <condition> along <up> or <down>
-- One page of reversals; one of the two branches runs. The bounds (3, 4) are exclusive ids, and a status (7) that is NULL
-- matches all.
(
    SELECT {reversal_columns}
    FROM ach_reversals
    WHERE $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4 AND <condition>
        AND ($7::text IS NULL OR status || '' = $7)
    ORDER BY <down>
    LIMIT $6
)
UNION ALL
(
    SELECT {reversal_columns}
    FROM ach_reversals
    WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4 AND <condition>
        AND ($7::text IS NULL OR status || '' = $7)
    ORDER BY <up>
    LIMIT $6
)
