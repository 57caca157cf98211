"""Double entry: transfers between accounts, balances, balance transactions, and the hash chain over transfers.

Nothing posted is ever changed. Neighbours: `topups` posts, `integrity` proves. Start reading at `rules`, then `chain`.
"""
