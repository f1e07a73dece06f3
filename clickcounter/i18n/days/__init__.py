"""The texts of rounds that end by themselves."""
