"""Uvicorn's end of each connection, with this project's limits and with frames that are written straight to a socket."""
