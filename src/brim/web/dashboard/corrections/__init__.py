"""Corrections: the banks' notifications of change, what became of each, and the refusal of one that is open."""
