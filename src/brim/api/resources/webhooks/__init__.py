"""Webhook endpoints on the wire, with attempts, test deliveries and the roll of a secret.

Source: Stripe API reference, Webhook Endpoints. Start reading at `operations`.
"""
