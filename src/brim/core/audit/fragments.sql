-- fragment: ids of entries by <column> where <condition>
-- The ids of the next entries with a value ($1) in a column, along the index of that; one of the two branches runs.
(
    SELECT id
    FROM audit_log
    WHERE $4 AND <condition> AND (<column>, id) > ($1, $2) AND (<column>, id) < ($1, $3)
    ORDER BY <column> DESC, id DESC
    LIMIT $5
)
UNION ALL
(
    SELECT id
    FROM audit_log
    WHERE NOT $4 AND <condition> AND (<column>, id) > ($1, $2) AND (<column>, id) < ($1, $3)
    ORDER BY <column>, id
    LIMIT $5
)
