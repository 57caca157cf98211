"""Live money: what the next file takes, what is held or stuck, what blocks it, and the switch that stops it."""
