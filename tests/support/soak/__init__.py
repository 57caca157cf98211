"""The soak: a service under load for hours, in which something breaks every few seconds."""
