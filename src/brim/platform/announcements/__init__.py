"""Processes tell each other that there is something to look at, by LISTEN and NOTIFY.

A courtesy only: whoever hears nothing looks by itself before long. `service` announces and listens, `poller` looks for
those who wait. Neighbours: `database` below; `core` and the worker use it.
"""
