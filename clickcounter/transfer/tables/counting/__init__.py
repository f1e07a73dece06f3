"""What a line of cells counts as."""
