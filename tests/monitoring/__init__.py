"""Alerts, objectives and the dashboard, held to Prometheus itself."""
