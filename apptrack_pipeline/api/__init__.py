"""The HTTP API; it writes evidence and decisions, reads everything, and never imports dagster."""
