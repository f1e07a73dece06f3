"""Texts of what helps people who count without looking at the page."""
