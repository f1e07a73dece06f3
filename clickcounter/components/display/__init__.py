"""The display of a counter, in the browser."""
