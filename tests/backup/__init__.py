"""Backups: what is sealed and kept, restores to a moment, and the drills."""
