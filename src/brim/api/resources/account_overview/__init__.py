"""The accounts under a platform with their balances, on the wire. It is Brim's own.

Start reading at `operations`.
"""
