"""Mappings of CSV statements: operations, parameters, handlers and wire format."""
