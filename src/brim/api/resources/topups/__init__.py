"""Top-ups on the wire: created, read, listed, updated, canceled.

Source: Stripe API reference, Top-ups. Start reading at `operations`, then `handlers`.
"""
