"""Attacks on everything around the press, while honest people go on counting: `make siege`."""
