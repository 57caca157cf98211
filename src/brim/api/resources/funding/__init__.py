"""Payment methods, sources, tokens and default funding sources on the wire.

Source: Stripe API reference, Payment Methods, Sources and Tokens. Start reading at `operations`.
"""
