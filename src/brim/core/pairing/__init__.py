"""Logging in a command line: two words that a person confirms on a page, and the keys it gets then.

Neighbours: `access` makes the keys. Start reading at `rules`.
"""
