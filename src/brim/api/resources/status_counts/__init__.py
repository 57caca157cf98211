"""Counts of lists by status on the wire. They are Brim's own.

Start reading at `operations`.
"""
