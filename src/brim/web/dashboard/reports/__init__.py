"""Reports for the month's end: run one, look at its figures, and download its files."""
