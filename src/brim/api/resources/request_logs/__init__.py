"""request_logs: TODO."""
