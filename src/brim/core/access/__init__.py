"""API keys: made, recognised, rolled, revoked, and what each permits.

Only hashes of keys are kept. Neighbours: `accounts`, whose keys they are, and `audit`. Start reading at `rules`.
"""
