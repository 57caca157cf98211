"""The newest requests of an account, and the sessions of the official command line, on the wire.

Start reading at `operations`.
"""
