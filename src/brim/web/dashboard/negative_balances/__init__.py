"""Balances below zero: their list, and one with what took it there, what has recovered it, and a top-up of the rest."""
