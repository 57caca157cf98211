"""Accounts, those connected under a platform, their capabilities and the bank accounts they are paid out to.

Neighbours: `funding` for tokens, `account_config` for agreed settlement days. Start reading at `rules`, then `service`.
"""
