"""Numbers outside of our own pages: what programs and other sites may see and press."""
