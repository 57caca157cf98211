"""Top-ups: made, listed, canceled, settled, each change of status in one transaction with all that belongs to it.

Neighbours: `funding` says what pays, `rails` what came back, `ledger` and `events` take what follows. Start reading at
`rules`, then `service` and `transitions`.
"""
