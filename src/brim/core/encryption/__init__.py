"""Secrets of the service's own, and the change of the key under which all secrets are stored.

Neighbours: `platform.vault` seals and opens; every table with sealed rows is listed in `store`. Start at `rotation`.
"""
