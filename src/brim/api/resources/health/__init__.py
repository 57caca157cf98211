"""The health of the installation on the wire, for the platform account. It is Brim's own.

Start reading at `operations`.
"""
