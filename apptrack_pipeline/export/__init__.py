"""The tracker as rows and files."""
