"""The API: operations, their parameters, replies and errors. No rule and no SQL.

The way of a request: `app` finds its operation and whose it is, `framework.params` validates, a handler of
`resources` calls one use case of the core, and `app` writes the reply or the error. Neighbours: `http` reads
requests, `core` decides, `host` starts it. Start reading at `resources.operations`.
"""
