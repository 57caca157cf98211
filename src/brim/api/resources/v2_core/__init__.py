"""Thin events and event destinations, which the second version of the API has in place of the first's.

Source: Stripe API v2 reference. Start reading at `operations`.
"""
