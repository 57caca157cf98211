"""The balance and its transactions on the wire.

Source: Stripe API reference, Balance and Balance Transactions. Start reading at `operations`.
"""
