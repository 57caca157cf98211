"""Workers, by their heartbeats, and the work that is stuck, for the platform account."""
