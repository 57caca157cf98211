"""Bank statements and their lines, and how people settle what they leave open. Ours alone, for platforms."""
