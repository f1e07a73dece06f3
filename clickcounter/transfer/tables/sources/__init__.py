"""Numbered lines of cells, from each kind of file."""
