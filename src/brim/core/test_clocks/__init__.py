"""Test clocks: made, advanced in steps that settle what is due on the way, and deleted.

Neighbours: `time` says what time it is, `topups` settles. Start reading at `service`.
"""
