"""The capabilities of the service, a package each: what it can do, whoever asks.

A package has the same few files, only those it needs: `rules` (pure), `store` and `.sql` files (all SQL), `service`
(one public function a use case, one transaction), `wire` (how its objects are written for clients). Neighbours:
`platform` below; `api`, `web`, `worker` and `cli` above call it and hold no rule. Start reading at `topups`.
"""
