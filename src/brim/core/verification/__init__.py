"""What all proofs share: differences, reports, and walks along tables in ranges of keys.

Neighbours: `ledger` and `integrity` prove with it. Start reading at `rules`.
"""
