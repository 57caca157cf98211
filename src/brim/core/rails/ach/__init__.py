"""ACH: the codec of its files (`nacha`), and a second count of them (`totals`)."""
