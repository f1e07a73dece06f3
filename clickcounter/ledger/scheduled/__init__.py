"""Rounds that end by themselves."""
