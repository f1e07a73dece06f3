"""The terminal: `python -m clickcounter COMMAND`."""
