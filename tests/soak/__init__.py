"""The soak: hours of load on a service in which something breaks every few seconds."""
