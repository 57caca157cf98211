"""Accounts, their capabilities, and the bank accounts they are paid out to, on the wire.

Source: Stripe API reference, Accounts and External Accounts. Start reading at `operations`.
"""
