"""Balances below zero, and what is kept back for them. They are Brim's own.

Start reading at `operations`.
"""
