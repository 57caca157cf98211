"""HTTP: routes, form parsing, validation, wire rendering and the error table. No rule and no SQL.

The way of a request: `protocol` reads it, `app` finds its operation and whose it is, `params` validates, a handler
(`topups`, `balance`, `events`) calls one use case in `services`, and `app` writes the reply or the error.
Neighbours: `services` below decides; `host` above starts it. Start reading at `operations`.
"""
