"""The audit log: who did what to what, written in the transaction that does it, and never changed.

Neighbours: whoever acts for an operator records here. Start reading at `rules`.
"""
