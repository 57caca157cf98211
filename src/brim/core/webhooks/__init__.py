"""Webhook endpoints and event destinations: kept, and sent what they ask for, at least once and signed.

Neighbours: `events`, which it addresses and sends; `platform.egress`, which vets where to. Start reading at `rules`,
then `delivery` and `sender`.
"""
