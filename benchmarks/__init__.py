"""How fast the counter is, compared with other implementations: `make bench`."""
