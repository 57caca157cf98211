"""Where the money of a top-up comes from: payment methods, sources, tokens, and the default of each currency.

Neighbours: `bank_accounts` below; `topups` asks what pays. Start reading at `rules`, then `service`.
"""
