"""How a table is probably to be read."""
