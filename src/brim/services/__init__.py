"""One public function for each use case, each one transaction: create, cancel, settle, verify.

A use case reads with `store`, decides with `domain` and `rails`, and writes with `store`. It knows nothing of HTTP.
Neighbours: `api` and `workers` above call it and hold no rule. Start reading at `topups`.
"""
