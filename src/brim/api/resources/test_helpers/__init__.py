"""Test helpers on the wire: outcomes of top-ups forced, and test clocks.

Source: Stripe API reference, Test Clocks. Start reading at `operations`.
"""
