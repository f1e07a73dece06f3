"""The counter page in the browser."""
