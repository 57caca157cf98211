-- fragment: counts of <table>
-- How many of the newest objects of each status (5) there are between two ids (3, 4), up to a number (6) of each.
SELECT s.status, (
    SELECT count(*)
    FROM (
        SELECT
        FROM <table>
        WHERE account = $1 AND livemode = $2 AND status BETWEEN s.status AND s.status AND id > $3 AND id < $4
        ORDER BY account DESC, livemode DESC, status DESC, id DESC
        LIMIT $6
    ) AS newest
) AS number
FROM unnest($5::text[]) AS s (status)
