"""Events on the wire: read, listed by time and by number, with their deliveries, and sent again.

Source: Stripe API reference, Events. Start reading at `operations`.
"""
