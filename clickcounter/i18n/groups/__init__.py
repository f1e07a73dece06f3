"""The texts of groups."""
