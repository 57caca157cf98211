"""Bank statements: their list, one with its lines, a line with what it points at, and all of it as CSV."""
