"""The database: tables, connections, queue primitives and the embedded server."""
