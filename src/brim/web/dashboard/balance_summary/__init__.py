"""The balance summary: opening balance, activity and closing balance of a month."""
