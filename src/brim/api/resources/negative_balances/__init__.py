"""Negative balances, and reserves for them. These are Brim's own.

Start reading at `operations`.
"""
