"""Top-ups: their list with its filters and its file, a new one, and one with what has happened to it."""
