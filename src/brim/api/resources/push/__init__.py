"""Funding instructions and incoming transfers: operations, parameters, handlers and wire format."""
