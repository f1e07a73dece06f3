"""What becomes of the entries of an export: they are written once, and can be undone together."""
