"""The log of requests to the API: the list, and one with what was sent and answered."""
