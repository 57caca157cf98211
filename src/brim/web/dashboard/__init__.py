"""The dashboard: pages on one account's money in one mode, for people who are signed in.

What a page shows it asks the API for (`web/api_client.py`), and what a person sends it sends on to the API. Each page
is a handler that takes a `SignedVisit` and returns a reply; `parts.py` names them all with their paths. A path that
begins with `/test` shows test mode, without it live mode. Start reading at `parts`, then at `signed`.
"""
