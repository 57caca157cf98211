"""The proof of the books: what each top-up's status calls for, compared with what is there, and remembered runs.

Neighbours: `ledger` proves its chain, `verification` has what proofs share. Start reading at `books`.
"""
