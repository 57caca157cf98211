"""The figures of the dashboard's first page on the wire. It is Brim's own.

Start reading at `operations`.
"""
