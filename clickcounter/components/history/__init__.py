"""The history page in the browser."""
