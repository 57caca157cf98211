"""Live money, walked through by hand: what docs/live.md shows, with real processes."""
