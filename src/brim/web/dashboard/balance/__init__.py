"""The balance, the first page for whoever signs in: what can be spent, and how it came about."""
