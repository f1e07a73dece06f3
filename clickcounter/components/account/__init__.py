"""The account page in the browser."""
