"""`serve`: the app and its pages on one port, and where to find it."""
