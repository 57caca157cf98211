"""Settlements of statement lines: a form beside the line, the list of those that wait, and one to confirm or undo."""
