"""How fast the counter is, beside others that do the same: `make bench`."""
