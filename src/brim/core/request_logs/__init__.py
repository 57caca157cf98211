"""The newest requests of each account, kept for looking at: what was asked and answered, without secrets.

Neighbours: the API records; `stripe_cli` streams them. Start reading at `rules`.
"""
