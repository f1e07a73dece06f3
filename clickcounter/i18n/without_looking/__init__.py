"""Texts of what helps people to count without looking at the screen."""
