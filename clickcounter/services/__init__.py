"""What people can do, one function each, called by states, api and admin alike.

A service checks its input, lets the ledger write, and publishes what changed to everybody whom it concerns (publishing.py).
The caller is an argument, and services know neither Reflex nor a web server. Only presses do not come through here: the
socket hands them to the pipeline, which publishes every commit.
"""
