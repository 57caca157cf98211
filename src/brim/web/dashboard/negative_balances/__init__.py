"""Negative balances: a list, and a page for one with its cause, what has recovered it, and a top-up of the rest."""
