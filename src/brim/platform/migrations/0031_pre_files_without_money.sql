-- Files of prenotes only, of which no statement says anything: they end once their prenotes were answered, or have
-- waited. Few are on their way at a time.
CREATE INDEX ach_files_without_money ON ach_files (sent_ms, id)
WHERE status IN ('sent', 'acknowledged') AND total_debit = 0 AND total_credit = 0;
